-- The conflicts among what a report stands on, with the value that holds, every candidate and who ruled.
WITH told AS MATERIALIZED (
  SELECT c.period, c.place, c.definition, c.state FROM report.conflicts(:framework, :period, :places) AS c
), ruled AS (
  SELECT DISTINCT ON (y.period, y.place, y.definition)
    y.period, y.place, y.definition, y.who, y.why, y.confirmed_by, y.state, y.picked
  FROM told AS t
  INNER JOIN quality.conflict_ruling AS y
    ON t.period = y.period AND t.place = y.place AND t.definition = y.definition AND y.state <> 'undone'
  ORDER BY y.period, y.place, y.definition, y.decision_id DESC
), heard AS (
  SELECT
    t.period, t.place, t.definition, min(k.low) AS low, max(k.high) AS high,
    max(k.value) FILTER (WHERE k.obs_ids = r.picked) AS picked,
    jsonb_agg(jsonb_build_object(
      'value', k.value, 'method', k.method, 'kind', k.kind, 'status', k.status, 'source_rank', k.source_rank,
      'source', coalesce(src.name_zh, o.source), 'file', s.file_name, 'sheet', o.sheet, 'cell', o.cell,
      'recorded', to_char(o.recorded_at, 'YYYY-MM-DD HH24:MI:SS')
    ) ORDER BY k.rank, o.obs_id) AS candidates
  FROM told AS t
  INNER JOIN warehouse.candidate AS k ON t.period = k.period AND t.place = k.place AND t.definition = k.definition
  CROSS JOIN LATERAL unnest(k.obs_ids) AS part (obs_id)
  INNER JOIN warehouse.observation AS o ON part.obs_id = o.obs_id
  LEFT JOIN ruled AS r ON t.period = r.period AND t.place = r.place AND t.definition = r.definition
  LEFT JOIN intake.submission AS s ON o.submission_id = s.submission_id
  LEFT JOIN ref.source AS src ON o.source = src.source AND src.edition = (SELECT max(e.edition) FROM ref.edition AS e)
  GROUP BY t.period, t.place, t.definition
)
SELECT
  p.name_zh AS place_name, t.period, m.name_zh AS measure_zh, d.name_zh AS definition_zh, d.unit, v.value,
  h.low, h.high, t.state, v.kind = 'synthetic' AS is_synthetic, h.candidates, r.who, r.why, r.confirmed_by,
  r.state AS ruling, h.picked
FROM told AS t
CROSS JOIN (SELECT max(x.edition) AS edition FROM ref.edition AS x) AS e
INNER JOIN heard AS h ON t.period = h.period AND t.place = h.place AND t.definition = h.definition
LEFT JOIN ruled AS r ON t.period = r.period AND t.place = r.place AND t.definition = r.definition
INNER JOIN warehouse.reconciled_value AS v
  ON t.period = v.period AND t.place = v.place AND t.definition = v.definition
INNER JOIN ref.measure AS m ON e.edition = m.edition AND v.measure = m.measure
INNER JOIN LATERAL (
  SELECT x.name_zh, x.unit FROM ref.definition AS x
  WHERE x.edition = e.edition AND x.definition = t.definition ORDER BY x.valid_from DESC LIMIT 1
) AS d ON true
INNER JOIN LATERAL (
  SELECT x.name_zh FROM ref.place AS x
  WHERE x.edition = e.edition AND x.place = t.place ORDER BY x.valid_from DESC LIMIT 1
) AS p ON true
ORDER BY t.period, t.place, t.definition;

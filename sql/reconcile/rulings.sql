-- Conflicts that a named person settled and a second confirmed: his choice holds as long as the candidates are those he
-- judged; when another observation speaks for the key the conflict is open again.
WITH ruled AS (
  SELECT DISTINCT ON (r.period, r.place, r.definition)
    r.decision_id, r.period, r.place, r.definition, r.picked, r.judged
  FROM quality.conflict_ruling AS r
  INNER JOIN warehouse.conflict AS c ON r.period = c.period AND r.place = c.place AND r.definition = c.definition
  WHERE r.period = :period AND r.state = 'in_force'
    AND (:everything OR (r.definition = ANY(CAST(:definitions AS text[])) AND r.place = ANY(CAST(:places AS text[]))))
  ORDER BY r.period, r.place, r.definition, r.decision_id DESC
), standing AS MATERIALIZED (
  SELECT
    r.decision_id, r.period, r.place, r.definition, k.value, k.low, k.high, k.status, k.method, k.kind, k.obs_ids,
    ARRAY(
      SELECT DISTINCT o.obs_id
      FROM warehouse.candidate AS x CROSS JOIN LATERAL UNNEST(x.obs_ids || x.others) AS o (obs_id)
      WHERE x.period = r.period AND x.place = r.place AND x.definition = r.definition ORDER BY o.obs_id
    ) = r.judged AS holds
  FROM ruled AS r
  LEFT JOIN LATERAL (
    SELECT * FROM warehouse.candidate AS x
    WHERE x.period = r.period AND x.place = r.place AND x.definition = r.definition AND x.obs_ids = r.picked
    ORDER BY x.rank LIMIT 1
  ) AS k ON true
), chosen AS (
  UPDATE warehouse.reconciled_value AS v
  SET
    value = s.value, low = s.low, high = s.high, status = s.status, method = s.method, kind = s.kind,
    winner = s.obs_ids, is_conflict = false,
    verdict = CASE WHEN s.method IN ('direct', 'unit') THEN '可比' ELSE '调整后可比' END
  FROM standing AS s
  WHERE v.period = s.period AND v.place = s.place AND v.definition = s.definition AND s.holds AND s.value IS NOT NULL
)
UPDATE warehouse.conflict AS c
SET state = CASE WHEN s.holds AND s.value IS NOT NULL THEN 'decided' ELSE 'open' END, decision_id = s.decision_id
FROM standing AS s
WHERE c.period = s.period AND c.place = s.place AND c.definition = s.definition

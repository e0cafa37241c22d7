-- Every observation that reaches a definition in one period, directly or over one exact bridge or place merge;
-- real and synthetic parts never make one figure.
INSERT INTO warehouse.candidate (
  period, place, measure, definition, rank, method, route, source_rank, value, low, high, kind, status, obs_ids
)
WITH valid_route AS MATERIALIZED (
  SELECT * FROM route WHERE daterange(valid_from::date, valid_to::date) @> intake.last_day(:period)
), retired AS MATERIALIZED (
  SELECT obs_id FROM warehouse.retired WHERE period IN (:period, :before)
), current_obs AS MATERIALIZED (
  SELECT
    o.obs_id, o.place, o.definition, o.kind, o.status, o.recorded_at, s.rank AS source_rank,
    (o.period = :before)::int * -1 AS dy,
    o.value * u.factor AS value,
    0.5 * power(10.0::float8, -o.decimals) * u.factor AS slack,
    u.factor <> 1 AS is_converted,
    d.aggregation
  FROM warehouse.observation AS o
  INNER JOIN ref.source AS s ON s.edition = :edition AND o.source = s.source
  INNER JOIN ref.definition AS d
    ON d.edition = :edition AND o.definition = d.definition
      AND daterange(d.valid_from, d.valid_to) @> intake.last_day(o.period)
  INNER JOIN ref.place AS p
    ON p.edition = :edition AND o.place = p.place
      AND daterange(p.valid_from, p.valid_to) @> intake.last_day(o.period)
  INNER JOIN unit_factor AS u ON o.unit = u.from_unit AND d.unit = u.to_unit
  WHERE o.period IN (:period, :before)
    AND o.value IS NOT NULL
    AND (o.kind IN ('actual', 'cumulative', 'rate') OR (o.kind = 'synthetic' AND :with_synthetic))
    AND NOT EXISTS (SELECT 1 FROM retired AS r WHERE r.obs_id = o.obs_id)
    AND NOT EXISTS (
      SELECT 1 FROM warehouse.superseded AS old LEFT JOIN retired AS r ON old.by_obs_id = r.obs_id
      WHERE old.obs_id = o.obs_id AND r.obs_id IS NULL
    )
), single AS (
  SELECT
    o.place, r.measure, r.to_definition AS definition,
    CASE WHEN o.is_converted AND r.method = 'direct' THEN 'unit' ELSE r.method END AS method,
    CASE WHEN o.is_converted AND r.method = 'direct' THEN 2 ELSE r.method_rank END AS method_rank,
    r.bridge AS route, o.source_rank, o.value * r.factor AS value, o.slack * abs(r.factor) AS slack,
    o.kind, o.status, o.recorded_at, ARRAY[o.obs_id] AS obs_ids
  FROM current_obs AS o
  INNER JOIN valid_route AS r ON o.definition = r.from_definition AND o.dy = r.dy
    AND (r.place IS NULL OR r.place = o.place)
  WHERE r.parts = 1
), best_part AS (
  SELECT DISTINCT ON (o.place, r.bridge, r.part) o.*, r.bridge, r.part, r.parts, r.measure, r.to_definition, r.method,
    r.method_rank, r.factor
  FROM current_obs AS o
  INNER JOIN valid_route AS r ON o.definition = r.from_definition AND o.dy = r.dy
    AND (r.place IS NULL OR r.place = o.place)
  WHERE r.parts > 1
  ORDER BY o.place, r.bridge, r.part, (o.kind = 'synthetic'), o.source_rank, o.recorded_at DESC, o.value, o.obs_id
), bridged AS (
  SELECT
    place, min(measure) AS measure, to_definition AS definition, min(method) AS method,
    min(method_rank) AS method_rank, bridge AS route, max(source_rank) AS source_rank,
    sum(value * factor) AS value, sum(slack * abs(factor)) AS slack,
    CASE WHEN bool_or(kind = 'synthetic') THEN 'synthetic' ELSE min(kind) END AS kind,
    max(status) AS status, min(recorded_at) AS recorded_at, array_agg(obs_id ORDER BY part) AS obs_ids
  FROM best_part
  GROUP BY place, to_definition, bridge
  HAVING count(*) = min(parts) AND bool_and(kind = 'synthetic') = bool_or(kind = 'synthetic')
), place_part AS (
  SELECT DISTINCT ON (e.new_place, o.definition, e.old_place) o.*, e.new_place, e.parts, e.event_type
  FROM current_obs AS o
  INNER JOIN place_route AS e ON o.place = e.old_place
  WHERE o.dy = 0 AND (o.aggregation <> 'ratio' OR e.event_type = 'rename')
  ORDER BY e.new_place, o.definition, e.old_place, (o.kind = 'synthetic'), o.source_rank, o.recorded_at DESC, o.obs_id
), merged AS (
  SELECT
    m.new_place AS place, d.measure, m.definition, 'merge' AS method, 6 AS method_rank,
    'place:' || m.new_place AS route, max(m.source_rank) AS source_rank, sum(m.value) AS value, sum(m.slack) AS slack,
    CASE WHEN bool_or(m.kind = 'synthetic') THEN 'synthetic' ELSE min(m.kind) END AS kind,
    max(m.status) AS status, min(m.recorded_at) AS recorded_at, array_agg(m.obs_id ORDER BY m.place) AS obs_ids
  FROM place_part AS m
  INNER JOIN definition_measure AS d ON m.definition = d.definition
  GROUP BY m.new_place, d.measure, m.definition
  HAVING count(*) = min(m.parts) AND bool_and(m.kind = 'synthetic') = bool_or(m.kind = 'synthetic')
), everything AS (
  SELECT place, measure, definition, method, method_rank, route, source_rank, value, slack, kind, status, recorded_at,
    obs_ids FROM single
  UNION ALL
  SELECT place, measure, definition, method, method_rank, route, source_rank, value, slack, kind, status, recorded_at,
    obs_ids FROM bridged
  UNION ALL
  SELECT place, measure, definition, method, method_rank, route, source_rank, value, slack, kind, status, recorded_at,
    obs_ids FROM merged
), real_only AS (
  SELECT
    e.*,
    bool_or(e.kind <> 'synthetic') OVER (PARTITION BY e.place, e.definition) AS has_real
  FROM everything AS e
)
SELECT
  :period, place, measure, definition,
  row_number() OVER (
    PARTITION BY place, definition
    ORDER BY method_rank, source_rank, recorded_at DESC, value, route, obs_ids
  ) AS rank,
  method, route, source_rank, value, value - slack AS low, value + slack AS high, kind, status, obs_ids
FROM real_only
WHERE kind <> 'synthetic' OR NOT has_real

-- Candidates of one period that are made of several observations: each slot of a route takes one whose method and then
-- whose source are good enough for the route, the newest first; what it could have taken instead is kept.
INSERT INTO warehouse.joined (
  period, place, definition, route, is_synthetic, method_rank, said, source_rank, is_provisional, recorded_at, kind,
  status, value, low, high, max_low, min_high, obs_ids, others
)
WITH reached AS MATERIALIZED (
  SELECT h.* FROM warehouse.heard AS h
  WHERE h.period = :period AND h.heard_period = ANY(CAST(:periods AS text[])) AND h.slots > 1
    AND (:everything OR (h.definition = ANY(CAST(:definitions AS text[])) AND h.place = ANY(CAST(:places AS text[]))))
), filled AS (
  SELECT
    place, route, is_synthetic, slot, MIN(slots) AS slots, MIN(method_rank) AS method_rank,
    MAX(low * down) AS low_down, MAX(low * up) AS low_up, MIN(high * down) AS high_down, MIN(high * up) AS high_up
  FROM reached
  GROUP BY place, route, is_synthetic, slot
), complete AS (
  SELECT
    f.place, f.route, f.is_synthetic, GREATEST(MAX(f.method_rank), MIN(r.method_rank)) AS method_rank,
    LEAST(SUM(f.low_down), SUM(f.low_up)) AS max_low, GREATEST(SUM(f.high_down), SUM(f.high_up)) AS min_high
  FROM filled AS f
  INNER JOIN warehouse.route AS r ON r.period = :period AND f.route = r.route
  GROUP BY f.place, f.route, f.is_synthetic
  HAVING COUNT(*) = MIN(f.slots)
), sourced AS (
  SELECT place, route, is_synthetic, MAX(source_rank) AS source_rank
  FROM (
    SELECT o.place, o.route, o.is_synthetic, o.slot, MIN(o.source_rank) AS source_rank
    FROM reached AS o
    INNER JOIN complete AS c
      ON o.place = c.place AND o.route = c.route AND o.is_synthetic = c.is_synthetic AND o.method_rank <= c.method_rank
    GROUP BY o.place, o.route, o.is_synthetic, o.slot
  ) AS s
  GROUP BY place, route, is_synthetic
), ordered AS (
  SELECT
    o.*, c.method_rank AS worst_method, s.source_rank AS worst_source, c.max_low, c.min_high,
    ROW_NUMBER() OVER (
      PARTITION BY o.place, o.route, o.is_synthetic, o.slot
      ORDER BY
        o.method_rank > c.method_rank, o.source_rank > s.source_rank, o.is_provisional, o.recorded_at DESC,
        o.method_rank, o.source_rank, o.obs_id
    ) AS turn
  FROM reached AS o
  INNER JOIN complete AS c ON o.place = c.place AND o.route = c.route AND o.is_synthetic = c.is_synthetic
  INNER JOIN sourced AS s ON o.place = s.place AND o.route = s.route AND o.is_synthetic = s.is_synthetic
)
SELECT
  :period, o.place, MIN(o.definition) AS definition, o.route, o.is_synthetic, MIN(o.worst_method) AS method_rank,
  CONCAT(MIN(r.said), ' ← ', STRING_AGG(o.said, ', ' ORDER BY o.slot) FILTER (WHERE o.turn = 1)) AS said,
  MIN(o.worst_source) AS source_rank,
  COALESCE(BOOL_OR(o.is_provisional) FILTER (WHERE o.turn = 1), false) AS is_provisional,
  MIN(o.recorded_at) FILTER (WHERE o.turn = 1) AS recorded_at,
  CASE WHEN o.is_synthetic THEN 'synthetic' ELSE MIN(o.kind) FILTER (WHERE o.turn = 1) END AS kind,
  MAX(o.status) FILTER (WHERE o.turn = 1) AS status,
  SUM(o.value) FILTER (WHERE o.turn = 1) AS value,
  LEAST(SUM(o.low * o.down) FILTER (WHERE o.turn = 1), SUM(o.low * o.up) FILTER (WHERE o.turn = 1)) AS low,
  GREATEST(SUM(o.high * o.down) FILTER (WHERE o.turn = 1), SUM(o.high * o.up) FILTER (WHERE o.turn = 1)) AS high,
  MIN(o.max_low) AS max_low, MIN(o.min_high) AS min_high,
  ARRAY_AGG(o.obs_id ORDER BY o.slot) FILTER (WHERE o.turn = 1) AS obs_ids,
  COALESCE(ARRAY_AGG(o.obs_id ORDER BY o.slot, o.turn) FILTER (WHERE o.turn > 1), '{}') AS others
FROM ordered AS o
INNER JOIN warehouse.route AS r ON r.period = :period AND o.route = r.route
GROUP BY o.place, o.route, o.is_synthetic

-- Candidates of one period that are made of several observations: each slot of a route takes one whose method and then
-- whose source are good enough for the route, the newest first; what it could have taken instead is kept.
INSERT INTO warehouse.joined (
  period, place, definition, route, is_synthetic, method_rank, said, source_rank, is_provisional, recorded_at, kind,
  status, value, low, high, max_low, min_high, obs_ids, others
)
WITH reached AS MATERIALIZED (
  SELECT
    h.place, h.route, h.is_synthetic, h.slot, h.slots, h.method_rank, h.source_rank, h.is_provisional, h.recorded_at,
    h.kind, h.status, h.value, h.low, h.high, h.down, h.up, h.leaf, h.obs_id
  FROM warehouse.heard AS h
  WHERE h.period = :period AND h.heard_period = ANY(CAST(:periods AS text[])) AND h.slots > 1
    AND (:everything OR (h.definition = ANY(CAST(:definitions AS text[])) AND h.place = ANY(CAST(:places AS text[]))))
  ORDER BY h.place, h.route, h.is_synthetic, h.slot, h.obs_id
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
  SELECT
    place, route, is_synthetic, MIN(method_rank) AS method_rank, MAX(source_rank) AS source_rank,
    MIN(max_low) AS max_low, MIN(min_high) AS min_high
  FROM (
    SELECT
      o.place, o.route, o.is_synthetic, o.slot, MIN(c.method_rank) AS method_rank, MIN(c.max_low) AS max_low,
      MIN(c.min_high) AS min_high, MIN(o.source_rank) FILTER (WHERE o.method_rank <= c.method_rank) AS source_rank
    FROM reached AS o
    INNER JOIN complete AS c ON o.place = c.place AND o.route = c.route AND o.is_synthetic = c.is_synthetic
    GROUP BY o.place, o.route, o.is_synthetic, o.slot
  ) AS s
  GROUP BY place, route, is_synthetic
), taken AS (
  SELECT
    o.place, o.route, o.is_synthetic, o.slot, MIN(s.method_rank) AS method_rank, MIN(s.source_rank) AS source_rank,
    MIN(s.max_low) AS max_low, MIN(s.min_high) AS min_high,
    MIN(ARRAY[
      CASE WHEN o.method_rank > s.method_rank THEN 1 ELSE 0 END, CASE WHEN o.source_rank > s.source_rank THEN 1 ELSE 0 END,
      CASE WHEN o.is_provisional THEN 1 ELSE 0 END, -DATE_PART('epoch', o.recorded_at), o.method_rank, o.source_rank,
      o.obs_id, o.leaf
    ]::float8[]) AS ranked
  FROM reached AS o
  INNER JOIN sourced AS s ON o.place = s.place AND o.route = s.route AND o.is_synthetic = s.is_synthetic
  GROUP BY o.place, o.route, o.is_synthetic, o.slot
), offered AS (
  SELECT o.*, t.method_rank AS worst_method, t.source_rank AS worst_source, t.max_low, t.min_high,
    o.obs_id = t.ranked[7] AND o.leaf = t.ranked[8] AS is_taken
  FROM reached AS o
  INNER JOIN taken AS t ON o.place = t.place AND o.route = t.route AND o.is_synthetic = t.is_synthetic AND o.slot = t.slot
), made AS (
  SELECT
    place, route, is_synthetic, MIN(worst_method) AS method_rank, MIN(worst_source) AS source_rank,
    COALESCE(BOOL_OR(is_provisional) FILTER (WHERE is_taken), false) AS is_provisional,
    MIN(recorded_at) FILTER (WHERE is_taken) AS recorded_at,
    CASE WHEN is_synthetic THEN 'synthetic' ELSE MIN(kind) FILTER (WHERE is_taken) END AS kind,
    MAX(status) FILTER (WHERE is_taken) AS status,
    SUM(value) FILTER (WHERE is_taken) AS value,
    LEAST(SUM(low * down) FILTER (WHERE is_taken), SUM(low * up) FILTER (WHERE is_taken)) AS low,
    GREATEST(SUM(high * down) FILTER (WHERE is_taken), SUM(high * up) FILTER (WHERE is_taken)) AS high,
    MIN(max_low) AS max_low, MIN(min_high) AS min_high,
    ARRAY_AGG(leaf ORDER BY slot, obs_id) FILTER (WHERE is_taken) AS leaves,
    ARRAY_AGG(obs_id ORDER BY slot, obs_id) FILTER (WHERE is_taken) AS obs_ids,
    COALESCE(ARRAY_AGG(obs_id ORDER BY slot, obs_id) FILTER (WHERE NOT is_taken), '{}') AS others
  FROM offered
  GROUP BY place, route, is_synthetic
), told AS (
  SELECT DISTINCT m.leaves,
    (SELECT STRING_AGG(l.said, ', ' ORDER BY x.turn)
     FROM UNNEST(m.leaves) WITH ORDINALITY AS x (leaf, turn) INNER JOIN warehouse.leaf AS l ON l.period = :period AND x.leaf = l.leaf) AS said
  FROM (SELECT DISTINCT leaves FROM made) AS m
)
SELECT
  :period, m.place, r.definition, m.route, m.is_synthetic, m.method_rank, CONCAT(r.said, ' ← ', t.said), m.source_rank,
  m.is_provisional, m.recorded_at, m.kind, m.status, m.value, m.low, m.high, m.max_low, m.min_high, m.obs_ids, m.others
FROM made AS m
INNER JOIN warehouse.route AS r ON r.period = :period AND m.route = r.route
INNER JOIN told AS t ON m.leaves = t.leaves

-- The winner of every key of a period, whether its candidates disagree, and how it may be compared. Each candidate is
-- an array in the order of the rules, so that the least is the winner: synthetic, method, source, provisional, age,
-- value, route, observation; then its low, high, kind and status.
INSERT INTO warehouse.reconciled_value (
  period, place, measure, definition, value, low, high, status, verdict, method, kind, winner, candidates, is_conflict,
  spread
)
WITH everything AS (
  SELECT
    h.place, h.definition, h.is_synthetic, h.value,
    least(h.low * h.down, h.low * h.up) AS max_low, greatest(h.high * h.down, h.high * h.up) AS min_high,
    ARRAY[
      CASE WHEN h.is_synthetic THEN 1 ELSE 0 END, h.method_rank + CASE WHEN h.is_converted AND h.method_rank = 1 THEN 1 ELSE 0 END,
      h.source_rank, CASE WHEN h.is_provisional THEN 1 ELSE 0 END, -date_part('epoch', h.recorded_at), h.value, h.route, h.obs_id,
      least(h.low * h.down, h.low * h.up), greatest(h.high * h.down, h.high * h.up),
      CASE h.kind WHEN 'actual' THEN 1 WHEN 'cumulative' THEN 2 WHEN 'rate' THEN 3 ELSE 4 END, ascii(h.status)
    ]::float8[] AS ranked
  FROM warehouse.heard AS h
  WHERE h.period = :period AND h.heard_period = :period AND h.slots = 1
    AND (:everything OR (h.definition = any(cast(:definitions AS text[])) AND h.place = any(cast(:places AS text[]))))
  UNION ALL
  SELECT
    j.place, j.definition, j.is_synthetic, j.value, j.max_low, j.min_high,
    ARRAY[
      j.is_synthetic::int, j.method_rank, j.source_rank, j.is_provisional::int,
      -date_part('epoch', j.recorded_at), j.value, j.route, j.obs_ids[1], j.low, j.high,
      CASE j.kind WHEN 'actual' THEN 1 WHEN 'cumulative' THEN 2 WHEN 'rate' THEN 3 ELSE 4 END, ascii(j.status)
    ]::float8[] AS ranked
  FROM warehouse.joined AS j
  WHERE j.period = :period
    AND (:everything OR (j.definition = any(cast(:definitions AS text[])) AND j.place = any(cast(:places AS text[]))))
), chosen AS (
  SELECT
    place, definition, min(ranked) AS ranked, count(*)::integer AS candidates,
    count(*) FILTER (WHERE NOT is_synthetic)::integer AS real_ones,
    max(max_low) FILTER (WHERE NOT is_synthetic) AS real_low, min(min_high) FILTER (WHERE NOT is_synthetic) AS real_high,
    max(max_low) AS max_low, min(min_high) AS min_high,
    max(value) FILTER (WHERE NOT is_synthetic) - min(value) FILTER (WHERE NOT is_synthetic) AS real_spread,
    max(value) - min(value) AS spread
  FROM everything
  GROUP BY place, definition
), judged AS (
  SELECT
    c.*, coalesce(c.real_low, c.max_low) - coalesce(c.real_high, c.min_high)
    > 1e-9 * abs(coalesce(c.real_high, c.min_high)) AS is_conflict
  FROM chosen AS c
)
SELECT
  :period, c.place, r.measure, c.definition, c.ranked[6], c.ranked[9], c.ranked[10],
  CASE WHEN chr(c.ranked[12]::int) = 'B' THEN 'B' WHEN c.ranked[2] >= 7 THEN 'E' ELSE chr(c.ranked[12]::int) END,
  CASE WHEN c.is_conflict THEN 'conflict' WHEN c.ranked[2] <= 2 THEN '可比' ELSE '调整后可比' END,
  warehouse.method(c.ranked[2]::int),
  (ARRAY['actual', 'cumulative', 'rate', 'synthetic'])[c.ranked[11]::int],
  coalesce(j.obs_ids, ARRAY[c.ranked[8]::bigint]),
  coalesce(nullif(c.real_ones, 0), c.candidates), c.is_conflict, coalesce(c.real_spread, c.spread)
FROM judged AS c
INNER JOIN (
  SELECT DISTINCT x.definition, x.measure FROM warehouse.route AS x WHERE x.period = :period
) AS r ON c.definition = r.definition
LEFT JOIN warehouse.joined AS j
  ON j.period = :period AND c.definition = j.definition AND c.place = j.place
    AND j.route = c.ranked[7]::int AND j.is_synthetic = (c.ranked[1] = 1)

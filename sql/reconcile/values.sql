-- The winner of every key of a period, whether its candidates disagree, and how it may be compared.
INSERT INTO warehouse.reconciled_value (
  period, place, measure, definition, value, low, high, status, verdict, method, kind, winner, candidates, is_conflict
)
SELECT
  w.period, w.place, w.measure, w.definition, w.value, w.low, w.high, w.status,
  CASE
    WHEN a.is_conflict THEN 'conflict'
    WHEN w.method IN ('direct', 'unit') THEN '可比'
    ELSE '调整后可比'
  END AS verdict,
  w.method, w.kind, w.obs_ids, a.candidates, a.is_conflict
FROM warehouse.candidate AS w
INNER JOIN (
  SELECT
    place, definition, count(*) AS candidates,
    max(low) > min(high) + 1e-9 * abs(min(high)) AS is_conflict
  FROM warehouse.candidate
  WHERE period = :period
  GROUP BY place, definition
) AS a ON w.place = a.place AND w.definition = a.definition
WHERE w.period = :period AND w.rank = 1

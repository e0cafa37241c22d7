-- The value of each wanted key, with the observations of its route and of those that lost.
SELECT
  v.definition, v.place, v.period, v.value, v.low, v.high, v.status, v.verdict, v.facet, v.method, v.winner,
  (
    SELECT array_agg(DISTINCT o.obs_id ORDER BY o.obs_id)
    FROM warehouse.candidate AS c
    CROSS JOIN LATERAL unnest(c.obs_ids || c.others) AS o (obs_id)
    WHERE c.period = v.period AND c.place = v.place AND c.definition = v.definition AND o.obs_id <> all(v.winner)
  ) AS losers
FROM warehouse.reconciled_value AS v
INNER JOIN (
  SELECT DISTINCT w.* FROM unnest(
    cast(:definitions AS text[]), cast(:places AS text[]), cast(:periods AS text[])
  ) AS w (definition, place, period)
) AS w ON v.definition = w.definition AND v.place = w.place AND v.period = w.period

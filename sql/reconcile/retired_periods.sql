-- Periods with a value that still stands on a table that was superseded or withdrawn.
SELECT DISTINCT c.period
FROM warehouse.candidate AS c
CROSS JOIN LATERAL unnest(c.obs_ids) AS o (obs_id)
INNER JOIN warehouse.retired AS r ON o.obs_id = r.obs_id

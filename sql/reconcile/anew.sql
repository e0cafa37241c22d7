-- Periods to resolve whole: with observations but never resolved under this edition, or with many keys touched.
SELECT p.period
FROM warehouse.heard_period AS p
LEFT JOIN warehouse.resolved AS r ON p.period = r.period
LEFT JOIN (SELECT t.period, count(*) AS n FROM touched AS t GROUP BY t.period) AS t ON p.period = t.period
WHERE intake.last_day(p.period) IS NOT NULL AND (
  :everything OR r.edition IS DISTINCT FROM :edition OR r.with_synthetic IS DISTINCT FROM :with_synthetic OR t.n > :few
)
ORDER BY p.period

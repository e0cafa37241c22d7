-- Observations with a value that can never be candidates, and why: outside the dates of their definition or place.
SELECT
  o.obs_id,
  CASE
    WHEN d.definition IS NULL THEN '口径 ' || o.definition || ' 在 ' || o.period || ' 不生效 / its definition is not in force'
    ELSE '地区 ' || o.place || ' 在 ' || o.period || ' 不存在 / its place did not exist'
  END AS why
FROM warehouse.observation AS o
LEFT JOIN ref.definition AS d
  ON d.edition = :edition AND o.definition = d.definition
    AND daterange(d.valid_from, d.valid_to) @> intake.last_day(o.period)
LEFT JOIN ref.place AS p
  ON p.edition = :edition AND o.place = p.place AND daterange(p.valid_from, p.valid_to) @> intake.last_day(o.period)
WHERE o.value IS NOT NULL AND intake.last_day(o.period) IS NOT NULL AND (d.definition IS NULL OR p.place IS NULL)
ORDER BY o.obs_id

-- Values of up to ten earlier years of what a build shows, oldest first, and whether the series breaks before its period.
WITH now AS (
  SELECT v.indicator, v.place, v.formula, v.formula_version, v.inputs, v.status
  FROM warehouse.indicator_value AS v
  WHERE v.framework = :framework AND v.period = :period AND (:everywhere OR v.place = any(:places))
), broken AS (
  SELECT n.indicator, n.place, max(b.day) AS day
  FROM now AS n
  CROSS JOIN LATERAL unnest(n.inputs) AS input (definition)
  INNER JOIN warehouse.series_break AS b
    ON input.definition = b.definition AND coalesce(b.place, n.place) = n.place AND b.day <= intake.last_day(:period)
  GROUP BY n.indicator, n.place
)
SELECT
  h.indicator, h.place, h.period, h.value, h.status, h.verdict, h.kind = 'synthetic' AS is_synthetic,
  coalesce(intake.last_day(h.period) < b.day, false) OR n.status = 'B'
  OR (h.formula, h.formula_version) <> (n.formula, n.formula_version)
  OR coalesce(
    bool_or(h.status = 'B') OVER (
      PARTITION BY h.indicator, h.place ORDER BY h.period ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
    ), false
  ) AS is_broken
FROM now AS n
INNER JOIN warehouse.indicator_value AS h
  ON h.framework = :framework AND n.indicator = h.indicator AND n.place = h.place AND h.value IS NOT NULL
  AND substr(h.period, 5) = substr(:period, 5) AND left(h.period, 4) < left(:period, 4)
  AND cast(left(h.period, 4) AS integer) >= cast(left(:period, 4) AS integer) - 10
LEFT JOIN broken AS b ON n.indicator = b.indicator AND n.place = b.place
ORDER BY h.indicator, h.place, h.period;

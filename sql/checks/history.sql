-- The past of each item: last year's value, how many values, and the middle and spread of their yearly growth.
WITH edition AS (
  SELECT max(x.edition) AS edition FROM ref.edition AS x
), boundary AS MATERIALIZED (
  SELECT e.place, max(e.date) AS since
  FROM (
    SELECT v.new_place AS place, v.date FROM ref.place_event AS v, edition AS x
    WHERE v.edition = x.edition AND v.type <> 'rename'
    UNION ALL
    SELECT v.old_place AS place, v.date FROM ref.place_event AS v, edition AS x
    WHERE v.edition = x.edition AND v.type <> 'rename'
  ) AS e
  WHERE e.date <= intake.last_day(:period)
  GROUP BY e.place
), meaning AS MATERIALIZED (
  SELECT d.definition, max(d.valid_from) AS since FROM ref.definition AS d, edition AS x
  WHERE d.edition = x.edition AND d.valid_from <= intake.last_day(:period)
  GROUP BY d.definition
), past AS MATERIALIZED (
  SELECT
    v.definition, v.place, v.period, v.value,
    lag(v.value) OVER key AS value_before, lag(v.period) OVER key AS period_before
  FROM warehouse.reconciled_value AS v
  LEFT JOIN boundary AS b ON v.place = b.place
  LEFT JOIN meaning AS m ON v.definition = m.definition
  WHERE v.period < :period AND substr(v.period, 5) = substr(:period, 5)
    AND v.definition = any(cast(:definitions AS text [])) AND v.place = any(cast(:places AS text []))
    AND intake.last_day(v.period) >= greatest(b.since, m.since, cast('1900-01-01' AS date))
  WINDOW key AS (PARTITION BY v.definition, v.place ORDER BY v.period)
), growth AS MATERIALIZED (
  SELECT
    p.*,
    CASE
      WHEN p.period_before = intake.year_before(p.period) AND p.value_before > 0 THEN p.value / p.value_before
    END AS growth
  FROM past AS p
), middle AS MATERIALIZED (
  SELECT
    g.definition, g.place, count(*) AS past_values, percentile_cont(0.5) WITHIN GROUP (ORDER BY g.growth) AS growth_median,
    max(g.value) FILTER (WHERE g.period = intake.year_before(:period)) AS previous
  FROM growth AS g
  GROUP BY g.definition, g.place
)
SELECT
  m.definition, m.place, m.previous, m.past_values, m.growth_median,
  percentile_cont(0.5) WITHIN GROUP (ORDER BY abs(g.growth - m.growth_median)) AS growth_mad
FROM middle AS m
INNER JOIN growth AS g ON m.definition = g.definition AND m.place = g.place
GROUP BY m.definition, m.place, m.previous, m.past_values, m.growth_median

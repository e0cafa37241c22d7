-- Why the series of indicators break in the periods that were just computed: what changed in the definitions they read,
-- or in their formula.
INSERT INTO warehouse.indicator_break (framework, indicator, place, period, facet, why_zh, why_en)
WITH changed AS MATERIALIZED (
  SELECT d.period, b.definition, b.place, b.facet, b.why_zh, b.why_en
  FROM pg_temp.day AS d
  INNER JOIN warehouse.series_break AS b ON b.day BETWEEN warehouse.first_day(d.period) AND d.day
), renewed AS MATERIALIZED (
  SELECT d.period, f.formula, f.version, f.expression
  FROM pg_temp.day AS d
  INNER JOIN ref.formula AS f ON f.edition = :edition AND f.version > 1
    AND f.valid_from BETWEEN warehouse.first_day(d.period) AND d.day
)
SELECT
  v.framework, v.indicator, v.place, v.period, min(w.facet) AS facet, string_agg(DISTINCT w.why_zh, '；') AS why_zh,
  string_agg(DISTINCT w.why_en, '; ') AS why_en
FROM pg_temp.day AS d
INNER JOIN warehouse.indicator_value AS v ON d.period = v.period AND v.status = 'B'
CROSS JOIN LATERAL (
  SELECT c.facet, c.why_zh, c.why_en FROM changed AS c
  WHERE c.period = v.period AND c.definition = any(v.inputs) AND coalesce(c.place, v.place) = v.place
  UNION ALL
  SELECT 'formula', '公式改版：' || r.expression, 'another version of the formula: ' || r.expression FROM renewed AS r
  WHERE r.period = v.period AND r.formula = v.formula AND r.version = v.formula_version
) AS w
GROUP BY v.framework, v.indicator, v.place, v.period

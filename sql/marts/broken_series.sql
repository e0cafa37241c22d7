-- Where the series of an indicator breaks, why, and the last value before it.
CREATE OR REPLACE VIEW mart.broken_series AS
SELECT
  v.framework, v.indicator, v.place, v.period, b.facet, b.why_zh, b.why_en, e.period AS before_period,
  e.value AS before_value
FROM warehouse.indicator_value AS v
CROSS JOIN LATERAL (
  SELECT
    min(w.facet) AS facet, string_agg(DISTINCT w.why_zh, '；') AS why_zh, string_agg(DISTINCT w.why_en, '; ') AS why_en
  FROM (
    SELECT s.facet, s.why_zh, s.why_en
    FROM warehouse.series_break AS s
    WHERE s.definition = any(v.inputs) AND coalesce(s.place, v.place) = v.place
      AND s.day BETWEEN warehouse.first_day(v.period) AND intake.last_day(v.period)
    UNION ALL
    SELECT 'formula', '公式改版：' || f.expression, 'another version of the formula: ' || f.expression
    FROM ref.formula AS f
    WHERE f.edition = v.edition AND f.formula = v.formula AND f.version = v.formula_version AND f.version > 1
      AND f.valid_from >= warehouse.first_day(v.period)
  ) AS w
) AS b
LEFT JOIN LATERAL (
  SELECT x.period, x.value FROM warehouse.indicator_value AS x
  WHERE x.framework = v.framework AND x.indicator = v.indicator AND x.place = v.place AND x.kind = v.kind
    AND x.period < v.period AND length(x.period) = length(v.period) AND x.value IS NOT NULL
  ORDER BY x.period DESC LIMIT 1
) AS e ON true
WHERE v.status = 'B';
COMMENT ON VIEW mart.broken_series IS '指标数列的断点 / breaks in the series of indicators';
COMMENT ON COLUMN mart.broken_series.framework IS '指标体系 / framework';
COMMENT ON COLUMN mart.broken_series.indicator IS '指标 / indicator';
COMMENT ON COLUMN mart.broken_series.place IS '地区代码 / place code';
COMMENT ON COLUMN mart.broken_series.period IS '断点后的第一期 / the first period after the break';
COMMENT ON COLUMN mart.broken_series.facet IS '不同的口径要素 / the facet that differs';
COMMENT ON COLUMN mart.broken_series.why_zh IS '原因 / why, in Chinese';
COMMENT ON COLUMN mart.broken_series.why_en IS '原因（英文）/ why, in English';
COMMENT ON COLUMN mart.broken_series.before_period IS '断点前最近一期 / the last period before the break';
COMMENT ON COLUMN mart.broken_series.before_value IS '断点前的值，不可与之后的相比 / the value before the break; not comparable with those after';

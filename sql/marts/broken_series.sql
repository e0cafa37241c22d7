-- Where the series of an indicator breaks, why, and the last value before it.
CREATE OR REPLACE VIEW mart.broken_series AS
SELECT
  b.framework, b.indicator, b.place, b.period, b.facet, b.why_zh, b.why_en, e.period AS before_period,
  e.value AS before_value
FROM warehouse.indicator_break AS b
LEFT JOIN LATERAL (
  SELECT x.period, x.value FROM warehouse.indicator_value AS x
  WHERE x.framework = b.framework AND x.indicator = b.indicator AND x.place = b.place
    AND x.period < b.period AND length(x.period) = length(b.period) AND x.value IS NOT NULL
  ORDER BY x.period DESC LIMIT 1
) AS e ON true;
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

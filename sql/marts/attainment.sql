-- Targets against values: met, progress only where design allows it, and the value of the due year at this pace.
CREATE OR REPLACE VIEW mart.attainment AS
SELECT
  t.target, t.framework, t.indicator, i.name_zh, i.name_en, t.place, p.name_zh AS place_name, t.due, t.direction,
  t.value AS target_value, t.low AS target_low, t.high AS target_high, t.baseline, t.unit, t.lead, t.supporting,
  t.set_by, t.source, v.period, v.value, coalesce(v.kind = 'synthetic', false) AS is_synthetic,
  CASE WHEN m.least = m.most THEN m.least END AS is_met,
  warehouse.progress(t.direction, c.value, t.value, t.baseline) AS progress, v.verdict, t.valid_from,
  t.baseline_period, t.project, f.value AS forecast, f.years AS forecast_years,
  CASE WHEN f.value IS NOT NULL THEN 'F' END AS forecast_status, v.low AS value_low, v.high AS value_high,
  v.places_met, v.places_all, v.places_unknown
FROM (SELECT max(edition) AS edition FROM ref.edition) AS e
INNER JOIN ref.target AS t ON e.edition = t.edition
INNER JOIN LATERAL (
  SELECT x.name_zh, x.name_en FROM ref.indicator AS x
  WHERE x.edition = e.edition AND x.framework = t.framework AND x.indicator = t.indicator
  ORDER BY x.valid_from DESC LIMIT 1
) AS i ON true
INNER JOIN LATERAL (
  SELECT x.name_zh FROM ref.place AS x
  WHERE x.edition = e.edition AND x.place = t.place ORDER BY x.valid_from DESC LIMIT 1
) AS p ON true
LEFT JOIN warehouse.indicator_value AS v
  ON t.framework = v.framework AND t.indicator = v.indicator AND t.place = v.place
  AND daterange(t.valid_from, t.valid_to) @> intake.last_day(v.period)
CROSS JOIN LATERAL (
  SELECT
    CASE WHEN v.verdict <> '不可比' THEN v.value END AS value,
    CASE WHEN v.verdict <> '不可比' THEN v.value WHEN v.value IS NULL AND t.direction <> 'range' THEN v.low END AS low,
    CASE WHEN v.verdict <> '不可比' THEN v.value WHEN v.value IS NULL AND t.direction <> 'range' THEN v.high END AS high
) AS c
CROSS JOIN LATERAL (
  SELECT
    warehouse.is_met(t.direction, c.low, t.value, t.low, t.high) AS least,
    warehouse.is_met(t.direction, c.high, t.value, t.low, t.high) AS most
) AS m
LEFT JOIN LATERAL warehouse.forecast(v, left(t.due, 4)) AS f ON true;
COMMENT ON VIEW mart.attainment IS '目标完成度 / attainment of targets';
COMMENT ON COLUMN mart.attainment.target IS '目标编号 / target';
COMMENT ON COLUMN mart.attainment.framework IS '指标体系 / framework';
COMMENT ON COLUMN mart.attainment.indicator IS '指标 / indicator';
COMMENT ON COLUMN mart.attainment.name_zh IS '指标名称 / name';
COMMENT ON COLUMN mart.attainment.name_en IS '指标英文名 / English name';
COMMENT ON COLUMN mart.attainment.place IS '地区代码 / place code';
COMMENT ON COLUMN mart.attainment.place_name IS '地区 / place';
COMMENT ON COLUMN mart.attainment.due IS '目标年 / due';
COMMENT ON COLUMN mart.attainment.direction IS '方向 / direction';
COMMENT ON COLUMN mart.attainment.target_value IS '目标值 / target';
COMMENT ON COLUMN mart.attainment.target_low IS '下限 / lower bound';
COMMENT ON COLUMN mart.attainment.target_high IS '上限 / upper bound';
COMMENT ON COLUMN mart.attainment.baseline IS '基期值 / baseline';
COMMENT ON COLUMN mart.attainment.unit IS '计量单位 / unit';
COMMENT ON COLUMN mart.attainment.lead IS '牵头单位 / lead';
COMMENT ON COLUMN mart.attainment.supporting IS '协办单位 / supporting';
COMMENT ON COLUMN mart.attainment.set_by IS '由谁提出 / set by';
COMMENT ON COLUMN mart.attainment.source IS '出处 / source';
COMMENT ON COLUMN mart.attainment.period IS '数据期 / period';
COMMENT ON COLUMN mart.attainment.value IS '数值 / value';
COMMENT ON COLUMN mart.attainment.is_synthetic IS '是否样例 / synthetic';
COMMENT ON COLUMN mart.attainment.is_met IS '是否达标，空为未评估 / met, null when not assessed';
COMMENT ON COLUMN mart.attainment.progress IS '完成程度 % / progress in percent';
COMMENT ON COLUMN mart.attainment.verdict IS
'可比性；conflict 为待裁定，按建议值评估 / comparability; conflict: assessed on the proposal, to be settled';
COMMENT ON COLUMN mart.attainment.valid_from IS '目标这一版的生效日期 / this version of the target holds from';
COMMENT ON COLUMN mart.attainment.baseline_period IS '基期 / period of the baseline';
COMMENT ON COLUMN mart.attainment.project IS '所属工程，文件没有写明的为空 / project, empty where the document does not say';
COMMENT ON COLUMN mart.attainment.forecast IS
'按现有进度外推到目标年的值（直线，至少三个可比年度，不跨断点）/ the due year at this pace: a straight line, never across a break';
COMMENT ON COLUMN mart.attainment.forecast_years IS '外推所用的年度 / the years behind the forecast';
COMMENT ON COLUMN mart.attainment.forecast_status IS 'F 表示是外推，不是实际数 / F: a forecast, no actual figure';
COMMENT ON COLUMN mart.attainment.value_low IS '计数指标的下限 / least value of a share of places';
COMMENT ON COLUMN mart.attainment.value_high IS '计数指标的上限 / largest value of a share of places';
COMMENT ON COLUMN mart.attainment.places_met IS '满足条件的下级地区数 / places that meet the condition';
COMMENT ON COLUMN mart.attainment.places_all IS '全部下级地区数，空为目录没有列全 / all places; empty where not all are listed';
COMMENT ON COLUMN mart.attainment.places_unknown IS '没有数的下级地区 / places without a figure';

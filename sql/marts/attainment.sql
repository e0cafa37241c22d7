-- Targets against values: met, and progress only where design allows it.
CREATE OR REPLACE VIEW mart.attainment AS
SELECT
  t.target, t.framework, t.indicator, i.name_zh, i.name_en, t.place, p.name_zh AS place_name, t.due, t.direction,
  t.value AS target_value, t.low AS target_low, t.high AS target_high, t.baseline, t.unit, t.lead, t.supporting,
  t.set_by, t.source, v.period, v.value, coalesce(v.kind = 'synthetic', false) AS is_synthetic,
  warehouse.is_met(t.direction, c.value, t.value, t.low, t.high) AS is_met,
  warehouse.progress(t.direction, c.value, t.value, t.baseline) AS progress
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
  SELECT CASE WHEN v.verdict <> '不可比' THEN v.value END AS value
) AS c;
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

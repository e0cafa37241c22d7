-- Values that a place did not report itself, as sums over all the places below it.
CREATE OR REPLACE VIEW mart.aggregated AS
SELECT
  a.period, a.place, a.definition, a.value, d.unit, a.status, a.verdict, a.kind = 'synthetic' AS is_synthetic,
  '由下级地区相加 / sum of the places below' AS method, a.parts
FROM warehouse.aggregated_value AS a
LEFT JOIN ref.definition AS d
  ON a.definition = d.definition AND d.edition = (SELECT max(e.edition) FROM ref.edition AS e)
    AND daterange(d.valid_from, d.valid_to) @> intake.last_day(a.period);
COMMENT ON VIEW mart.aggregated IS '由下级地区汇总的值 / values aggregated from the places below';
COMMENT ON COLUMN mart.aggregated.period IS '数据期 / period';
COMMENT ON COLUMN mart.aggregated.place IS '地区代码 / place code';
COMMENT ON COLUMN mart.aggregated.definition IS '口径 / definition';
COMMENT ON COLUMN mart.aggregated.value IS '汇总值 / sum';
COMMENT ON COLUMN mart.aggregated.unit IS '计量单位 / unit';
COMMENT ON COLUMN mart.aggregated.status IS '状态 / status';
COMMENT ON COLUMN mart.aggregated.verdict IS '可比性 / comparability';
COMMENT ON COLUMN mart.aggregated.is_synthetic IS '是否样例 / synthetic';
COMMENT ON COLUMN mart.aggregated.method IS '方法 / method';
COMMENT ON COLUMN mart.aggregated.parts IS '相加的地区 / places that were added';

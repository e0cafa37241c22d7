-- Every indicator of every framework that can have a value (a leaf of its tree) for every city and period: value, status, comparability, missing inputs.
CREATE OR REPLACE VIEW mart.indicator_table AS
SELECT
  i.framework, i.indicator, i.parent, i.position, i.name_zh, i.name_en, i.nature, i.unit, i.decimals, i.direction,
  i.provenance, p.place, p.name_zh AS place_name, p.name_en AS place_name_en, y.period, v.value,
  coalesce(v.status, 'O') AS status, coalesce(v.verdict, '') AS verdict,
  coalesce(CASE i.nature WHEN 'qualitative' THEN j.is_sample ELSE v.kind = 'synthetic' END, false) AS is_synthetic, v.formula, v.formula_version, v.inputs, v.missing, v.edition,
  v.low, v.high, v.places_met, v.places_all, v.places_unknown, v.aggregated,
  b.facet AS break_facet, b.why_zh AS break_zh, b.why_en AS break_en, b.before_period, b.before_value,
  j.level_zh AS judgement_zh, j.level_en AS judgement_en, j.position AS judgement_order, j.commentary, j.who AS judged_by,
  j.reviewed_by AS confirmed_by
FROM (SELECT max(edition) AS edition FROM ref.edition) AS e
CROSS JOIN (SELECT DISTINCT period FROM warehouse.indicator_value) AS y
INNER JOIN ref.indicator AS i ON e.edition = i.edition AND i.nature IS NOT NULL
  AND daterange(i.valid_from, i.valid_to) @> intake.last_day(y.period)
INNER JOIN ref.place AS p ON e.edition = p.edition AND p.level = coalesce(i.scope, 'city')
  AND daterange(p.valid_from, p.valid_to) @> intake.last_day(y.period)
LEFT JOIN warehouse.indicator_value AS v
  ON i.framework = v.framework AND i.indicator = v.indicator AND p.place = v.place AND y.period = v.period
LEFT JOIN mart.broken_series AS b
  ON v.framework = b.framework AND v.indicator = b.indicator AND v.place = b.place AND v.period = b.period
LEFT JOIN quality.judgement_in_force AS j
  ON i.framework = j.framework AND i.indicator = j.indicator AND p.place = j.place AND y.period = j.period;
COMMENT ON VIEW mart.indicator_table IS '指标表 / indicator table';
COMMENT ON COLUMN mart.indicator_table.framework IS '指标体系 / framework';
COMMENT ON COLUMN mart.indicator_table.indicator IS '指标 / indicator';
COMMENT ON COLUMN mart.indicator_table.parent IS '上级指标 / parent';
COMMENT ON COLUMN mart.indicator_table.position IS '顺序 / position';
COMMENT ON COLUMN mart.indicator_table.name_zh IS '指标名称 / name in Chinese';
COMMENT ON COLUMN mart.indicator_table.name_en IS '指标英文名 / name in English';
COMMENT ON COLUMN mart.indicator_table.nature IS '定量或定性 / quantitative or qualitative';
COMMENT ON COLUMN mart.indicator_table.unit IS '计量单位 / unit';
COMMENT ON COLUMN mart.indicator_table.decimals IS '小数位 / decimals';
COMMENT ON COLUMN mart.indicator_table.direction IS '方向 / direction';
COMMENT ON COLUMN mart.indicator_table.provenance IS '条目来历 A B C / provenance';
COMMENT ON COLUMN mart.indicator_table.place IS '地区代码 / place code';
COMMENT ON COLUMN mart.indicator_table.place_name IS '地区 / place';
COMMENT ON COLUMN mart.indicator_table.place_name_en IS '地区英文名 / English name of the place';
COMMENT ON COLUMN mart.indicator_table.period IS '数据期 / period';
COMMENT ON COLUMN mart.indicator_table.value IS '数值，空为缺数 / value, null when missing';
COMMENT ON COLUMN mart.indicator_table.status IS '状态 / status';
COMMENT ON COLUMN mart.indicator_table.verdict IS '可比性 / comparability';
COMMENT ON COLUMN mart.indicator_table.is_synthetic IS '是否样例 / synthetic';
COMMENT ON COLUMN mart.indicator_table.formula IS '公式 / formula';
COMMENT ON COLUMN mart.indicator_table.formula_version IS '公式版本 / version of the formula';
COMMENT ON COLUMN mart.indicator_table.inputs IS '所用口径 / definitions it reads';
COMMENT ON COLUMN mart.indicator_table.missing IS '缺少的口径 / definitions that are missing';
COMMENT ON COLUMN mart.indicator_table.edition IS '目录版次 / edition of the catalogue';
COMMENT ON COLUMN mart.indicator_table.low IS '计数指标：未知地区都不满足时的值 / a share of places: its least value';
COMMENT ON COLUMN mart.indicator_table.high IS '计数指标：未知地区都满足时的值 / a share of places: its largest value';
COMMENT ON COLUMN mart.indicator_table.places_met IS '满足条件的下级地区数 / places that meet the condition';
COMMENT ON COLUMN mart.indicator_table.places_all IS
'全部下级地区数，空为目录没有列全 / all places; empty where the catalogue does not list every one';
COMMENT ON COLUMN mart.indicator_table.places_unknown IS '没有数的下级地区 / places without a figure';
COMMENT ON COLUMN mart.indicator_table.aggregated IS
'由下级地区相加而来的口径，见 mart.aggregated / definitions summed from the places below, see mart.aggregated';
COMMENT ON COLUMN mart.indicator_table.break_facet IS '状态 B：数列在本期断开，不同的口径要素 / status B: the facet by which the series breaks';
COMMENT ON COLUMN mart.indicator_table.break_zh IS '断点原因 / why the series breaks';
COMMENT ON COLUMN mart.indicator_table.break_en IS '断点原因（英文）/ why, in English';
COMMENT ON COLUMN mart.indicator_table.before_period IS '断点前最近一期 / the last period before the break';
COMMENT ON COLUMN mart.indicator_table.before_value IS '断点前的值 / the value before the break';
COMMENT ON COLUMN mart.indicator_table.judgement_zh IS '定性指标：复核通过的评定等级，空为待评定 / qualitative: the level it was judged to be of; empty where none counts';
COMMENT ON COLUMN mart.indicator_table.judgement_en IS '评定等级（英文）/ the level, in English';
COMMENT ON COLUMN mart.indicator_table.judgement_order IS '评定等级的次序，1 最高 / order of the level, 1 is the highest';
COMMENT ON COLUMN mart.indicator_table.commentary IS '述评，复核通过的一版 / commentary, the version that was confirmed';
COMMENT ON COLUMN mart.indicator_table.judged_by IS '评定人 / who judged';
COMMENT ON COLUMN mart.indicator_table.confirmed_by IS '复核人 / who confirmed it, another person';

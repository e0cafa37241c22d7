-- Whether each place meets the basic requirements of the catalogue: met, not met, or not assessed while figures are missing.
CREATE OR REPLACE VIEW mart.requirement AS
WITH edition AS (
  SELECT max(e.edition) AS edition FROM ref.edition AS e
), item AS (
  SELECT
    r.requirement, r.name_zh, r.name_en, r.framework, r.level, r.at_least, r.certified_by, r.provenance, r.indicator,
    r.must, y.period, p.place, p.name_zh AS place_name, v.kind, v.verdict,
    CASE WHEN v.verdict <> '不可比' THEN warehouse.is_met(r.direction, v.value, r.value, r.low, r.high) END AS is_met
  FROM edition AS e
  CROSS JOIN (SELECT DISTINCT period FROM warehouse.indicator_value) AS y
  INNER JOIN ref.requirement AS r
    ON e.edition = r.edition AND daterange(r.valid_from, r.valid_to) @> intake.last_day(y.period)
  INNER JOIN ref.place AS p
    ON e.edition = p.edition AND r.level = p.level AND daterange(p.valid_from, p.valid_to) @> intake.last_day(y.period)
  LEFT JOIN warehouse.indicator_value AS v
    ON r.framework = v.framework AND r.indicator = v.indicator AND p.place = v.place AND y.period = v.period
), counted AS (
  SELECT
    i.requirement, i.name_zh, i.name_en, i.framework, i.level, i.at_least, i.certified_by, i.provenance, i.place,
    i.place_name, i.period, count(*) AS indicators, count(*) FILTER (WHERE i.is_met) AS met,
    count(*) FILTER (WHERE NOT i.is_met) AS not_met, count(*) FILTER (WHERE i.is_met IS NULL) AS not_assessed,
    coalesce(array_agg(i.indicator ORDER BY i.indicator) FILTER (WHERE NOT i.is_met), '{}') AS failing,
    coalesce(array_agg(i.indicator ORDER BY i.indicator) FILTER (WHERE i.is_met IS NULL), '{}') AS unknown,
    coalesce(array_agg(i.indicator ORDER BY i.indicator) FILTER (WHERE i.must AND NOT i.is_met), '{}') AS failing_must,
    count(*) FILTER (WHERE i.must AND i.is_met IS NULL) AS must_unknown,
    coalesce(bool_or(i.verdict = 'conflict'), false) AS is_contested,
    coalesce(bool_or(i.kind = 'synthetic'), false) AS is_synthetic
  FROM item AS i
  GROUP BY
    i.requirement, i.name_zh, i.name_en, i.framework, i.level, i.at_least, i.certified_by, i.provenance, i.place,
    i.place_name, i.period
)
SELECT
  c.requirement, c.name_zh, c.name_en, c.framework, c.level, c.place, c.place_name, c.period,
  CASE
    WHEN c.failing_must <> '{}' OR c.met + c.not_assessed < c.at_least THEN false
    WHEN c.met >= c.at_least AND c.must_unknown = 0 THEN true
  END AS is_met, c.at_least, c.indicators, c.met, c.not_met, c.not_assessed, c.failing, c.failing_must, c.unknown,
  c.is_contested, c.is_synthetic, c.certified_by, c.provenance
FROM counted AS c;
COMMENT ON VIEW mart.requirement IS '基本要求是否达到 / basic requirements';
COMMENT ON COLUMN mart.requirement.requirement IS '要求代码 / requirement';
COMMENT ON COLUMN mart.requirement.name_zh IS '要求名称 / name';
COMMENT ON COLUMN mart.requirement.name_en IS '要求英文名 / English name';
COMMENT ON COLUMN mart.requirement.framework IS '指标体系 / framework';
COMMENT ON COLUMN mart.requirement.level IS '层级 / level';
COMMENT ON COLUMN mart.requirement.place IS '地区代码 / place code';
COMMENT ON COLUMN mart.requirement.place_name IS '地区 / place';
COMMENT ON COLUMN mart.requirement.period IS '数据期 / period';
COMMENT ON COLUMN mart.requirement.is_met IS '是否达到，空为未评估 / met, null when not assessed';
COMMENT ON COLUMN mart.requirement.at_least IS '至少要达到的项数 / how many have to be met';
COMMENT ON COLUMN mart.requirement.indicators IS '所列指标数 / indicators asked';
COMMENT ON COLUMN mart.requirement.met IS '达到的项数 / met';
COMMENT ON COLUMN mart.requirement.not_met IS '未达到的项数 / not met';
COMMENT ON COLUMN mart.requirement.not_assessed IS '未评估的项数 / not assessed';
COMMENT ON COLUMN mart.requirement.failing IS '未达到的指标 / indicators that fail';
COMMENT ON COLUMN mart.requirement.failing_must IS '未达到的必须项 / indicators that fail and must not';
COMMENT ON COLUMN mart.requirement.unknown IS '未评估的指标 / indicators not assessed';
COMMENT ON COLUMN mart.requirement.is_contested IS '是否有待裁定的数 / a figure is contested';
COMMENT ON COLUMN mart.requirement.is_synthetic IS '是否样例 / synthetic';
COMMENT ON COLUMN mart.requirement.certified_by IS '认定单位 / who certifies';
COMMENT ON COLUMN mart.requirement.provenance IS '条目来历 A B C / provenance';

-- Targets by project and lead unit: how many are met, not met, not assessed; targets no document assigns stand together.
CREATE OR REPLACE VIEW mart.project AS
SELECT
  a.framework, a.place, a.place_name, a.project, a.lead, a.supporting, a.set_by, a.source, a.period,
  count(*) AS targets, count(*) FILTER (WHERE a.is_met) AS met, count(*) FILTER (WHERE NOT a.is_met) AS not_met,
  count(*) FILTER (WHERE a.is_met IS NULL) AS not_assessed, array_agg(a.target ORDER BY a.target) AS target_list,
  coalesce(bool_or(a.is_synthetic), false) AS is_synthetic
FROM mart.attainment AS a
GROUP BY a.framework, a.place, a.place_name, a.project, a.lead, a.supporting, a.set_by, a.source, a.period;
COMMENT ON VIEW mart.project IS '各工程和牵头单位的目标完成情况 / targets by project and lead unit';
COMMENT ON COLUMN mart.project.framework IS '指标体系 / framework';
COMMENT ON COLUMN mart.project.place IS '地区代码 / place code';
COMMENT ON COLUMN mart.project.place_name IS '地区 / place';
COMMENT ON COLUMN mart.project.project IS '所属工程，文件没有写明的为空 / project, empty where the document does not say';
COMMENT ON COLUMN mart.project.lead IS '牵头单位 / lead';
COMMENT ON COLUMN mart.project.supporting IS '协办单位 / supporting';
COMMENT ON COLUMN mart.project.set_by IS '由谁提出 / set by';
COMMENT ON COLUMN mart.project.source IS '出处 / source';
COMMENT ON COLUMN mart.project.period IS '数据期 / period';
COMMENT ON COLUMN mart.project.targets IS '目标数 / targets';
COMMENT ON COLUMN mart.project.met IS '已达标 / met';
COMMENT ON COLUMN mart.project.not_met IS '未达标 / not met';
COMMENT ON COLUMN mart.project.not_assessed IS '未评估 / not assessed';
COMMENT ON COLUMN mart.project.target_list IS '目标编号 / targets';
COMMENT ON COLUMN mart.project.is_synthetic IS '是否样例 / synthetic';

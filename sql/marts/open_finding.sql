-- Findings that are not settled, with what was found, expected, and what to do.
CREATE OR REPLACE VIEW mart.open_finding AS
SELECT
  f.finding_id, f.round, f.severity, f.family, f.rule_id, f.state, f.place, p.name_zh AS place_name,
  p.name_en AS place_name_en, f.department, d.name_zh AS department_name, f.form, f.definition, f.period, f.file,
  f.sheet, f.cell, f.found, f.expected, f.message_zh, f.message_en, f.cause, f.would_be, f.effect, f.submission_id,
  f.recorded_at
FROM quality.finding AS f
INNER JOIN intake.submission AS s ON f.submission_id = s.submission_id
LEFT JOIN LATERAL (
  SELECT x.name_zh, x.name_en FROM ref.place AS x WHERE x.place = f.place
  ORDER BY x.edition DESC, x.valid_from DESC LIMIT 1
) AS p ON true
LEFT JOIN LATERAL (
  SELECT x.name_zh FROM ref.department AS x WHERE x.department = f.department
  ORDER BY x.edition DESC, x.valid_from DESC LIMIT 1
) AS d ON true
WHERE f.state IN ('open', 'explained') AND s.state NOT IN ('superseded', 'withdrawn');
COMMENT ON VIEW mart.open_finding IS '未了结的审核问题 / findings not settled';
COMMENT ON COLUMN mart.open_finding.finding_id IS '问题编号 / finding';
COMMENT ON COLUMN mart.open_finding.round IS '轮次 / round';
COMMENT ON COLUMN mart.open_finding.severity IS '程度：须改正、须说明、提示 / block, ask, note';
COMMENT ON COLUMN mart.open_finding.family IS '类别 / family';
COMMENT ON COLUMN mart.open_finding.rule_id IS '规则 / rule';
COMMENT ON COLUMN mart.open_finding.state IS '状态 / state';
COMMENT ON COLUMN mart.open_finding.place IS '地区代码 / place code';
COMMENT ON COLUMN mart.open_finding.place_name IS '地区 / place';
COMMENT ON COLUMN mart.open_finding.place_name_en IS '地区英文名 / English name';
COMMENT ON COLUMN mart.open_finding.department IS '责任单位代码 / department';
COMMENT ON COLUMN mart.open_finding.department_name IS '责任单位 / name of the department';
COMMENT ON COLUMN mart.open_finding.form IS '表 / form';
COMMENT ON COLUMN mart.open_finding.definition IS '口径 / definition';
COMMENT ON COLUMN mart.open_finding.period IS '数据期 / period';
COMMENT ON COLUMN mart.open_finding.file IS '文件 / file';
COMMENT ON COLUMN mart.open_finding.sheet IS '工作表 / sheet';
COMMENT ON COLUMN mart.open_finding.cell IS '单元格 / cell';
COMMENT ON COLUMN mart.open_finding.found IS '现为 / found';
COMMENT ON COLUMN mart.open_finding.expected IS '应为 / expected';
COMMENT ON COLUMN mart.open_finding.message_zh IS '说明 / message in Chinese';
COMMENT ON COLUMN mart.open_finding.message_en IS '英文说明 / message in English';
COMMENT ON COLUMN mart.open_finding.cause IS '疑似原因 / likely cause';
COMMENT ON COLUMN mart.open_finding.would_be IS '可能应为 / likely value';
COMMENT ON COLUMN mart.open_finding.effect IS '影响 / effect';
COMMENT ON COLUMN mart.open_finding.submission_id IS '报送件 / submission';
COMMENT ON COLUMN mart.open_finding.recorded_at IS '发现时间 / recorded at';

-- Who owes which form for which place, and how far it is; overdue is computed.
CREATE OR REPLACE VIEW mart.reporting_status AS
SELECT
  o.obligation_id, o.round, o.form, f.name_zh AS form_name, f.form_no, o.department, d.name_zh AS department_name,
  d.name_en AS department_name_en, o.place, p.name_zh AS place_name, p.name_en AS place_name_en, o.period, o.due,
  o.state,
  o.state IN ('未下发', '已下发', '已退回') AND o.due < current_date AS is_overdue,
  o.submission_id, s.file_name, s.sha256, s.received_at, o.accepted_by,
  coalesce(n.blocks, 0) AS blocks, coalesce(n.asks, 0) AS asks, coalesce(n.notes, 0) AS notes
FROM intake.obligation AS o
INNER JOIN intake.round AS r ON o.round = r.round
INNER JOIN ref.form AS f ON r.edition = f.edition AND o.form = f.form
  AND daterange(f.valid_from, f.valid_to) @> make_date(r.data_year, 12, 31)
INNER JOIN ref.department AS d ON r.edition = d.edition AND o.department = d.department
  AND daterange(d.valid_from, d.valid_to) @> make_date(r.data_year, 12, 31)
INNER JOIN ref.place AS p ON r.edition = p.edition AND o.place = p.place
  AND daterange(p.valid_from, p.valid_to) @> make_date(r.data_year, 12, 31)
LEFT JOIN intake.submission AS s ON o.submission_id = s.submission_id
LEFT JOIN LATERAL (
  SELECT
    count(*) FILTER (WHERE q.severity = 'block') AS blocks,
    count(*) FILTER (WHERE q.severity = 'ask' AND q.state IN ('open', 'explained')) AS asks,
    count(*) FILTER (WHERE q.severity = 'note') AS notes
  FROM quality.finding AS q
  WHERE q.submission_id = o.submission_id AND coalesce(q.form, o.form) = o.form
) AS n ON true;
COMMENT ON VIEW mart.reporting_status IS '应报与报送状态 / obligations and how far they are';
COMMENT ON COLUMN mart.reporting_status.obligation_id IS '应报编号 / obligation';
COMMENT ON COLUMN mart.reporting_status.round IS '轮次 / round';
COMMENT ON COLUMN mart.reporting_status.form IS '表 / form';
COMMENT ON COLUMN mart.reporting_status.form_name IS '表名 / name of the form';
COMMENT ON COLUMN mart.reporting_status.form_no IS '表号 / form number';
COMMENT ON COLUMN mart.reporting_status.department IS '责任单位代码 / department';
COMMENT ON COLUMN mart.reporting_status.department_name IS '责任单位 / name of the department';
COMMENT ON COLUMN mart.reporting_status.department_name_en IS '责任单位英文名 / English name of the department';
COMMENT ON COLUMN mart.reporting_status.place IS '地区代码 / place code';
COMMENT ON COLUMN mart.reporting_status.place_name IS '地区 / place';
COMMENT ON COLUMN mart.reporting_status.place_name_en IS '地区英文名 / English name of the place';
COMMENT ON COLUMN mart.reporting_status.period IS '数据期 / period';
COMMENT ON COLUMN mart.reporting_status.due IS '截止日 / due date';
COMMENT ON COLUMN mart.reporting_status.state IS '状态 / state';
COMMENT ON COLUMN mart.reporting_status.is_overdue IS '是否逾期（计算得出）/ overdue, computed';
COMMENT ON COLUMN mart.reporting_status.submission_id IS '报送件 / submission';
COMMENT ON COLUMN mart.reporting_status.file_name IS '文件名 / file name';
COMMENT ON COLUMN mart.reporting_status.sha256 IS '文件指纹 / file hash';
COMMENT ON COLUMN mart.reporting_status.received_at IS '收到时间 / received at';
COMMENT ON COLUMN mart.reporting_status.accepted_by IS '由谁通过 / accepted by';
COMMENT ON COLUMN mart.reporting_status.blocks IS '须改正 / findings that block';
COMMENT ON COLUMN mart.reporting_status.asks IS '须说明 / open questions';
COMMENT ON COLUMN mart.reporting_status.notes IS '提示 / notes';

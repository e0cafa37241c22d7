-- Who owes which form for which place, and how far it is; overdue is computed.
CREATE OR REPLACE VIEW mart.reporting_status AS
SELECT
  o.obligation_id, o.round, o.form, f.name_zh AS form_name, f.form_no, o.department, d.name_zh AS department_name,
  d.name_en AS department_name_en, o.place, p.name_zh AS place_name, p.name_en AS place_name_en, o.period, o.due,
  o.state,
  o.state IN ('未下发', '已下发', '已退回', '延期', '豁免') AND u.owed_until < app.today() AS is_overdue,
  o.submission_id, s.file_name, s.sha256, s.received_at, o.accepted_by,
  coalesce(n.blocks, 0) AS blocks, coalesce(n.asks, 0) AS asks, coalesce(n.notes, 0) AS notes,
  u.owed_until, o.grace, o.locks, o.until, e.action, e.who AS decided_by, e.why, f.name_en AS form_name_en
FROM intake.obligation AS o
INNER JOIN intake.round AS r ON o.round = r.round
INNER JOIN LATERAL (
  SELECT x.name_zh, x.name_en, x.form_no FROM ref.form AS x
  WHERE x.edition = r.edition AND x.form = o.form
  ORDER BY daterange(x.valid_from, x.valid_to) @> intake.last_day(o.period) DESC, x.valid_from DESC LIMIT 1
) AS f ON true
INNER JOIN ref.department AS d ON r.edition = d.edition AND o.department = d.department
  AND daterange(d.valid_from, d.valid_to) @> intake.last_day(o.period)
INNER JOIN ref.place AS p ON r.edition = p.edition AND o.place = p.place
  AND daterange(p.valid_from, p.valid_to) @> intake.last_day(o.period)
CROSS JOIN LATERAL (
  SELECT coalesce(o.until, o.due) AS owed_until
) AS u
LEFT JOIN intake.submission AS s ON o.submission_id = s.submission_id
LEFT JOIN LATERAL (
  SELECT x.action, x.who, x.why FROM intake.obligation_event AS x
  WHERE x.obligation_id = o.obligation_id ORDER BY x.event_id DESC LIMIT 1
) AS e ON true
LEFT JOIN LATERAL (
  SELECT
    count(*) FILTER (WHERE q.severity = 'block') AS blocks,
    count(*) FILTER (WHERE q.severity = 'ask' AND q.state <> 'returned') AS asks,
    count(*) FILTER (WHERE q.severity = 'note') AS notes
  FROM quality.finding AS q
  WHERE q.submission_id = o.submission_id AND coalesce(q.form, o.form) = o.form
    AND q.state IN ('open', 'explained', 'returned')
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
COMMENT ON COLUMN mart.reporting_status.owed_until IS '实际期限：延期、豁免到期日，否则为截止日 / day it is owed by';
COMMENT ON COLUMN mart.reporting_status.grace IS '宽限至 / grace until';
COMMENT ON COLUMN mart.reporting_status.locks IS '锁定日 / locked after';
COMMENT ON COLUMN mart.reporting_status.until IS '延期或豁免至 / extended or exempt until';
COMMENT ON COLUMN mart.reporting_status.action IS '最近一次豁免、延期或恢复 / last exemption, extension or resumption';
COMMENT ON COLUMN mart.reporting_status.decided_by IS '由谁决定 / decided by';
COMMENT ON COLUMN mart.reporting_status.why IS '理由 / why';
COMMENT ON COLUMN mart.reporting_status.form_name_en IS '英文表名 / English name of the form';

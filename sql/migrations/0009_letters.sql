-- A letter about a returned form says how much is open, where it is mended, and by when.
CREATE OR REPLACE FUNCTION intake.reminders_of(day date) RETURNS TABLE (
  obligation_id bigint, round text, place text, department text, form text, kind text, owed_until date, message text
)
LANGUAGE sql STABLE
BEGIN ATOMIC
  SELECT
    o.obligation_id, o.round, o.place, o.department, o.form, k.kind, u.owed_until,
    coalesce(p.name_zh, o.place) || coalesce(d.name_zh, o.department) || '：'
    || coalesce(f.form_no || '（' || f.name_zh || '）', f.name_zh, o.form) || CASE k.kind
      WHEN 'returned' THEN '已退回'
        || coalesce('，须改正' || nullif(q.blocks, 0) || '处', '') || coalesce('，须说明' || nullif(q.asks, 0) || '处', '')
        || CASE
          WHEN a.due >= day THEN '。请在第' || a.nth || '次答复件中逐条改正、说明，重新签字盖章，于' || a.due || '前报送。'
          WHEN u.owed_until >= day THEN '。请按答复件逐条改正、说明，重新签字盖章，于' || u.owed_until || '前报送。'
          ELSE '。应于' || u.owed_until || '报送，已逾期' || (day - u.owed_until)
            || '天，请按答复件逐条改正、说明，重新签字盖章后立即报送；没有收到答复件的，请与我们联系。' END
      WHEN 'due' THEN '应于' || u.owed_until || '前报送。'
      WHEN 'late' THEN '应于' || u.owed_until || '报送，已逾期' || (day - u.owed_until) || '天'
        || coalesce('，宽限至' || o.grace, '') || '。'
      ELSE '应于' || u.owed_until || '报送，宽限期已过，至今未报，请立即报送或书面申请延期。' END
  FROM intake.obligation AS o
  INNER JOIN intake.round AS r ON o.round = r.round AND r.state = 'open'
  CROSS JOIN LATERAL (SELECT coalesce(o.until, o.due) AS owed_until) AS u
  CROSS JOIN LATERAL (
    SELECT CASE
      WHEN o.state = '已退回' THEN 'returned'
      WHEN u.owed_until >= day THEN 'due'
      WHEN o.state <> '延期' AND coalesce(o.grace, u.owed_until) < day THEN 'never'
      ELSE 'late' END AS kind
  ) AS k
  LEFT JOIN LATERAL (
    SELECT
      count(*) FILTER (WHERE x.severity = 'block') AS blocks, count(*) FILTER (WHERE x.severity = 'ask') AS asks
    FROM quality.finding AS x
    WHERE x.submission_id = o.submission_id AND coalesce(x.form, o.form) = o.form
      AND x.state IN ('open', 'explained', 'returned')
  ) AS q ON o.state = '已退回'
  LEFT JOIN LATERAL (
    SELECT x.nth, x.due FROM intake.answer AS x WHERE x.submission_id = o.submission_id ORDER BY x.nth DESC LIMIT 1
  ) AS a ON o.state = '已退回'
  LEFT JOIN ref.place AS p ON r.edition = p.edition AND o.place = p.place
    AND daterange(p.valid_from, p.valid_to) @> intake.last_day(o.period)
  LEFT JOIN ref.department AS d ON r.edition = d.edition AND o.department = d.department
    AND daterange(d.valid_from, d.valid_to) @> intake.last_day(o.period)
  LEFT JOIN LATERAL (
    SELECT x.name_zh, x.form_no FROM ref.form AS x
    WHERE x.edition = r.edition AND x.form = o.form
    ORDER BY daterange(x.valid_from, x.valid_to) @> intake.last_day(o.period) DESC, x.valid_from DESC LIMIT 1
  ) AS f ON true
  WHERE o.state IN ('已下发', '已退回', '延期', '豁免') AND NOT (o.state = '豁免' AND u.owed_until >= day);
END;

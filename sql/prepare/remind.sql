-- Reminders of a day: what is due within some days, late, never came, or was returned; each once.
INSERT INTO intake.reminder (obligation_id, kind, day, message)
SELECT
  r.obligation_id, k.kind, :day,
  r.place_name || r.department_name || '：' || r.form_name || CASE k.kind
    WHEN 'returned' THEN '已打回，请更正后重新报送。'
    WHEN 'due' THEN '应于' || r.owed_until || '前报送。'
    WHEN 'late' THEN '应于' || r.owed_until || '报送，已逾期' || (cast(:day AS date) - r.owed_until) || '天'
      || coalesce('，宽限至' || r.grace, '') || '。'
    ELSE '应于' || r.owed_until || '报送，宽限期已过，至今未报，请立即报送或书面申请延期。' END
FROM mart.reporting_status AS r
INNER JOIN intake.round AS rd ON r.round = rd.round AND rd.state = 'open'
CROSS JOIN LATERAL (
  SELECT CASE
    WHEN r.state = '已退回' THEN 'returned'
    WHEN r.owed_until >= cast(:day AS date) THEN 'due'
    WHEN r.state <> '延期' AND coalesce(r.grace, r.owed_until) < cast(:day AS date) THEN 'never'
    ELSE 'late' END AS kind
) AS k
WHERE r.state IN ('已下发', '已退回', '延期', '豁免')
  AND (r.state = '已退回' OR r.owed_until <= cast(:day AS date) + cast(:days AS integer))
  AND NOT (r.state = '豁免' AND r.owed_until >= cast(:day AS date))
ON CONFLICT DO NOTHING

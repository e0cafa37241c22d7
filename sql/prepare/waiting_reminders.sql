-- Reminders that wait to be sent, with the contact of their department and place; what a person can still take back stays.
SELECT
  m.reminder_id, m.kind, m.day, m.message, m.batch_id, r.place, r.department, r.place_name, r.department_name, r.form_name,
  coalesce(c.name, r.place_name || r.department_name) AS contact, c.phone, c.email,
  CASE WHEN b.is_copied THEN c.leader END AS leader, CASE WHEN b.is_copied THEN c.leader_email END AS leader_email
FROM intake.reminder AS m
INNER JOIN mart.reporting_status AS r ON m.obligation_id = r.obligation_id
LEFT JOIN intake.reminder_batch AS b ON m.batch_id = b.batch_id
LEFT JOIN LATERAL (
  SELECT x.name, x.phone, x.email, x.leader, x.leader_email FROM ref.contact AS x
  WHERE x.edition = (SELECT max(e.edition) FROM ref.edition AS e) AND x.department = r.department
    AND coalesce(x.place, r.place) = r.place AND daterange(x.valid_from, x.valid_to) @> cast(:day AS date)
  ORDER BY x.place IS NULL LIMIT 1
) AS c ON true
WHERE m.state = 'pending' AND coalesce(b.held_until, '-infinity') <= now()
ORDER BY r.place, r.department, r.form, m.day, m.kind

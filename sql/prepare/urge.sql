-- What a person may remind of now among some obligations: the words, to whom, and when they were reminded last.
SELECT
  r.obligation_id, r.round, r.kind, r.message, r.place, r.department,
  coalesce(p.name_zh, r.place) AS place_zh, coalesce(p.name_en, r.place) AS place_en,
  coalesce(d.name_zh, r.department) AS department_zh, coalesce(d.name_en, r.department) AS department_en,
  coalesce(c.name, coalesce(p.name_zh, r.place) || coalesce(d.name_zh, r.department)) AS contact, c.phone, c.email, c.leader, c.leader_email,
  (
    SELECT max(m.day) FROM intake.reminder AS m
    WHERE m.obligation_id = r.obligation_id AND m.state <> 'taken_back'
  ) AS last_day
FROM intake.reminders_of(:day) AS r
INNER JOIN intake.round AS rd ON r.round = rd.round
LEFT JOIN ref.place AS p ON rd.edition = p.edition AND r.place = p.place
  AND daterange(p.valid_from, p.valid_to) @> intake.last_day(rd.period)
LEFT JOIN ref.department AS d ON rd.edition = d.edition AND r.department = d.department
  AND daterange(d.valid_from, d.valid_to) @> intake.last_day(rd.period)
LEFT JOIN LATERAL (
  SELECT x.* FROM ref.contact AS x
  WHERE x.edition = (SELECT max(e.edition) FROM ref.edition AS e) AND x.department = r.department
    AND coalesce(x.place, r.place) = r.place AND daterange(x.valid_from, x.valid_to) @> cast(:day AS date)
  ORDER BY x.place IS NULL LIMIT 1
) AS c ON true
WHERE r.obligation_id = any(cast(:ids AS bigint []))
  AND NOT EXISTS (  -- what a person asked for and has not left yet goes once, however often he presses
    SELECT FROM intake.reminder AS w
    WHERE w.obligation_id = r.obligation_id AND w.batch_id IS NOT NULL AND w.state = 'pending'
  )
ORDER BY r.place, r.department, r.owed_until, r.form

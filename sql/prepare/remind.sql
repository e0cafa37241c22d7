-- Reminders of a day: what is due within some days, late, never came, or was returned; each once.
INSERT INTO intake.reminder (obligation_id, kind, day, message)
SELECT r.obligation_id, r.kind, :day, r.message
FROM intake.reminders_of(:day) AS r
WHERE r.kind = 'returned' OR r.owed_until <= cast(:day AS date) + cast(:days AS integer)
ON CONFLICT DO NOTHING

-- What a round owes: one obligation per form, department and place that has an item to fill in; twice gives the same.
INSERT INTO intake.obligation (round, form, department, place, period, due, grace, locks)
SELECT rd.round, i.form, i.department, i.place, rd.period, c.due, c.grace, c.locks
FROM (SELECT DISTINCT form, department, place FROM round_item) AS i
INNER JOIN intake.round AS rd ON rd.round = :round
INNER JOIN ref.calendar AS c ON c.edition = rd.edition AND c.round = rd.round AND c.form = i.form
ORDER BY i.place, i.form, i.department
ON CONFLICT DO NOTHING

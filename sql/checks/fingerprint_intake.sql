-- Lines of what came in and who owes what, to be hashed.
SELECT 'round|' || concat_ws('|', r.round, r.data_year, r.state) FROM intake.round AS r
UNION ALL
SELECT 'obligation|' || concat_ws('|', o.round, o.form, o.department, o.place, o.period, o.due, o.state, o.accepted_by, s.sha256)
FROM intake.obligation AS o
LEFT JOIN intake.submission AS s ON o.submission_id = s.submission_id
UNION ALL
SELECT 'submission|' || concat_ws('|', s.kind, s.round, s.delivered_as, s.sha256, s.state, s.revision, s.reading, s.problem, s.signoff)
FROM intake.submission AS s
UNION ALL
SELECT 'row|' || concat_ws('|', s.round, s.delivered_as, s.sha256, r.sheet, r.row_no, r.cells::text)
FROM intake.sheet_row AS r
INNER JOIN intake.submission AS s ON r.submission_id = s.submission_id
UNION ALL
SELECT 'item|' || s.round || '|' || s.delivered_as || '|' || s.sha256 || (to_jsonb(i) - 'submission_id')::text
FROM intake.item AS i
INNER JOIN intake.submission AS s ON i.submission_id = s.submission_id
UNION ALL
SELECT 'evidence|' || concat_ws('|', s.round, s.delivered_as, s.sha256, e.name, e.sha256)
FROM intake.evidence AS e
INNER JOIN intake.submission AS s ON e.submission_id = s.submission_id
UNION ALL
SELECT 'unmapped|' || s.delivered_as || '|' || s.sha256 || (to_jsonb(u) - 'submission_id')::text
FROM intake.unmapped AS u
INNER JOIN intake.submission AS s ON u.submission_id = s.submission_id
UNION ALL
SELECT 'table|' || s.delivered_as || '|' || s.sha256 || (to_jsonb(t) - 'submission_id')::text
FROM intake.yearbook_table AS t
INNER JOIN intake.submission AS s ON t.submission_id = s.submission_id

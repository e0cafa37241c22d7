-- Years and quarters of accepted items, so that their partitions exist before the load.
SELECT DISTINCT i.period
FROM quality.decision AS d
INNER JOIN intake.item AS i ON d.submission_id = i.submission_id AND d.form = i.form
WHERE d.action IN ('accept_form', 'accept_form_by_rule') AND i.period ~ '^[0-9]{4}'

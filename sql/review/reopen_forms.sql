-- Forms whose return was undone are under review again.
WITH opened AS (
  SELECT d.submission_id, d.form
  FROM quality.decide('reopen_form', (
    SELECT array_agg(row(u.submission_id, u.form, NULL, NULL, NULL, NULL, FALSE)::quality.ruling)
    FROM quality.decision AS u
    WHERE u.decision_id = any(:ids) AND u.finding_id IS NULL
  ), 'rule', '打回已撤销 / the return was undone', NULL, NULL, FALSE) AS d
), owed AS (
  UPDATE intake.obligation AS o SET state = '审核中', changed_at = now()
  FROM opened AS d
  WHERE o.submission_id = d.submission_id AND o.form = d.form
), submissions AS (
  UPDATE intake.submission AS s SET state = 'in_review'
  FROM opened AS d
  WHERE s.submission_id = d.submission_id
)
SELECT d.submission_id, d.form FROM opened AS d

-- Forms that were returned by rule and in which nothing blocks any more are under review again.
WITH opened AS (
  SELECT d.submission_id, d.form
  FROM quality.decide('reopen_form', (
    SELECT array_agg(row(last.submission_id, last.form, NULL, NULL, NULL, NULL, FALSE)::quality.ruling)
    FROM quality.form_decision AS last
    WHERE last.submission_id = any(:ids) AND last.action = 'return_form_by_rule' AND NOT EXISTS (
      SELECT 1 FROM quality.finding AS f
      WHERE f.submission_id = last.submission_id AND coalesce(f.form, last.form) = last.form AND f.severity = 'block'
        AND f.state NOT IN ('closed', 'corrected')
    )
  ), 'rule', '须改正的已更正 / what blocked was corrected', NULL, NULL, FALSE) AS d
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

-- Return one form of a submission: what is open in it goes back with it. Gives the decision, nothing if it was returned.
WITH decided AS (
  SELECT d.decision_id, d.submission_id, d.form
  FROM quality.decide('return_form', (
    SELECT array_agg(row(s.submission_id, :form, NULL, NULL, NULL, NULL, FALSE)::quality.ruling)
    FROM intake.submission AS s
    LEFT JOIN quality.form_decision AS last ON s.submission_id = last.submission_id AND last.form = :form
    WHERE s.submission_id = :submission AND s.state NOT IN ('superseded', 'withdrawn', 'unclaimed')
      AND coalesce(last.action, '') <> 'return_form'
      AND EXISTS (SELECT 1 FROM intake.item AS i WHERE i.submission_id = s.submission_id AND i.form = :form)
  ), :who, :why, :code, :basis, :sample) AS d
), told AS (
  UPDATE quality.finding AS f SET state = 'returned', awaits = NULL
  FROM decided AS d
  WHERE f.submission_id = d.submission_id AND f.form = d.form AND f.state IN ('open', 'explained')
), owed AS (
  UPDATE intake.obligation AS o SET state = '已退回', changed_at = now()
  FROM decided AS d
  WHERE o.submission_id = d.submission_id AND o.form = d.form
)
SELECT d.decision_id FROM decided AS d

-- These forms are under review again.
WITH opened AS (
  SELECT d.submission_id, d.form
  FROM quality.decide('reopen_form', (
    SELECT array_agg(row(x.submission_id, x.form, NULL, NULL, NULL, NULL, FALSE)::quality.ruling)
    FROM unnest(cast(:submissions AS bigint []), cast(:forms AS text [])) AS x (submission_id, form)
  ), 'rule', :why, NULL, NULL, FALSE) AS d
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

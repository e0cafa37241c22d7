-- Return forms in which something blocks.
WITH blocked AS MATERIALIZED (
  SELECT j.submission_id, j.form, j.last_action FROM quality.form_standing AS j WHERE j.blocked
), decided AS (
  SELECT d.submission_id, d.form
  FROM quality.decide('return_form_by_rule', (
    SELECT array_agg(
      row(b.submission_id, b.form, NULL, NULL, NULL, NULL, FALSE)::quality.ruling ORDER BY b.submission_id, b.form
    )
    FROM blocked AS b
    WHERE coalesce(b.last_action, 'reopen_form') = 'reopen_form'
  ), 'rule', '有须改正的问题 / something has to be corrected', NULL, NULL, FALSE) AS d
), owed AS (
  UPDATE intake.obligation AS o SET state = '已退回', changed_at = now()
  FROM blocked AS b
  WHERE o.submission_id = b.submission_id AND o.form = b.form AND o.state <> '已退回'
)
SELECT d.submission_id, d.form FROM decided AS d

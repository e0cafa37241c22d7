-- Forms with nothing left to settle, each with the person who settled its last question (rule: nobody had to).
SELECT
  j.submission_id, j.form, coalesce(person.who, 'rule') AS who, coalesce(person.is_sample, FALSE) AS is_sample,
  coalesce(person.why, '没有须改正、须说明的问题 / nothing left to settle') AS why
FROM quality.form_standing AS j
LEFT JOIN LATERAL (
  SELECT d.who, d.why, d.is_sample FROM quality.decision AS d
  WHERE d.submission_id = j.submission_id AND coalesce(d.form, j.form) = j.form
    AND d.action IN ('accept_finding', 'correct_value')
  ORDER BY d.decision_id DESC LIMIT 1
) AS person ON TRUE
WHERE NOT j.blocked AND NOT j.asked AND coalesce(j.last_action, 'reopen_form') = 'reopen_form'
  AND (cast(:submission AS bigint) IS NULL OR (j.submission_id = :submission AND j.form = :form))
  AND NOT EXISTS (
    SELECT 1 FROM quality.decision_state AS young
    WHERE young.submission_id = j.submission_id AND coalesce(young.form, j.form) = j.form
      AND young.action IN ('accept_finding', 'correct_value') AND young.state = 'in_force' AND NOT young.is_sample
      AND young.confirmed_by IS NULL AND young.earlier IS NULL
      AND young.decided_at > clock_timestamp() - cast(:undo AS interval)
  )
ORDER BY j.submission_id, j.form

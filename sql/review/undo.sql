-- Take back an act with all its decisions, where nobody confirmed it and no later decision of the form rests on it.
SELECT d.decision_id, d.submission_id, d.earlier, d.finding_id
FROM quality.decide('undo', (
  SELECT array_agg(
    row(p.submission_id, p.form, p.finding_id, p.decision_id, NULL, NULL, FALSE)::quality.ruling ORDER BY p.decision_id
  )
  FROM quality.decision AS mine
  INNER JOIN quality.decision_state AS p ON mine.round = p.round AND mine.link = p.link
  LEFT JOIN intake.submission AS s ON p.submission_id = s.submission_id
  WHERE mine.decision_id = :id AND p.action IN ('accept_finding', 'correct_value', 'return_form', 'settle_conflict')
    AND p.state <> 'undone' AND p.confirmed_by IS NULL AND coalesce(s.state, '') NOT IN ('superseded', 'withdrawn')
    AND NOT EXISTS (
      SELECT 1 FROM quality.form_decision AS last
      WHERE last.submission_id = p.submission_id AND last.form = coalesce(p.form, last.form)
        AND last.decision_id > p.decision_id AND last.action <> 'reopen_form'
    )
), :who, :why, NULL, NULL, :sample) AS d

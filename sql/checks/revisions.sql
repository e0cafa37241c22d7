-- Cells of revisions whose figures changed since the submission before, and whether that one had been accepted.
WITH accepted AS (
  SELECT DISTINCT d.submission_id
  FROM quality.decision AS d
  WHERE d.action IN ('accept_form', 'accept_form_by_rule')
)
SELECT
  s.submission_id AS n, c.sheet, c.cell, c.old_said, c.new_said, earlier.revision,
  accepted.submission_id IS NOT NULL AS was_accepted
FROM intake.submission AS s
INNER JOIN intake.submission AS earlier ON s.supersedes = earlier.submission_id
CROSS JOIN LATERAL intake.changed_items(s.submission_id, s.supersedes) AS c
LEFT JOIN accepted ON earlier.submission_id = accepted.submission_id
WHERE s.submission_id = any(:ids) AND s.kind = 'ledger'
ORDER BY s.submission_id, c.item_no

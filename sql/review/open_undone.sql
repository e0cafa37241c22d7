-- Findings whose decision, or whose form's return, was undone are open again, or explained where something was said;
-- what waited for a second person when the form was returned waits again.
UPDATE quality.finding AS f
SET
  awaits = (
    SELECT max(p.decision_id) FROM quality.decision_state AS p WHERE p.finding_id = f.finding_id AND p.state = 'pending'
  ),
  state = CASE
    WHEN EXISTS (SELECT 1 FROM quality.explanation AS e WHERE e.finding_id = f.finding_id) THEN 'explained' ELSE 'open'
  END
FROM quality.decision AS d
WHERE d.decision_id = any(:ids) AND d.submission_id = f.submission_id
  AND (d.finding_id = f.finding_id OR (d.finding_id IS NULL AND d.form = f.form AND f.state = 'returned'))

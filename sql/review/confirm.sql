-- Confirm an act that waits for a second person, with all its decisions that still wait.
WITH decided AS (
  SELECT d.decision_id, d.earlier
  FROM quality.decide('confirm', (
    SELECT array_agg(
      row(p.submission_id, p.form, p.finding_id, p.decision_id, NULL, NULL, FALSE)::quality.ruling ORDER BY p.decision_id
    )
    FROM quality.decision AS mine
    INNER JOIN quality.decision_state AS p ON mine.round = p.round AND mine.link = p.link
    LEFT JOIN quality.finding AS f ON p.finding_id = f.finding_id AND p.decision_id = f.awaits
    WHERE mine.decision_id = :id AND p.state = 'pending' AND (f.finding_id IS NOT NULL OR p.action = 'settle_conflict')
  ), :who, '复核同意 / confirmed', NULL, NULL, :sample) AS d
), settled AS (
  UPDATE quality.finding AS f
  SET awaits = NULL, state = CASE first.action WHEN 'correct_value' THEN 'corrected' ELSE 'accepted' END
  FROM decided AS d
  INNER JOIN quality.decision AS first ON d.earlier = first.decision_id
  WHERE f.finding_id = first.finding_id
)
SELECT d.decision_id FROM decided AS d

-- Findings of a revision that the submission before had too, on figures that did not change: they keep what was said.
WITH changed AS MATERIALIZED (
  SELECT s.submission_id, c.form, c.definition, c.place, c.period
  FROM intake.submission AS s
  CROSS JOIN LATERAL intake.changed_items(s.submission_id, s.supersedes) AS c
  WHERE s.submission_id = any(:ids) AND s.supersedes IS NOT NULL
), same AS (
  SELECT new.finding_id, old.finding_id AS earlier, old.state
  FROM intake.submission AS s
  INNER JOIN quality.finding AS new ON s.submission_id = new.submission_id
  INNER JOIN quality.finding AS old
    ON s.supersedes = old.submission_id AND new.rule_id = old.rule_id AND new.severity = old.severity
      AND new.sheet = old.sheet AND new.cell = old.cell AND new.found = old.found AND new.expected = old.expected
  WHERE s.submission_id = any(:ids) AND new.same_as IS NULL AND new.state = 'open' AND NOT EXISTS (
    SELECT 1 FROM changed AS c
    WHERE new.submission_id = c.submission_id AND new.form = c.form AND new.definition = c.definition
      AND new.place = c.place AND new.period = c.period
  )
), told AS (
  INSERT INTO quality.explanation (finding_id, text, who, recorded_at)
  SELECT same.finding_id, e.text, e.who, e.recorded_at
  FROM same INNER JOIN quality.explanation AS e ON same.earlier = e.finding_id
  RETURNING finding_id
), decided AS (
  INSERT INTO quality.decision (action, submission_id, form, finding_id, basis, who, why, is_sample)
  SELECT d.action, new.submission_id, d.form, new.finding_id, '沿用上一次报送的裁定 / carried over', d.who, d.why, d.is_sample
  FROM same
  INNER JOIN quality.decision AS d ON same.earlier = d.finding_id AND d.action = 'accept_finding'
  INNER JOIN quality.finding AS new ON same.finding_id = new.finding_id
  WHERE same.state = 'accepted'
  RETURNING finding_id
)
UPDATE quality.finding AS f
SET
  same_as = same.earlier,
  state = CASE
    WHEN f.finding_id IN (SELECT d.finding_id FROM decided AS d) THEN 'accepted'
    WHEN f.finding_id IN (SELECT t.finding_id FROM told AS t) THEN 'explained'
    ELSE f.state
  END
FROM same
WHERE f.finding_id = same.finding_id

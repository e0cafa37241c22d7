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
  INSERT INTO quality.explanation (finding_id, text, who, code, valid_until, recorded_at)
  SELECT same.finding_id, e.text, e.who, e.code, e.valid_until, e.recorded_at
  FROM same INNER JOIN quality.explanation AS e ON same.earlier = e.finding_id
  RETURNING finding_id
), ruled AS (
  SELECT d.action, d.decision_id, d.old_value, d.new_value, new.submission_id, new.form, new.finding_id
  FROM same
  INNER JOIN quality.decision_state AS d
    ON same.earlier = d.finding_id AND d.state = 'in_force' AND (d.action, same.state) IN (
      ('accept_finding', 'accepted'), ('correct_value', 'corrected'))
  INNER JOIN quality.finding AS new ON same.finding_id = new.finding_id
), decided AS (
  SELECT act.action, d.finding_id
  FROM (VALUES ('accept_finding'), ('correct_value')) AS act (action)
  CROSS JOIN LATERAL quality.decide(act.action, (
    SELECT array_agg(
      row(r.submission_id, r.form, r.finding_id, r.decision_id, r.old_value, r.new_value, false)::quality.ruling
      ORDER BY r.finding_id
    )
    FROM ruled AS r WHERE r.action = act.action
  ), NULL, NULL, NULL, '沿用上一次报送的裁定 / carried over', NULL) AS d
), settled AS (
  UPDATE quality.finding AS f
  SET
    same_as = same.earlier,
    state = CASE
      WHEN f.finding_id IN (SELECT d.finding_id FROM decided AS d) THEN same.state
      WHEN f.finding_id IN (SELECT t.finding_id FROM told AS t) THEN 'explained'
      ELSE f.state
    END
  FROM same
  WHERE f.finding_id = same.finding_id
)
SELECT count(*) AS findings FROM decided

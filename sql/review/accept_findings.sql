-- Accept open questions: one act; what moves a rank stays open until a second person confirms. Gives what was decided.
WITH wanted AS (
  SELECT f.finding_id, f.submission_id, f.form, f.moves
  FROM quality.finding AS f
  INNER JOIN intake.submission AS s ON f.submission_id = s.submission_id
  WHERE f.finding_id = any(:ids) AND f.state IN ('open', 'explained') AND f.awaits IS NULL
    AND s.state NOT IN ('superseded', 'withdrawn', 'unclaimed')
  ORDER BY f.finding_id
  FOR UPDATE OF f
), decided AS (
  SELECT d.decision_id, asked.finding_id, asked.moves AS pending
  FROM quality.decide('accept_finding', (
    SELECT array_agg(
      row(w.submission_id, w.form, w.finding_id, NULL, NULL, NULL, w.moves)::quality.ruling ORDER BY w.finding_id
    )
    FROM wanted AS w
  ), :who, :why, :code, :basis, :sample) AS d
  INNER JOIN wanted AS asked ON d.finding_id = asked.finding_id
), settled AS (
  UPDATE quality.finding AS f
  SET
    state = CASE WHEN d.pending THEN f.state ELSE 'accepted' END,
    awaits = CASE WHEN d.pending THEN d.decision_id END
  FROM decided AS d
  WHERE f.finding_id = d.finding_id
)
SELECT d.decision_id, d.pending FROM decided AS d

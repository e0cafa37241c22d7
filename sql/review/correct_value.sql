-- Correct a cell: every finding of it that is not settled is settled with it, or waits for a second person.
WITH one AS (
  SELECT f.submission_id, f.sheet, f.cell FROM quality.finding AS f WHERE f.finding_id = :id
), wanted AS (
  SELECT f.finding_id, f.submission_id, f.form
  FROM quality.finding AS f
  INNER JOIN one ON f.submission_id = one.submission_id AND f.sheet = one.sheet AND f.cell = one.cell
  WHERE f.state IN ('open', 'explained', 'returned') AND f.awaits IS NULL
  ORDER BY f.finding_id
  FOR UPDATE OF f
), decided AS (
  SELECT d.decision_id, d.finding_id, cast(:moves AS boolean) AS pending
  FROM quality.decide('correct_value', (
    SELECT array_agg(
      row(w.submission_id, w.form, w.finding_id, NULL, :old, :value, :moves)::quality.ruling ORDER BY w.finding_id
    )
    FROM wanted AS w
  ), :who, :why, :code, :basis, :sample) AS d
), settled AS (
  UPDATE quality.finding AS f
  SET
    state = CASE WHEN d.pending THEN f.state ELSE 'corrected' END,
    awaits = CASE WHEN d.pending THEN d.decision_id END
  FROM decided AS d
  WHERE f.finding_id = d.finding_id
)
SELECT d.decision_id, d.pending FROM decided AS d

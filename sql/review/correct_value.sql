-- Correct a cell: every finding of it that is not settled is settled with it, or waits for a second person.
-- A second person is needed where any finding of the figure says that this value moves a rank or an attainment, or where
-- nobody weighed this value and an indicator reads the figure.
WITH one AS (
  SELECT f.submission_id, f.sheet, f.cell, f.form, f.definition, f.place, f.period FROM quality.finding AS f
  WHERE f.finding_id = :id
), weighed AS (
  SELECT
    coalesce(
      bool_or(f.moves) FILTER (WHERE f.would_be = cast(:value AS double precision)),
      bool_or(coalesce(jsonb_array_length(f.impact), 0) > 0), FALSE
    ) AS moves
  FROM quality.finding AS f
  INNER JOIN one
    ON f.submission_id = one.submission_id AND f.form = one.form AND f.definition = one.definition
      AND f.place = one.place AND f.period = one.period
  WHERE f.state IN ('open', 'explained', 'returned')
), wanted AS (
  SELECT f.finding_id, f.submission_id, f.form
  FROM quality.finding AS f
  INNER JOIN one ON f.submission_id = one.submission_id AND f.sheet = one.sheet AND f.cell = one.cell
  WHERE f.state IN ('open', 'explained', 'returned') AND f.awaits IS NULL
  ORDER BY f.finding_id
  FOR UPDATE OF f
), decided AS (
  SELECT d.decision_id, d.finding_id, g.moves AS pending
  FROM quality.decide('correct_value', (
    SELECT array_agg(
      row(w.submission_id, w.form, w.finding_id, NULL, :old, :value, judged.moves)::quality.ruling ORDER BY w.finding_id
    )
    FROM wanted AS w
    CROSS JOIN weighed AS judged
  ), :who, :why, :code, :basis, :sample) AS d
  CROSS JOIN weighed AS g
), settled AS (
  UPDATE quality.finding AS f
  SET
    state = CASE WHEN d.pending THEN f.state ELSE 'corrected' END,
    awaits = CASE WHEN d.pending THEN d.decision_id END
  FROM decided AS d
  WHERE f.finding_id = d.finding_id
)
SELECT d.decision_id, d.pending FROM decided AS d

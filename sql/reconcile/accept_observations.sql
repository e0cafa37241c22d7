-- Observations of every accepted form and table that are not in the warehouse yet; gives their keys.
WITH passed AS MATERIALIZED (
  SELECT d.submission_id, d.form, s.kind, s.state, s.round, s.department, s.place
  FROM quality.form_decision AS d
  INNER JOIN intake.submission AS s ON d.submission_id = s.submission_id
  WHERE d.action IN ('accept_form', 'accept_form_by_rule')
), accepted AS (
  SELECT p.submission_id, p.form FROM passed AS p
  WHERE p.state NOT IN ('withdrawn', 'superseded') OR (
    p.state = 'superseded' AND p.kind = 'ledger' AND NOT EXISTS (
      SELECT 1 FROM passed AS later
      WHERE later.submission_id > p.submission_id AND later.form = p.form AND later.round = p.round
        AND later.department = p.department AND later.place = p.place
    )
  )
), loaded AS (
  INSERT INTO warehouse.observation (
    measure, definition, place, period, value, unit, decimals, status, kind, source, submission_id, sheet, cell
  )
  SELECT
    i.measure, i.definition, i.place, i.period, i.value, i.unit, i.decimals, i.status,
    CASE WHEN i.is_synthetic THEN 'synthetic' ELSE i.kind END,
    coalesce(s.source, 'ledger_' || i.form), i.submission_id, i.sheet, i.cell
  FROM accepted AS a
  INNER JOIN intake.item AS i ON a.submission_id = i.submission_id AND a.form = i.form
  INNER JOIN intake.submission AS s ON a.submission_id = s.submission_id
  WHERE i.type = 'number' AND NOT EXISTS (
    SELECT 1 FROM warehouse.observation AS o
    WHERE o.submission_id = i.submission_id AND o.period = i.period AND o.sheet = i.sheet AND o.cell = i.cell
      AND o.definition = i.definition
  )
  ORDER BY i.period, i.definition, i.place, i.submission_id, i.item_no
  RETURNING period, definition, place
)
INSERT INTO touched (period, definition, place) SELECT DISTINCT period, definition, place FROM loaded

-- Corrections in force of accepted forms that are not in the warehouse yet, beside the figures they replace; gives their keys.
WITH corrected AS (
  SELECT
    c.decision_id, c.new_value, o.obs_id, o.measure, o.definition, o.place, o.period, o.unit, o.decimals, o.kind,
    o.source, o.submission_id, o.sheet, o.cell
  FROM quality.correction AS c
  INNER JOIN intake.item AS i
    ON c.submission_id = i.submission_id AND c.sheet = i.sheet
      AND c.cell IN (i.cell, i.missing_cell, i.reason_cell, i.evidence_cell)
  INNER JOIN warehouse.observation AS o
    ON i.submission_id = o.submission_id AND i.period = o.period AND i.sheet = o.sheet AND i.cell = o.cell
      AND i.definition = o.definition AND o.decision_id IS NULL
  WHERE NOT EXISTS (
    SELECT 1 FROM warehouse.observation AS known
    WHERE known.period = o.period AND known.submission_id = o.submission_id AND known.decision_id = c.decision_id
  )
), loaded AS (
  INSERT INTO warehouse.observation (
    measure, definition, place, period, value, unit, decimals, status, kind, source, submission_id, sheet, cell,
    decision_id
  )
  SELECT
    c.measure, c.definition, c.place, c.period, c.new_value, c.unit, c.decimals, 'A', c.kind, c.source,
    c.submission_id, c.sheet, c.cell, c.decision_id
  FROM corrected AS c
  ORDER BY c.period, c.definition, c.place, c.submission_id
  RETURNING period, definition, place, obs_id, decision_id
), replaced AS (
  INSERT INTO warehouse.superseded (obs_id, by_obs_id)
  SELECT c.obs_id, n.obs_id AS by_obs_id FROM corrected AS c INNER JOIN loaded AS n ON c.decision_id = n.decision_id
  ON CONFLICT (obs_id, by_obs_id) DO NOTHING
)
INSERT INTO touched (period, definition, place) SELECT DISTINCT period, definition, place FROM loaded

-- Items of workbooks to be checked, as they were collected or corrected since, in the order of their sheets.
SELECT
  i.submission_id AS n, i.item_no, i.sheet, i.cell, i.form, i.measure, i.definition, i.place, i.period, i.unit,
  i.decimals, i.required, i.previous, i.yearbook, i.parent, i.parts, i.kind, i.numerator, i.denominator, i.type,
  CASE WHEN c.decision_id IS NULL THEN i.text ELSE c.new_value::text END AS text,
  coalesce(c.new_value, i.value) AS value, CASE WHEN c.decision_id IS NULL THEN i.missing_type END AS missing_type,
  i.missing_cell, i.reason, i.evidence, i.evidence_cell, i.status,
  CASE WHEN c.decision_id IS NULL THEN i.repaired END AS repaired, i.is_synthetic,
  c.decision_id IS NOT NULL AS is_corrected
FROM intake.item AS i
LEFT JOIN quality.correction AS c
  ON i.submission_id = c.submission_id AND i.sheet = c.sheet
    AND c.cell IN (i.cell, i.missing_cell, i.reason_cell, i.evidence_cell)
WHERE i.submission_id = any(:ids)
ORDER BY i.submission_id, i.item_no

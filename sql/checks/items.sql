-- Items of workbooks to be checked, as they were collected, in the order of their sheets.
SELECT
  i.submission_id AS n, i.item_no, i.sheet, i.cell, i.form, i.measure, i.definition, i.place, i.period, i.unit,
  i.decimals, i.required, i.previous, i.yearbook, i.parent, i.parts, i.kind, i.numerator, i.denominator, i.type,
  i.text, i.value, i.missing_type, i.missing_cell, i.reason, i.evidence, i.evidence_cell, i.status, i.repaired,
  i.is_synthetic
FROM intake.item AS i
WHERE i.submission_id = any(:ids)
ORDER BY i.submission_id, i.item_no

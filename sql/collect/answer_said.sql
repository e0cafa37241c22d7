-- What stands in the explanation cells of answer workbooks, one row an item, as it was delivered.
SELECT
  s.submission_id, a.submission_id AS base, c.form, c.definition, c.place, c.period, min(c.sheet) AS sheet,
  coalesce(max(c.cell) FILTER (WHERE c.role = 'explanation'), '') AS cell,
  coalesce(max(c.cell) FILTER (WHERE c.role = 'explanation_code'), '') AS code_cell,
  coalesce(max(c.cell) FILTER (WHERE c.role = 'explanation_until'), '') AS until_cell,
  coalesce(max(btrim(x.text)) FILTER (WHERE c.role = 'explanation_code'), '') AS code_said,
  coalesce(max(btrim(x.text)) FILTER (WHERE c.role = 'explanation'), '') AS text_said,
  coalesce(max(btrim(x.text)) FILTER (WHERE c.role = 'explanation_until'), '') AS until_said
FROM intake.submission AS s
INNER JOIN intake.answer AS a ON s.answers = a.answer_id
INNER JOIN intake.answer_cell AS c ON a.answer_id = c.answer_id AND c.role LIKE 'explanation%'
LEFT JOIN intake.cell AS x
  ON s.submission_id = x.submission_id AND c.sheet = x.sheet AND c.cell = x.cell
    AND substring(c.cell FROM '[0-9]+')::integer = x.row_no  -- one row is looked up by its key, not all laid out
WHERE s.submission_id = any(:ids)
GROUP BY s.submission_id, a.submission_id, c.form, c.definition, c.place, c.period
HAVING count(x.text) > 0
ORDER BY s.submission_id, sheet, cell

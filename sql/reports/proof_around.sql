-- The rows of the sheet around each cell, as they were read; of a ledger without its hidden columns.
SELECT
  c.submission_id, c.sheet, c.cell, r.row_no, CASE WHEN s.kind = 'ledger' THEN r.cells[1:12] ELSE r.cells END AS cells,
  intake.column_number(substring(c.cell, '^[A-Z]{1,3}')) AS column_no
FROM unnest(cast(:submissions AS bigint []), cast(:sheets AS text []), cast(:cells AS text [])) AS c (submission_id, sheet, cell)
INNER JOIN intake.submission AS s ON c.submission_id = s.submission_id
INNER JOIN intake.sheet_row AS r ON c.submission_id = r.submission_id AND c.sheet = r.sheet
  AND abs(r.row_no - cast(substring(c.cell, '^[A-Z]{1,3}([0-9]{1,7})$') AS integer)) <= 3
ORDER BY c.submission_id, c.sheet, c.cell, r.row_no;

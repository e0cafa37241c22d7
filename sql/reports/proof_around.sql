-- The rows of the sheet around each cell, as they were read.
SELECT c.submission_id, c.sheet, c.cell, r.row_no, r.cells, intake.column_number(substring(c.cell, '^[A-Z]{1,3}')) AS column_no
FROM unnest(cast(:submissions AS bigint []), cast(:sheets AS text []), cast(:cells AS text [])) AS c (submission_id, sheet, cell)
INNER JOIN intake.sheet_row AS r ON c.submission_id = r.submission_id AND c.sheet = r.sheet
  AND abs(r.row_no - cast(substring(c.cell, '^[A-Z]{1,3}([0-9]{1,7})$') AS integer)) <= 3
ORDER BY c.submission_id, c.sheet, c.cell, r.row_no;

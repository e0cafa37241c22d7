-- What other departments' workbooks, outside the batch, say of items that more than one department is asked for.
WITH shared AS MATERIALIZED (
  SELECT fi.definition
  FROM ref.form_item AS fi
  INNER JOIN ref.form AS f ON fi.edition = f.edition AND fi.form = f.form
  WHERE fi.edition = (SELECT max(x.edition) FROM ref.edition AS x)
  GROUP BY fi.definition
  HAVING count(DISTINCT f.department) > 1
)
SELECT DISTINCT ON (i.definition, i.place, i.period)
  i.definition, i.place, i.period, s.department AS other_department, i.value AS other_value, i.unit AS other_unit,
  i.decimals AS other_decimals
FROM shared AS c
INNER JOIN intake.item AS i ON c.definition = i.definition
INNER JOIN intake.submission AS s ON i.submission_id = s.submission_id AND s.kind = 'ledger'
WHERE EXISTS (SELECT 1 FROM shared) AND i.value IS NOT NULL AND s.submission_id <> all(:ids)
  AND s.state NOT IN ('superseded', 'withdrawn', 'returned', 'unclaimed')
  AND i.period = any(cast(:periods AS text [])) AND i.place = any(cast(:places AS text []))
  AND i.definition = any(cast(:definitions AS text []))
ORDER BY i.definition, i.place, i.period, i.submission_id DESC

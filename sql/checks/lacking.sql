-- Of workbooks whose structure was changed: the items their department owes that no row asks for any more.
SELECT s.submission_id AS n, fi.form, fi.definition, fi.label_zh AS label
FROM intake.submission AS s
INNER JOIN intake.obligation AS o
  ON s.round = o.round AND s.department = o.department AND s.place = o.place AND o.state <> '豁免'
INNER JOIN ref.form_item AS fi
  ON o.form = fi.form AND fi.edition = (SELECT max(x.edition) FROM ref.edition AS x)
    AND daterange(fi.valid_from, fi.valid_to) @> intake.last_day(s.period)
WHERE s.submission_id = any(:ids) AND s.identity ->> 'template_ok' = 'no' AND s.identity ->> 'token_ok' = 'yes'
  AND NOT EXISTS (
    SELECT 1 FROM intake.item AS i
    WHERE i.submission_id = s.submission_id AND i.form = fi.form AND i.definition = fi.definition
  )
ORDER BY s.submission_id, fi.form, fi.position

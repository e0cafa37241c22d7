-- Every definition in force with its name and who is asked for it: the departments whose forms hold it, in one line.
WITH asked AS (
  SELECT i.definition, string_agg(DISTINCT d.name_zh, '、') AS department_zh
  FROM ref.form_item AS i
  INNER JOIN ref.responsibility AS p
    ON i.edition = p.edition AND i.form = p.form AND coalesce(p.definition, i.definition) = i.definition
    AND p.role = 'lead' AND p.level = 'city' AND p.place IS NULL
    AND daterange(p.valid_from, p.valid_to) @> intake.last_day(:period)
  INNER JOIN ref.department AS d
    ON p.edition = d.edition AND p.department = d.department
    AND daterange(d.valid_from, d.valid_to) @> intake.last_day(:period)
  WHERE i.edition = (SELECT max(e.edition) FROM ref.edition AS e)
    AND daterange(i.valid_from, i.valid_to) @> intake.last_day(:period)
  GROUP BY i.definition
)
SELECT d.definition, d.name_zh, a.department_zh
FROM ref.definition AS d
LEFT JOIN asked AS a ON d.definition = a.definition
WHERE d.edition = (SELECT max(e.edition) FROM ref.edition AS e)
  AND daterange(d.valid_from, d.valid_to) @> intake.last_day(:period)
ORDER BY d.definition;

-- Who is asked for what the indicators read: the departments whose forms hold a definition, in one line.
WITH edition AS (SELECT max(e.edition) AS edition FROM ref.edition AS e)
SELECT r.definition, string_agg(DISTINCT d.name_zh, '、') AS department_zh
FROM (
  SELECT DISTINCT i.edition, i.definition, p.department
  FROM edition AS e
  INNER JOIN ref.form_item AS i
    ON e.edition = i.edition AND daterange(i.valid_from, i.valid_to) @> intake.last_day(:period)
  INNER JOIN ref.responsibility AS p
    ON i.edition = p.edition AND i.form = p.form AND coalesce(p.definition, i.definition) = i.definition
    AND p.role = 'lead' AND p.level = 'city' AND p.place IS NULL
    AND daterange(p.valid_from, p.valid_to) @> intake.last_day(:period)
) AS r
INNER JOIN ref.department AS d
  ON r.edition = d.edition AND r.department = d.department
  AND daterange(d.valid_from, d.valid_to) @> intake.last_day(:period)
GROUP BY r.definition
ORDER BY r.definition;

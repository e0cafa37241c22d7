-- Items of printed tables, each with the unit of its definition and, where its place was none that year, why.
WITH named AS MATERIALIZED (
  SELECT DISTINCT ON (p.place)
    p.place, p.valid_from, regexp_replace(p.name_zh, '[（(].*$', '') AS zh, regexp_replace(p.name_en, ' *[（(].*$', '') AS en
  FROM ref.place AS p
  WHERE p.edition = (SELECT max(x.edition) FROM ref.edition AS x)
  ORDER BY p.place, p.valid_from DESC
), gone AS MATERIALIZED (
  SELECT DISTINCT ON (old.place)
    old.place, v.date,
    concat(old.zh, ' ', to_char(v.date, 'YYYY'), CASE v.type WHEN 'merge' THEN ' 年并入' ELSE ' 年改为' END, new.zh) AS zh,
    concat(old.en, CASE v.type WHEN 'merge' THEN ' was merged into ' ELSE ' became ' END, new.en, ' in ', to_char(v.date, 'YYYY')) AS en
  FROM ref.place_event AS v
  INNER JOIN named AS old ON v.old_place = old.place
  INNER JOIN named AS new ON v.new_place = new.place
  WHERE v.edition = (SELECT max(x.edition) FROM ref.edition AS x) AND v.type IN ('merge', 'rename')
  ORDER BY old.place ASC, v.date DESC
)
SELECT
  i.submission_id AS n, i.item_no, i.sheet, i.cell, i.form, i.measure, i.definition, i.place, i.period, i.unit,
  i.decimals, i.required, i.previous, i.yearbook, i.parent, i.parts, i.kind, i.numerator, i.denominator, i.type,
  i.text, i.value, i.missing_type, i.missing_cell, i.reason, i.reason_cell, i.evidence, i.evidence_cell, i.status,
  i.repaired, i.is_synthetic, s.department, fi.choices,
  s.delivered_as AS file,
  coalesce(fi.label_zh, d.name_zh, i.definition) AS label,
  CASE WHEN p.level = 'city' THEN fi.low END AS low,
  CASE WHEN p.level = 'city' THEN fi.high END AS high,
  d.unit AS definition_unit,
  CASE WHEN gone.date <= intake.last_day(i.period) THEN gone.zh ELSE named.zh || to_char(named.valid_from, ' YYYY 年设立') END AS not_of_year,
  CASE WHEN gone.date <= intake.last_day(i.period) THEN gone.en ELSE named.en || to_char(named.valid_from, '" is one since "YYYY') END AS not_of_year_en
FROM intake.item AS i
INNER JOIN intake.submission AS s ON i.submission_id = s.submission_id
CROSS JOIN (SELECT max(x.edition) AS edition FROM ref.edition AS x) AS e
LEFT JOIN ref.form_item AS fi ON e.edition = fi.edition AND i.form = fi.form AND i.definition = fi.definition
    AND daterange(fi.valid_from, fi.valid_to) @> coalesce(intake.last_day(i.period), current_date)
LEFT JOIN ref.definition AS d
  ON e.edition = d.edition AND i.definition = d.definition
    AND daterange(d.valid_from, d.valid_to) @> coalesce(intake.last_day(i.period), current_date)
LEFT JOIN ref.place AS p
  ON e.edition = p.edition AND i.place = p.place
    AND daterange(p.valid_from, p.valid_to) @> coalesce(intake.last_day(i.period), current_date)
LEFT JOIN gone ON p.place IS NULL AND i.place = gone.place
LEFT JOIN named ON p.place IS NULL AND i.place = named.place
WHERE i.submission_id = any(:ids) AND s.kind = 'table'
ORDER BY i.submission_id, i.item_no

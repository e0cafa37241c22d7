-- The items of a round's forms as they stand on every workbook: what is asked and under which definition, by form.
WITH asked AS MATERIALIZED (
  SELECT round, edition, intake.last_day(period) AS day FROM intake.round
  WHERE round = :round
), form AS MATERIALIZED (
  SELECT DISTINCT ON (f.form) f.*, daterange(f.valid_from, f.valid_to) @> a.day AS is_in_force FROM ref.form AS f
  INNER JOIN asked AS a ON f.edition = a.edition
  WHERE EXISTS (SELECT 1 FROM intake.obligation AS o WHERE o.round = a.round AND o.form = f.form AND o.state <> '豁免')
  ORDER BY f.form, daterange(f.valid_from, f.valid_to) @> a.day DESC, f.valid_from DESC
)
SELECT
  i.form, f.name_zh AS form_name, f.form_no, f.authority, f.approval_no, f.valid_to AS form_valid_to, f.frequency,
  f.is_in_force, coalesce(x.why, '') AS exception, i.position, i.section, i.measure, i.definition, i.label_zh,
  i.label_en, i.unit, i.decimals, i.required, coalesce(i.parent, '') AS parent, coalesce(i.parts, '') AS parts, i.kind,
  coalesce(i.numerator, '') AS numerator, coalesce(i.denominator, '') AS denominator, i.type,
  coalesce(i.choices, '') AS choices, i.evidence, i.indent,
  coalesce(def.text_zh, def.name_zh, '') || coalesce(
    '（' || t.name_zh || CASE t.comparison
      WHEN 'at_least' THEN '≥' WHEN 'above' THEN '＞' WHEN 'at_most' THEN '≤' ELSE '＜' END || t.value || t.unit || '）', ''
  ) AS definition_text,
  upper(substr(i.form, 1, 1)) || to_char(i.position, 'FM000') AS code
FROM ref.form_item AS i
INNER JOIN asked AS a ON i.edition = a.edition
INNER JOIN form AS f ON i.form = f.form
INNER JOIN ref.definition AS def ON def.edition = i.edition AND def.definition = i.definition
  AND daterange(def.valid_from, def.valid_to) @> a.day
LEFT JOIN ref.threshold AS t ON t.edition = i.edition AND t.threshold = def.threshold
  AND daterange(t.valid_from, t.valid_to) @> a.day
LEFT JOIN intake.form_exception AS x ON x.round = a.round AND x.form = i.form
WHERE daterange(i.valid_from, i.valid_to) @> a.day
ORDER BY i.form, i.position, i.definition

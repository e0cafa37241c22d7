-- Every form of every workbook of a round: whose it is, the definitions asked, and what is known of them as arrays.
WITH asked AS MATERIALIZED (
  SELECT round, name_zh, period, edition, intake.last_day(period) AS day FROM intake.round
  WHERE round = :round
), place AS MATERIALIZED (
  SELECT p.place, p.name_zh FROM ref.place AS p
  INNER JOIN asked AS a ON p.edition = a.edition
  WHERE daterange(p.valid_from, p.valid_to) @> a.day
), department AS MATERIALIZED (
  SELECT d.department, d.name_zh FROM ref.department AS d
  INNER JOIN asked AS a ON d.edition = a.edition
  WHERE daterange(d.valid_from, d.valid_to) @> a.day
), item AS MATERIALIZED (
  SELECT i.form, i.definition, i.position FROM ref.form_item AS i
  INNER JOIN asked AS a ON i.edition = a.edition
  INNER JOIN ref.definition AS def ON def.edition = i.edition AND def.definition = i.definition
    AND daterange(def.valid_from, def.valid_to) @> a.day
  WHERE daterange(i.valid_from, i.valid_to) @> a.day
), book AS MATERIALIZED (
  SELECT DISTINCT ON (b.place, b.definition) b.place, b.definition, b.value
  FROM warehouse.observation AS b
  INNER JOIN asked AS a ON b.period = a.period
  INNER JOIN ref.source AS s ON s.edition = a.edition AND s.source = b.source AND s.kind = 'official'
  WHERE b.period = :period AND b.value IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM warehouse.superseded AS old WHERE old.obs_id = b.obs_id)
    AND NOT EXISTS (SELECT 1 FROM warehouse.retired AS r WHERE r.period = b.period AND r.obs_id = b.obs_id)
  ORDER BY b.place, b.definition, b.recorded_at DESC
), before AS MATERIALIZED (
  SELECT place, definition, value FROM warehouse.reconciled_value
  WHERE period = :before AND kind <> 'synthetic'
), once AS MATERIALIZED (
  SELECT form, definition, department, place, action, value, detail FROM intake.asked_once
  WHERE round = :round
), spared AS MATERIALIZED (
  SELECT department, place, count(*) AS dropped FROM once WHERE action = 'dropped' GROUP BY department, place
), told AS (
  SELECT
    r.department, r.place, r.form, array_agg(r.definition ORDER BY i.position, r.definition) AS definitions,
    array_agg(before.value ORDER BY i.position, r.definition) AS previous,
    array_agg(book.value ORDER BY i.position, r.definition) AS yearbook,
    array_agg(once.value ORDER BY i.position, r.definition) AS prefill,
    array_agg(once.detail ORDER BY i.position, r.definition) AS prefill_source
  FROM round_item AS r
  INNER JOIN item AS i ON r.form = i.form AND r.definition = i.definition
  LEFT JOIN once ON r.form = once.form AND r.department = once.department AND r.place = once.place
    AND r.definition = once.definition
  LEFT JOIN before ON r.place = before.place AND r.definition = before.definition
  LEFT JOIN book ON r.place = book.place AND r.definition = book.definition
  WHERE once.action IS DISTINCT FROM 'dropped'
  GROUP BY r.department, r.place, r.form
)
SELECT
  o.department, o.place, o.form, o.period, o.due, a.name_zh AS round_name, a.edition, p.name_zh AS place_name,
  d.name_zh AS department_name, coalesce(s.dropped, 0) AS dropped,
  t.definitions, t.previous, t.yearbook, t.prefill, t.prefill_source
FROM intake.obligation AS o
INNER JOIN asked AS a ON o.round = a.round
INNER JOIN told AS t ON o.form = t.form AND o.department = t.department AND o.place = t.place
INNER JOIN place AS p ON o.place = p.place
INNER JOIN department AS d ON o.department = d.department
LEFT JOIN spared AS s ON o.department = s.department AND o.place = s.place
WHERE o.round = :round AND o.state <> '豁免'
ORDER BY o.place, o.department, o.form

-- What a round need not ask: items another form of that place and period asks already, and values that are known.
WITH asked AS MATERIALIZED (
  SELECT rd.round, rd.edition, rd.period, intake.last_day(rd.period) AS day FROM intake.round AS rd
  WHERE rd.round = :round
), needed AS MATERIALIZED (
  SELECT DISTINCT k.form, m.measure FROM ref.form_item AS k
  INNER JOIN asked AS a ON k.edition = a.edition
  CROSS JOIN LATERAL unnest(ARRAY[k.parent, k.numerator, k.denominator]) AS m (measure)
  WHERE m.measure IS NOT NULL AND daterange(k.valid_from, k.valid_to) @> a.day
), item AS MATERIALIZED (
  SELECT
    i.form, i.definition, i.measure, i.unit, i.decimals, i.numerator, i.denominator, f.name_zh AS form_name,
    coalesce(s.rank, 99) AS rank, coalesce(i.minutes, :minutes) AS minutes, i.required,
    needed.form IS NOT NULL AS is_needed
  FROM ref.form_item AS i
  INNER JOIN asked AS a ON i.edition = a.edition
  INNER JOIN ref.form AS f ON i.edition = f.edition AND i.form = f.form
    AND daterange(f.valid_from, f.valid_to) @> a.day
  LEFT JOIN ref.source AS s ON i.edition = s.edition AND s.source = 'ledger_' || i.form
  LEFT JOIN needed ON i.form = needed.form AND i.measure = needed.measure
  WHERE i.type = 'number' AND daterange(i.valid_from, i.valid_to) @> a.day
), open AS MATERIALIZED (
  SELECT r.form, r.definition, r.department, r.place FROM round_item AS r
  INNER JOIN intake.obligation AS o
    ON o.round = :round AND r.form = o.form AND r.department = o.department AND r.place = o.place
  WHERE o.state = '未下发'
), shared AS MATERIALIZED (
  SELECT definition FROM item GROUP BY definition HAVING count(*) > 1
), reported AS MATERIALIZED (
  SELECT DISTINCT o.definition, o.source FROM warehouse.observation AS o
  INNER JOIN shared AS s ON o.definition = s.definition
), twice AS (
  SELECT
    r.form, r.definition, r.department, r.place,
    first_value(i.form_name) OVER same AS kept_in, row_number() OVER same AS turn, i.is_needed, i.minutes
  FROM round_item AS r
  INNER JOIN shared AS s ON r.definition = s.definition
  INNER JOIN item AS i ON r.form = i.form AND r.definition = i.definition
  LEFT JOIN reported AS p ON r.definition = p.definition AND p.source = 'ledger_' || r.form
  WINDOW same AS (PARTITION BY r.place, r.definition ORDER BY 
      i.is_needed DESC, p.source IS NOT NULL DESC, i.rank, i.required DESC, r.form, r.department)
), elsewhere AS (
  SELECT DISTINCT ON (h.place, h.definition) h.place, h.definition, o.round || ' ' || h.form AS kept_in
  FROM intake.obligation AS o
  INNER JOIN intake.round AS rd ON o.round = rd.round
  INNER JOIN asked AS a ON rd.period = a.period AND rd.round <> a.round
  INNER JOIN intake.item AS h ON o.submission_id = h.submission_id AND o.form = h.form
  WHERE h.place = o.place AND h.type = 'number'
  ORDER BY h.place, h.definition, o.round
), dropped AS (
  SELECT form, definition, department, place, kept_in, minutes FROM twice WHERE turn > 1 AND NOT is_needed
  UNION
  SELECT r.form, r.definition, r.department, r.place, e.kept_in, i.minutes
  FROM open AS r
  INNER JOIN item AS i ON r.form = i.form AND r.definition = i.definition
  INNER JOIN elsewhere AS e ON r.place = e.place AND r.definition = e.definition
  WHERE NOT i.is_needed
), value AS MATERIALIZED (
  SELECT v.place, v.definition, v.measure, v.value, v.method, s.kind, s.name_zh AS source_name, d.unit
  FROM warehouse.reconciled_value AS v
  INNER JOIN asked AS a ON v.period = a.period
  INNER JOIN ref.definition AS d ON d.edition = a.edition AND v.definition = d.definition
    AND daterange(d.valid_from, d.valid_to) @> a.day
  INNER JOIN warehouse.observation AS o ON v.period = o.period AND o.obs_id = v.winner[1]
  LEFT JOIN ref.source AS s ON a.edition = s.edition AND o.source = s.source
  WHERE v.period = :period AND v.kind <> 'synthetic' AND NOT v.is_conflict
), known AS (
  SELECT
    r.form, r.definition, r.department, r.place, round((v.value * u.factor)::numeric, i.decimals)::float8 AS value,
    CASE WHEN v.method NOT IN ('direct', 'unit') THEN 'follows' WHEN v.kind = 'official' THEN 'yearbook'
      ELSE 'accepted' END AS because, coalesce(v.source_name, '') AS detail, i.minutes
  FROM open AS r
  INNER JOIN item AS i ON r.form = i.form AND r.definition = i.definition
  INNER JOIN value AS v ON r.place = v.place AND r.definition = v.definition
  INNER JOIN unit_pair AS u ON v.unit = u.from_unit AND i.unit = u.to_unit
), rate AS (
  SELECT
    r.form, r.definition, r.department, r.place,
    round((w.whole * n.value * u.factor / nullif(d.value, 0))::numeric, i.decimals)::float8 AS value,
    'follows' AS because, '由已核定的分子、分母算出' AS detail, i.minutes
  FROM open AS r
  INNER JOIN item AS i ON r.form = i.form AND r.definition = i.definition
  INNER JOIN item AS top ON i.form = top.form AND i.numerator = top.measure
  INNER JOIN item AS bottom ON i.form = bottom.form AND i.denominator = bottom.measure
  INNER JOIN value AS n ON r.place = n.place AND top.definition = n.definition
  INNER JOIN value AS d ON r.place = d.place AND bottom.definition = d.definition
  INNER JOIN unit_pair AS u ON n.unit = u.from_unit AND d.unit = u.to_unit
  CROSS JOIN LATERAL (SELECT CASE i.unit WHEN '%' THEN 100 WHEN '‰' THEN 1000 END AS whole) AS w
  WHERE w.whole IS NOT NULL
)
INSERT INTO intake.asked_once (round, form, definition, department, place, action, value, because, detail, minutes)
SELECT DISTINCT ON (r.form, r.definition, r.department, r.place)
  :round, r.form, r.definition, r.department, r.place, o.action, o.value, o.because, o.detail, o.minutes
FROM open AS r
INNER JOIN (
  SELECT 1 AS turn, form, definition, department, place, 'dropped' AS action, NULL::float8 AS value,
    'other_form' AS because, kept_in AS detail, minutes FROM dropped
  UNION ALL
  SELECT 2, form, definition, department, place, 'prefilled', value, because, detail, greatest(minutes - :confirm, 0)
  FROM known
  UNION ALL
  SELECT 3, form, definition, department, place, 'prefilled', value, because, detail, greatest(minutes - :confirm, 0)
  FROM rate WHERE value IS NOT NULL
) AS o ON r.form = o.form AND r.definition = o.definition AND r.department = o.department AND r.place = o.place
ORDER BY r.form, r.definition, r.department, r.place, o.turn
ON CONFLICT DO NOTHING

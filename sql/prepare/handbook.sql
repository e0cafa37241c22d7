-- One card per item that is asked on a day: what it means, how it is counted, who reports it, what it is used for.
WITH form AS MATERIALIZED (
  SELECT f.* FROM ref.form AS f
  WHERE f.edition = :edition AND daterange(f.valid_from, f.valid_to) @> cast(:day AS date)
), item AS MATERIALIZED (
  SELECT i.* FROM ref.form_item AS i
  WHERE i.edition = :edition AND daterange(i.valid_from, i.valid_to) @> cast(:day AS date)
), department AS MATERIALIZED (
  SELECT d.department, d.name_zh, d.name_en FROM ref.department AS d
  WHERE d.edition = :edition AND daterange(d.valid_from, d.valid_to) @> cast(:day AS date)
), duty AS MATERIALIZED (
  SELECT
    r.form, r.definition, r.role, string_agg(DISTINCT d.name_zh, '、' ORDER BY d.name_zh) AS zh,
    string_agg(DISTINCT d.name_en, ', ' ORDER BY d.name_en) AS en
  FROM ref.responsibility AS r
  INNER JOIN department AS d ON r.department = d.department
  WHERE r.edition = :edition AND daterange(r.valid_from, r.valid_to) @> cast(:day AS date)
  GROUP BY r.form, r.definition, r.role
), used AS MATERIALIZED (
  SELECT
    word[1] AS definition, i.framework, i.indicator, i.name_zh, i.name_en, w.name_zh AS framework_zh
  FROM ref.formula AS f
  INNER JOIN ref.indicator AS i ON f.edition = i.edition AND f.formula = i.formula
    AND daterange(i.valid_from, i.valid_to) @> cast(:day AS date)
  INNER JOIN ref.framework AS w ON i.edition = w.edition AND i.framework = w.framework
    AND daterange(w.valid_from, w.valid_to) @> cast(:day AS date)
  CROSS JOIN LATERAL regexp_matches(f.expression, '[a-z_][a-z0-9_]*', 'g') AS word
  WHERE f.edition = :edition AND daterange(f.valid_from, f.valid_to) @> cast(:day AS date)
)
SELECT
  f.form, f.form_no, f.name_zh AS form_zh, f.name_en AS form_en, f.authority, f.approval_no, f.valid_to AS form_valid_to,
  f.frequency, i.position, i.section, i.label_zh, i.label_en, i.unit, i.decimals, i.required, i.kind, i.type, i.choices,
  i.evidence, i.parts, i.measure, i.definition, d.name_zh, d.name_en, d.text_zh, d.text_en, d.source_document,
  d.valid_from, d.valid_to, d.aggregation,
  total.label_zh AS total_zh, top.label_zh AS numerator_zh, bottom.label_zh AS denominator_zh,
  coalesce(own.zh, lead.zh) AS lead_zh, coalesce(own.en, lead.en) AS lead_en, help.zh AS support_zh,
  t.name_zh AS threshold_zh, t.comparison, t.value AS threshold_value, t.unit AS threshold_unit,
  t.valid_from AS threshold_from, t.source AS threshold_source,
  (
    SELECT jsonb_agg(jsonb_build_object('facet', x.facet, 'zh', x.name_zh, 'en', x.name_en) ORDER BY p.turn)
    FROM unnest(
      ARRAY['population', 'time', 'boundary', 'scope', 'counting'],
      ARRAY[d.population, d.time, d.boundary, d.scope, d.counting]
    ) WITH ORDINALITY AS p (facet, code, turn)
    INNER JOIN ref.facet AS x ON x.edition = :edition AND x.facet = p.facet AND x.code = p.code
  ) AS facets,
  (
    SELECT jsonb_agg(jsonb_build_object(
      'text', o.text_zh, 'since', o.valid_from, 'until', o.valid_to, 'name', o.name_zh
    ) ORDER BY o.valid_from)
    FROM ref.definition AS o
    WHERE o.edition = :edition AND o.measure = d.measure AND o.aggregation = d.aggregation
      AND (o.definition, o.valid_from) <> (d.definition, d.valid_from)
      AND (o.definition = d.definition OR o.valid_to = d.valid_from OR o.valid_from = d.valid_to)
  ) AS history,
  (
    SELECT jsonb_agg(jsonb_build_object('value', o.value, 'unit', o.unit, 'since', o.valid_from, 'until', o.valid_to)
      ORDER BY o.valid_from)
    FROM ref.threshold AS o
    WHERE o.edition = :edition AND o.threshold = t.threshold AND o.valid_from <> t.valid_from
  ) AS threshold_history,
  (
    SELECT string_agg(DISTINCT s.name_zh, '；' ORDER BY s.name_zh) FROM ref.table_label AS l
    INNER JOIN ref.source AS s ON l.edition = s.edition AND l.source = s.source AND s.kind = 'official'
    WHERE l.edition = :edition AND l.definition = i.definition
  ) AS yearbooks,
  (
    SELECT jsonb_agg(DISTINCT jsonb_build_object('framework', u.framework_zh, 'zh', u.name_zh, 'en', u.name_en))
    FROM used AS u
    WHERE u.definition = i.definition
  ) AS uses
FROM item AS i
INNER JOIN form AS f ON i.form = f.form
INNER JOIN ref.definition AS d ON d.edition = :edition AND i.definition = d.definition
  AND daterange(d.valid_from, d.valid_to) @> cast(:day AS date)
LEFT JOIN item AS total ON i.form = total.form AND i.parent = total.measure
LEFT JOIN item AS top ON i.form = top.form AND i.numerator = top.measure
LEFT JOIN item AS bottom ON i.form = bottom.form AND i.denominator = bottom.measure
LEFT JOIN duty AS own ON i.form = own.form AND i.definition = own.definition AND own.role = 'lead'
LEFT JOIN duty AS lead ON i.form = lead.form AND lead.definition IS NULL AND lead.role = 'lead'
LEFT JOIN duty AS help ON i.form = help.form AND help.definition IS NULL AND help.role = 'supporting'
LEFT JOIN ref.threshold AS t ON t.edition = :edition AND d.threshold = t.threshold
  AND daterange(t.valid_from, t.valid_to) @> cast(:day AS date)
ORDER BY f.frequency, f.form_no, i.position, total.position, top.position

-- What other definitions of the same measure are known to be, from other submissions, for the keys of a batch; the first
-- facet by which they differ.
WITH edition AS (
  SELECT max(x.edition) AS edition FROM ref.edition AS x
), meaning AS MATERIALIZED (
  SELECT DISTINCT ON (d.definition) d.*
  FROM ref.definition AS d INNER JOIN edition AS e ON d.edition = e.edition
  ORDER BY d.definition ASC, d.valid_from DESC
), pair AS MATERIALIZED (
  SELECT
    a.definition, b.definition AS other, b.name_zh AS other_zh, b.name_en AS other_en, b.unit AS meant_unit,
    CASE
      WHEN coalesce(a.population, '') <> coalesce(b.population, '') THEN 'population'
      WHEN coalesce(a.time, '') <> coalesce(b.time, '') THEN 'time'
      WHEN coalesce(a.boundary, '') <> coalesce(b.boundary, '') THEN 'boundary'
      WHEN coalesce(a.scope, '') <> coalesce(b.scope, '') THEN 'scope'
      ELSE 'counting'
    END AS facet
  FROM meaning AS a INNER JOIN meaning AS b ON a.measure = b.measure AND a.definition <> b.definition
)
SELECT p.definition, v.place, v.period, p.other_zh, p.other_en, p.meant_unit, p.facet AS facet_en,
  (ARRAY['人口基数', '时点或时期', '地域', '统计范围', '计量对象'])[
    array_position(ARRAY['population', 'time', 'boundary', 'scope', 'counting'], p.facet)
  ] AS facet_zh, v.value AS meant
FROM pair AS p
INNER JOIN warehouse.reconciled_value AS v ON p.other = v.definition
WHERE EXISTS (SELECT 1 FROM pair) AND p.definition = any(cast(:definitions AS text []))
  AND v.period = any(cast(:periods AS text [])) AND v.place = any(cast(:places AS text [])) AND NOT EXISTS (
    SELECT 1 FROM warehouse.observation AS o
    WHERE o.obs_id = any(v.winner) AND o.period = v.period AND o.submission_id = any(:ids)
  )

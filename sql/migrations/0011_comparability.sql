-- What may be compared with what: breaks of series, changes split into boundary and real parts, vintages.

CREATE VIEW warehouse.series_break AS
WITH edition AS (SELECT max(e.edition) AS edition FROM ref.edition AS e), definition AS (
  SELECT d.* FROM ref.definition AS d INNER JOIN edition AS e ON d.edition = e.edition
)
SELECT d.definition, NULL::text AS place, d.valid_from AS day, 'scope' AS facet, d.name_zh AS why_zh, d.name_en AS why_en
FROM definition AS d
WHERE EXISTS (SELECT 1 FROM definition AS b WHERE b.definition = d.definition AND b.valid_from < d.valid_from)
UNION ALL
SELECT DISTINCT d.definition, NULL, t.valid_from, 'scope', t.name_zh || '：' || t.source, t.name_en || ': ' || t.source
FROM definition AS d
INNER JOIN ref.threshold AS t ON d.edition = t.edition AND d.threshold = t.threshold
WHERE EXISTS (
  SELECT 1 FROM ref.threshold AS b
  WHERE b.edition = t.edition AND b.threshold = t.threshold AND b.valid_from < t.valid_from
)
UNION ALL
SELECT DISTINCT d.definition, v.place, v.date, 'boundary', v.source AS why_zh, v.source AS why_en
FROM definition AS d
INNER JOIN edition AS e ON d.edition = e.edition
INNER JOIN (
  SELECT x.edition, x.new_place AS place, x.date, x.type, x.source FROM ref.place_event AS x
  UNION
  SELECT x.edition, x.old_place, x.date, x.type, x.source FROM ref.place_event AS x WHERE x.type IN ('transfer', 'split')
) AS v ON e.edition = v.edition
WHERE d.boundary IN ('as_then', '当年区划') AND v.type <> 'rename';
COMMENT ON VIEW warehouse.series_break IS
'数列断点：口径改版、起点标准改变、按当年区划的数列遇到区划变动 / breaks of series: a definition or threshold changed, or the territory did';
COMMENT ON COLUMN warehouse.series_break.place IS '空为所有地区 / empty: everywhere';

CREATE FUNCTION warehouse.comparable(
  of_definition text, place_a text, period_a text, place_b text, period_b text
) RETURNS TABLE (verdict text, facet text)
LANGUAGE sql STABLE AS $comparable$
WITH side AS (
  SELECT v.verdict, v.method FROM warehouse.reconciled_value AS v
  WHERE v.definition = of_definition
    AND ((v.place = place_a AND v.period = period_a) OR (v.place = place_b AND v.period = period_b))
), break AS (
  SELECT b.facet FROM warehouse.series_break AS b
  WHERE b.definition = of_definition AND (b.place IS NULL OR b.place IN (place_a, place_b))
    AND b.day > least(intake.last_day(period_a), intake.last_day(period_b))
    AND b.day <= greatest(intake.last_day(period_a), intake.last_day(period_b))
  ORDER BY b.facet LIMIT 1
), told AS (
  SELECT
    (place_a, period_a) = (place_b, period_b) AS is_one, count(*) AS sides,
    bool_or(s.verdict = 'conflict') AS is_disputed, bool_and(s.method IN ('direct', 'unit')) AS is_plain
  FROM side AS s
)
SELECT
  CASE
    WHEN t.sides < 2 AND NOT (t.is_one AND t.sides = 1) THEN '不可比'
    WHEN b.facet IS NOT NULL THEN '不可比'
    WHEN t.is_disputed THEN 'conflict'
    WHEN t.is_plain THEN '可比'
    ELSE '调整后可比'
  END,
  coalesce(b.facet, '')
FROM told AS t LEFT JOIN break AS b ON true
$comparable$;
COMMENT ON FUNCTION warehouse.comparable(text, text, text, text, text) IS
'同一口径的两个数（地区×期）能不能比 / whether two values of one definition may be compared, and the facet that differs';

CREATE FUNCTION warehouse.change(
  of_definition text, place_a text, period_a text, place_b text, period_b text
) RETURNS TABLE (
  verdict text, facet text, missing text[], base double precision, value double precision,
  boundary_part double precision, real_part double precision
)
LANGUAGE sql STABLE AS $change$
WITH RECURSIVE part (place, day) AS (
  SELECT place_b, NULL::date
  UNION
  SELECT e.old_place, e.date
  FROM part AS p
  INNER JOIN ref.place_event AS e ON p.place = e.new_place
  WHERE e.edition = (SELECT max(x.edition) FROM ref.edition AS x) AND e.type IN ('merge', 'rename')
    AND e.date > intake.last_day(period_a) AND e.date <= intake.last_day(period_b)
    AND (p.day IS NULL OR e.date < p.day)
), old AS (
  SELECT DISTINCT p.place FROM part AS p
  WHERE NOT EXISTS (
    SELECT 1 FROM part AS q INNER JOIN ref.place_event AS e
      ON e.new_place = p.place AND e.old_place = q.place AND q.day = e.date AND e.type IN ('merge', 'rename')
    WHERE e.edition = (SELECT max(x.edition) FROM ref.edition AS x) AND q.place <> p.place
  ) OR (p.day IS NOT NULL AND p.place = place_b)
), heard AS (
  SELECT o.place, v.value, v.verdict
  FROM old AS o
  LEFT JOIN warehouse.reconciled_value AS v
    ON v.definition = of_definition AND v.place = o.place AND v.period = period_a
), base AS (
  SELECT
    array_agg(h.place || ' ' || period_a ORDER BY h.place) FILTER (WHERE h.value IS NULL) AS missing,
    sum(h.value) AS parts, count(*) AS places, max(h.value) FILTER (WHERE h.place = place_a) AS own,
    bool_or(h.verdict = 'conflict') AS is_disputed
  FROM heard AS h
), now AS (
  SELECT v.value, v.verdict FROM warehouse.reconciled_value AS v
  WHERE v.definition = of_definition AND v.place = place_b AND v.period = period_b
), break AS (
  SELECT b.facet FROM warehouse.series_break AS b
  WHERE b.definition = of_definition AND b.facet <> 'boundary'
    AND b.day > intake.last_day(period_a) AND b.day <= intake.last_day(period_b)
  LIMIT 1
), told AS (
  SELECT
    n.value, coalesce(b.own, CASE WHEN place_a = place_b THEN b.parts END) AS own, b.parts, b.places,
    k.facet AS broken, n.verdict = 'conflict' OR coalesce(b.is_disputed, false) AS is_disputed,
    coalesce(b.missing, '{}') || CASE WHEN n.value IS NULL THEN ARRAY[place_b || ' ' || period_b] ELSE '{}' END AS missing
  FROM base AS b
  LEFT JOIN now AS n ON true
  LEFT JOIN break AS k ON true
)
SELECT
  CASE
    WHEN t.missing <> '{}' OR t.broken IS NOT NULL OR t.own IS NULL THEN '不可比'
    WHEN t.is_disputed THEN 'conflict'
    WHEN t.places > 1 THEN '调整后可比'
    ELSE '可比'
  END,
  CASE WHEN t.broken IS NOT NULL THEN t.broken WHEN t.missing <> '{}' AND t.places > 1 THEN 'boundary' ELSE '' END,
  t.missing, t.own, t.value,
  CASE WHEN t.missing = '{}' AND t.broken IS NULL THEN t.parts - t.own END,
  CASE WHEN t.missing = '{}' AND t.broken IS NULL THEN t.value - t.parts END
FROM told AS t
$change$;
COMMENT ON FUNCTION warehouse.change(text, text, text, text, text) IS
'两期之间的变动，分为区划部分（并入地区的基期数）和实际部分；旧区划缺一个就不可比 / change between two periods, split into a boundary part (what was absorbed, in the base period) and a real part; not comparable where an old part is missing';

CREATE FUNCTION warehouse.observation_as_of(moment timestamptz) RETURNS SETOF warehouse.observation
LANGUAGE sql STABLE AS $as_of$
SELECT o.* FROM warehouse.observation AS o
WHERE o.recorded_at <= moment AND NOT EXISTS (
  SELECT 1 FROM warehouse.superseded AS s INNER JOIN warehouse.observation AS n ON s.by_obs_id = n.obs_id
  WHERE s.obs_id = o.obs_id AND n.recorded_at <= moment
)
$as_of$;
COMMENT ON FUNCTION warehouse.observation_as_of(timestamptz) IS
'某一时刻已知的观测值 / what was known at a moment';
CREATE VIEW warehouse.revision AS
SELECT
  o.definition, o.place, o.period, coalesce(s.profile, o.source) AS family, o.source, o.obs_id, o.value, o.unit,
  o.recorded_at,
  row_number() OVER vintages AS vintage,
  o.value - first_value(o.value) OVER vintages AS since_first,
  o.value - lag(o.value) OVER vintages AS since_before
FROM warehouse.observation AS o
LEFT JOIN ref.source AS s ON o.source = s.source AND s.edition = (SELECT max(e.edition) FROM ref.edition AS e)
WHERE o.value IS NOT NULL
WINDOW vintages AS (
  PARTITION BY o.definition, o.place, o.period, coalesce(s.profile, o.source)
  ORDER BY coalesce(s.cover, 0), o.recorded_at, o.obs_id
);
COMMENT ON VIEW warehouse.revision IS
'同一来源系列对同一数的历次发布 / the vintages of a figure within one family of sources';
GRANT EXECUTE ON FUNCTION warehouse.comparable(text, text, text, text, text) TO lcm_app;
GRANT EXECUTE ON FUNCTION warehouse.change(text, text, text, text, text) TO lcm_app;
GRANT EXECUTE ON FUNCTION warehouse.observation_as_of(timestamptz) TO lcm_app;
GRANT SELECT ON TABLE warehouse.series_break TO lcm_app;
GRANT SELECT ON TABLE warehouse.revision TO lcm_app;

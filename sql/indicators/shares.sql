-- Indicators that count places: the percentage of the places below that meet the condition; known exactly only where
-- every one of them is known, between low and high where some are not, and not at all where not every place is listed.
INSERT INTO pg_temp.made (
  framework, indicator, place, period, value, status, verdict, kind, formula, formula_version, inputs, missing, low, high,
  places_met, places_all, places_unknown, edition
)
WITH wanted AS MATERIALIZED (
  SELECT
    d.period, i.framework, i.indicator, f.formula, f.version, f.counts, coalesce(i.scope, 'city') AS level,
    array(
      SELECT n.definition FROM pg_temp.formula_input AS n WHERE n.formula = f.formula AND n.version = f.version
      ORDER BY n.definition
    ) AS definitions
  FROM pg_temp.day AS d
  INNER JOIN ref.indicator AS i ON i.edition = :edition AND daterange(i.valid_from, i.valid_to) @> d.day
  INNER JOIN ref.formula AS f
    ON f.edition = :edition AND i.formula = f.formula AND daterange(f.valid_from, f.valid_to) @> d.day
      AND f.counts IS NOT NULL
), counted AS (
  SELECT
    w.period, w.framework, w.indicator, w.formula, w.version, w.definitions, a.place, a.is_whole,
    count(b.place)::integer AS many, (count(*) FILTER (WHERE g.value = 1))::integer AS met,
    coalesce(array_agg(b.place ORDER BY b.place) FILTER (WHERE b.place IS NOT NULL AND g.value IS NULL), '{}') AS unknown,
    coalesce(bit_or(c.marks) FILTER (WHERE g.value IS NOT NULL), 0) AS marks
  FROM wanted AS w
  INNER JOIN pg_temp.place_day AS a ON w.period = a.period AND w.level = a.level
  LEFT JOIN pg_temp.place_day AS b ON a.period = b.period AND a.place = b.parent AND w.counts = b.level
  LEFT JOIN pg_temp.computed AS c
    ON b.at = c.at AND w.formula = c.formula AND w.version = c.version
  CROSS JOIN LATERAL (SELECT CASE WHEN c.marks & (1 << 22) = 0 THEN c.value END AS value) AS g
  GROUP BY w.period, w.framework, w.indicator, w.formula, w.version, w.definitions, a.place, a.is_whole
), bounded AS (
  SELECT
    c.*, CASE WHEN c.is_whole AND c.many > 0 THEN 100.0 * c.met / c.many END AS low,
    CASE WHEN c.is_whole AND c.many > 0 THEN 100.0 * (c.met + cardinality(c.unknown)) / c.many END AS high
  FROM counted AS c
)
SELECT
  b.framework, b.indicator, b.place, b.period, CASE WHEN b.low = b.high THEN b.low END,
  CASE WHEN b.low = b.high THEN warehouse.status_of(b.marks) ELSE 'O' END,
  CASE WHEN b.low = b.high THEN warehouse.verdict_of(b.marks) ELSE '不可比' END,
  CASE WHEN b.marks & (1 << 20) <> 0 THEN 'synthetic' ELSE 'actual' END, b.formula, b.version, b.definitions,
  CASE WHEN b.low = b.high THEN '{}' ELSE b.definitions END, b.low, b.high, b.met,
  CASE WHEN b.is_whole THEN b.many END, b.unknown, :edition
FROM bounded AS b

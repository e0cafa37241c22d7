-- The values of every indicator that is computed at its own place, under the version of its formula that is in force.
INSERT INTO pg_temp.made (
  framework, indicator, place, period, value, status, verdict, kind, formula, formula_version, inputs, missing,
  aggregated, edition
)
WITH input AS (
  SELECT
    f.formula, f.version, array_agg(f.definition ORDER BY f.definition) AS definitions,
    array_agg(f.n ORDER BY f.definition) AS numbers
  FROM pg_temp.formula_input AS f
  GROUP BY f.formula, f.version
), wanted AS MATERIALIZED (
  SELECT
    d.period, i.framework, i.indicator, f.formula, f.version, coalesce(i.scope, 'city') AS level, n.definitions, n.numbers,
    f.version > 1 AND f.valid_from >= warehouse.first_day(d.period) AS is_new
  FROM pg_temp.day AS d
  INNER JOIN ref.indicator AS i ON i.edition = :edition AND daterange(i.valid_from, i.valid_to) @> d.day
  INNER JOIN ref.formula AS f
    ON f.edition = :edition AND i.formula = f.formula AND daterange(f.valid_from, f.valid_to) @> d.day
      AND f.counts IS NULL
  INNER JOIN input AS n ON f.formula = n.formula AND f.version = n.version
)
SELECT
  w.framework, w.indicator, d.place, d.period, g.value,
  CASE WHEN g.value IS NULL THEN 'O' WHEN w.is_new THEN 'B' ELSE warehouse.status_of(c.marks) END,
  CASE WHEN g.value IS NULL THEN '不可比' ELSE warehouse.verdict_of(c.marks) END,
  CASE WHEN c.marks & (1 << 20) <> 0 THEN 'synthetic' ELSE 'actual' END, w.formula, w.version, w.definitions,
  CASE WHEN c.marks & (1 << 22) = 0 THEN '{}' ELSE array(
    SELECT t.definition FROM unnest(w.definitions, w.numbers) AS t (definition, n)
    WHERE p.marks[t.n] & (1 << 22) <> 0
  ) END,
  CASE WHEN c.marks & (1 << 21) = 0 THEN '{}' ELSE array(
    SELECT t.definition FROM unnest(w.definitions, w.numbers) AS t (definition, n)
    WHERE p.marks[t.n] & (1 << 21) <> 0
  ) END, :edition
FROM pg_temp.computed AS c
INNER JOIN pg_temp.pivot AS p ON c.at = p.at
INNER JOIN pg_temp.place_day AS d ON c.at = d.at
INNER JOIN wanted AS w
  ON c.period = w.period AND c.formula = w.formula AND c.version = w.version AND d.level = w.level
CROSS JOIN LATERAL (SELECT CASE WHEN c.marks & (1 << 22) = 0 THEN c.value END AS value) AS g

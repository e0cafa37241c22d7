-- Values of places of a level that have none, as sums over all the places below them: only of measures that add up, only
-- where every place below is listed and has its value.
WITH input AS (
  SELECT DISTINCT f.n, f.definition
  FROM pg_temp.formula_input AS f
  INNER JOIN ref.definition AS d
    ON d.edition = :edition AND f.definition = d.definition AND d.aggregation IN ('stock', 'flow')
  INNER JOIN ref.measure AS m ON m.edition = :edition AND d.measure = m.measure AND m.over_places = 'sum'
), whole AS (
  SELECT p.at, p.period, p.place, array_agg(b.place ORDER BY b.place) AS parts
  FROM pg_temp.place_day AS p
  INNER JOIN pg_temp.place_day AS b ON p.period = b.period AND p.place = b.parent
  WHERE p.level = :level AND p.is_whole
  GROUP BY p.at, p.period, p.place
), summed AS (
  SELECT
    w.at, w.period, w.place, i.n, i.definition, w.parts, sum(k.value) AS value, count(*) AS many,
    bit_or(k.marks) & ~(1 << 21) AS marks, max(k.kind) AS kind
  FROM whole AS w
  INNER JOIN pg_temp.place_day AS b ON w.period = b.period AND w.place = b.parent
  INNER JOIN pg_temp.known AS k ON b.at = k.at
  INNER JOIN input AS i ON k.n = i.n
  GROUP BY w.at, w.period, w.place, i.n, i.definition, w.parts
), added AS (
  INSERT INTO warehouse.aggregated_value (period, place, definition, value, status, verdict, kind, parts)
  SELECT
    s.period, s.place, s.definition, s.value, warehouse.status_of(s.marks),
    warehouse.verdict_of(s.marks | (1 << 18)), s.kind, s.parts
  FROM summed AS s
  LEFT JOIN pg_temp.known AS own ON s.at = own.at AND s.n = own.n
  WHERE s.many = cardinality(s.parts) AND own.n IS NULL
  RETURNING period, place, definition, value, status, verdict, kind
)
INSERT INTO pg_temp.known (at, n, value, marks, kind)
SELECT p.at, i.n, a.value, warehouse.marks(a.status, a.verdict, a.kind) | (1 << 21), a.kind
FROM added AS a
INNER JOIN pg_temp.place_day AS p ON a.period = p.period AND a.place = p.place
INNER JOIN input AS i ON a.definition = i.definition

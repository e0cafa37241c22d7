-- The reconciled values that formulas read, with the marks that carry over to what is made of them; a series of a definition
-- that breaks within the period, everywhere or at the place, is marked as broken.
INSERT INTO pg_temp.known (at, n, value, marks, kind)
WITH broken AS MATERIALIZED (
  SELECT d.period, b.definition, b.place
  FROM pg_temp.day AS d
  INNER JOIN warehouse.series_break AS b ON b.day BETWEEN warehouse.first_day(d.period) AND d.day
)
SELECT
  p.at, i.n, v.value,
  warehouse.marks(v.status, CASE WHEN v.is_conflict THEN 'conflict' ELSE v.verdict END, v.kind)
  | CASE
    WHEN (v.period, v.definition) IN (SELECT b.period, b.definition FROM broken AS b WHERE b.place IS NULL)
      OR (v.period, v.definition, v.place) IN (
        SELECT b.period, b.definition, b.place FROM broken AS b WHERE b.place IS NOT NULL
      )
    THEN warehouse.marks('B', '可比', v.kind) ELSE 0
  END, v.kind
FROM warehouse.reconciled_value AS v
INNER JOIN pg_temp.place_day AS p ON v.period = p.period AND v.place = p.place
INNER JOIN (SELECT DISTINCT f.definition, f.n FROM pg_temp.formula_input AS f) AS i ON v.definition = i.definition
WHERE v.period = any(:periods)

-- The reconciled values that formulas read, with the marks that carry over to what is made of them.
INSERT INTO pg_temp.known (at, n, value, marks, kind)
SELECT
  p.at, i.n, v.value,
  warehouse.marks(v.status, CASE WHEN v.is_conflict THEN 'conflict' ELSE v.verdict END, v.kind), v.kind
FROM warehouse.reconciled_value AS v
INNER JOIN pg_temp.place_day AS p ON v.period = p.period AND v.place = p.place
INNER JOIN (SELECT DISTINCT f.definition, f.n FROM pg_temp.formula_input AS f) AS i ON v.definition = i.definition
WHERE v.period = any(:periods)

-- What each indicator value of a build is computed by: its formula and, row by row, the definitions it reads.
SELECT
  v.indicator, v.place, v.formula, v.formula_version, f.expression, v.edition, input.definition
FROM warehouse.indicator_value AS v
INNER JOIN ref.formula AS f ON v.edition = f.edition AND v.formula = f.formula AND v.formula_version = f.version
CROSS JOIN LATERAL unnest(v.inputs) WITH ORDINALITY AS input (definition, turn)
WHERE v.framework = :framework AND v.period = :period AND (:everywhere OR v.place = any(:places))
ORDER BY v.indicator, v.place, input.turn;

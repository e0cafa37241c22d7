-- What is in force now of one indicator, place and period: value, marks, formula and what it reads.
SELECT
  v.framework, v.value, v.low, v.high, v.status, v.verdict, v.kind = 'synthetic' AS is_synthetic, v.formula,
  v.formula_version, v.edition, v.inputs, v.missing, v.places_met, v.places_all, v.places_unknown, v.aggregated
FROM warehouse.indicator_value AS v
WHERE v.indicator = :indicator AND v.place = :place AND v.period = :period
  AND (cast(:framework AS text) = '' OR v.framework = :framework)
ORDER BY v.framework
LIMIT 1;

-- Values of the places below that a value is summed from, or that an indicator counts, by definition and place.
SELECT
  p.place, p.name_zh, p.name_en, v.definition, v.value, v.low, v.high, v.status, v.verdict, v.method,
  v.kind = 'synthetic' AS is_synthetic
FROM ref.place AS p
LEFT JOIN warehouse.reconciled_value AS v ON v.period = :period AND p.place = v.place AND v.definition = any(:definitions)
WHERE p.edition = :edition AND p.parent = :place AND daterange(p.valid_from, p.valid_to) @> intake.last_day(:period)
  AND (cast(:level AS text) IS NULL OR p.level = :level)
ORDER BY p.place COLLATE "C", v.definition COLLATE "C";

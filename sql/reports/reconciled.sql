-- The reconciled values that the indicators of a build read, with the ruling on each that was in conflict.
SELECT
  v.place, v.definition, d.name_zh AS definition_zh, v.measure, d.unit, v.value, v.low, v.high, v.status, v.verdict,
  v.facet, v.method, v.kind, v.is_conflict, v.winner, k.who AS ruled_by, k.why AS ruled_why
FROM warehouse.reconciled_value AS v
INNER JOIN LATERAL (
  SELECT x.name_zh, x.unit FROM ref.definition AS x
  WHERE x.edition = (SELECT max(e.edition) FROM ref.edition AS e) AND x.definition = v.definition
  ORDER BY x.valid_from DESC LIMIT 1
) AS d ON true
LEFT JOIN warehouse.conflict AS c ON v.period = c.period AND v.place = c.place AND v.definition = c.definition
LEFT JOIN quality.decision AS k ON c.decision_id = k.decision_id AND c.state = 'decided'
WHERE v.period = :period AND v.definition = any(:definitions) AND (:everywhere OR v.place = any(:places));

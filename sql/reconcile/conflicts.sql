-- Conflicts of a period opened or refreshed; decided ones keep their decision.
INSERT INTO warehouse.conflict (period, place, measure, definition, proposal, spread)
SELECT v.period, v.place, v.measure, v.definition, v.value, v.spread
FROM warehouse.reconciled_value AS v
WHERE v.period = :period AND v.is_conflict
  AND (:everything OR (v.definition = ANY(CAST(:definitions AS text[])) AND v.place = ANY(CAST(:places AS text[]))))
ON CONFLICT (period, place, definition) DO UPDATE SET proposal = excluded.proposal, spread = excluded.spread
WHERE conflict.state = 'open'

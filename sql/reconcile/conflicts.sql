-- Conflicts of a period opened or refreshed; decided ones keep their decision.
INSERT INTO warehouse.conflict (period, place, measure, definition, proposal, spread)
SELECT v.period, v.place, v.measure, v.definition, v.value, max(c.value) - min(c.value) AS spread
FROM warehouse.reconciled_value AS v
INNER JOIN warehouse.candidate AS c
  ON v.period = c.period AND v.place = c.place AND v.definition = c.definition
WHERE v.period = :period AND v.is_conflict
GROUP BY v.period, v.place, v.measure, v.definition, v.value
ON CONFLICT (period, place, definition) DO UPDATE SET proposal = excluded.proposal, spread = excluded.spread
WHERE conflict.state = 'open'

-- Keys of conflicts that were ruled on, confirmed or undone and not yet resolved.
INSERT INTO touched (period, definition, place)
SELECT DISTINCT r.period, r.definition, r.place
FROM quality.outbox AS o
INNER JOIN quality.decision AS d ON o.decision_id = d.decision_id
INNER JOIN quality.conflict_ruling AS r ON r.decision_id IN (d.decision_id, d.earlier)
WHERE o.applied_at IS NULL

-- An open conflict: what its candidates are made of, whether something picked is one of them, whether it was ruled on.
SELECT
  ARRAY(
    SELECT DISTINCT o.obs_id FROM warehouse.candidate AS k CROSS JOIN LATERAL UNNEST(k.obs_ids || k.others) AS o (obs_id)
    WHERE k.period = c.period AND k.place = c.place AND k.definition = c.definition ORDER BY o.obs_id
  ) AS judged,
  EXISTS(
    SELECT 1 FROM warehouse.candidate AS k
    WHERE k.period = c.period AND k.place = c.place AND k.definition = c.definition
      AND k.obs_ids = CAST(:picked AS bigint[])
  ) AS is_candidate,
  EXISTS(
    SELECT 1 FROM quality.conflict_ruling AS r
    WHERE r.period = c.period AND r.place = c.place AND r.definition = c.definition AND (r.state = 'pending' OR (
      r.state = 'in_force' AND EXISTS (SELECT 1 FROM quality.outbox AS o
        LEFT JOIN quality.decision AS d ON o.decision_id = d.decision_id
        WHERE o.applied_at IS NULL AND r.decision_id IN (d.decision_id, d.earlier))
    ))
  ) AS ruled
FROM warehouse.conflict AS c
WHERE c.period = :period AND c.place = :place AND c.definition = :definition AND c.state = 'open'

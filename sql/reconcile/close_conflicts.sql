-- Open conflicts of a period whose candidates agree by now are gone.
DELETE FROM warehouse.conflict AS c
WHERE c.period = :period AND c.state = 'open'
  AND (:everything OR (c.definition = ANY(CAST(:definitions AS text[])) AND c.place = ANY(CAST(:places AS text[]))))
  AND NOT EXISTS (
    SELECT 1 FROM warehouse.reconciled_value AS v
    WHERE v.period = c.period AND v.place = c.place AND v.definition = c.definition AND v.is_conflict
  )

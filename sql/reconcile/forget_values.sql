-- What was stored of the keys that are resolved anew goes.
DELETE FROM warehouse.reconciled_value AS v
WHERE v.period = :period
  AND (:everything OR (v.definition = ANY(CAST(:definitions AS text[])) AND v.place = ANY(CAST(:places AS text[]))))

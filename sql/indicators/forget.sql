-- What was stored of the periods that were computed and is no longer so goes.
DELETE FROM warehouse.indicator_value AS v
WHERE v.period = ANY(CAST(:periods AS text[])) AND NOT EXISTS (
  SELECT 1 FROM pg_temp.made AS m
  WHERE m.framework = v.framework AND m.indicator = v.indicator AND m.place = v.place AND m.period = v.period
    AND (m.*) IS NOT DISTINCT FROM (v.*)
)

-- What was computed and is not stored yet comes in.
INSERT INTO warehouse.indicator_value
SELECT m.* FROM pg_temp.made AS m
WHERE NOT EXISTS (
  SELECT 1 FROM warehouse.indicator_value AS v
  WHERE v.period = ANY(CAST(:periods AS text[])) AND v.framework = m.framework AND v.indicator = m.indicator
    AND v.place = m.place AND v.period = m.period
)

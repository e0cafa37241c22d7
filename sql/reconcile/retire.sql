-- What stopped counting, or counts again, since values were last resolved; gives the keys it stood at.
WITH come AS (
  INSERT INTO warehouse.uncounted (period, obs_id)
  SELECT DISTINCT r.period, r.obs_id FROM warehouse.retired AS r
  ON CONFLICT (period, obs_id) DO NOTHING
  RETURNING period, obs_id
), gone AS (
  DELETE FROM warehouse.uncounted AS u
  WHERE NOT EXISTS (SELECT 1 FROM warehouse.retired AS r WHERE r.obs_id = u.obs_id)
  RETURNING period, obs_id
)
INSERT INTO touched (period, definition, place)
SELECT o.period, o.definition, o.place
FROM (SELECT period, obs_id FROM come
UNION ALL
SELECT period, obs_id FROM gone) AS c
INNER JOIN warehouse.observation AS o ON c.period = o.period AND c.obs_id = o.obs_id

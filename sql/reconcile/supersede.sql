-- Older observations of the same key and source are superseded by a later one that has a value.
INSERT INTO warehouse.superseded (obs_id, by_obs_id)
SELECT DISTINCT ON (older.obs_id) older.obs_id, newer.obs_id AS by_obs_id
FROM warehouse.observation AS newer
INNER JOIN warehouse.observation AS older
  ON newer.period = older.period AND newer.definition = older.definition AND newer.place = older.place
    AND newer.source = older.source AND older.recorded_at < newer.recorded_at
WHERE newer.period = :period AND newer.value IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM warehouse.retired AS r WHERE r.period = :period AND r.obs_id = newer.obs_id)
ORDER BY older.obs_id, newer.recorded_at DESC
ON CONFLICT (obs_id, by_obs_id) DO NOTHING

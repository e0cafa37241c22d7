-- Older observations of the same key and source are superseded by a later one that has a value; a revision replaces every figure.
INSERT INTO warehouse.superseded (obs_id, by_obs_id)
SELECT DISTINCT ON (older.obs_id) older.obs_id, newer.obs_id AS by_obs_id
FROM warehouse.observation AS newer
INNER JOIN warehouse.observation AS older
  ON newer.period = older.period AND newer.definition = older.definition AND newer.place = older.place
    AND newer.source = older.source AND older.recorded_at < newer.recorded_at
LEFT JOIN intake.submission AS revision ON newer.submission_id = revision.submission_id
LEFT JOIN intake.submission AS before ON older.submission_id = before.submission_id
WHERE newer.period = :period AND (newer.value IS NOT NULL OR (
  revision.kind = 'ledger' AND before.kind = 'ledger' AND newer.submission_id > older.submission_id
  AND revision.round = before.round AND revision.department = before.department AND revision.place = before.place
))
  AND NOT EXISTS (SELECT 1 FROM warehouse.retired AS r WHERE r.period = :period AND r.obs_id = newer.obs_id)
ORDER BY older.obs_id, newer.recorded_at DESC
ON CONFLICT (obs_id, by_obs_id) DO NOTHING

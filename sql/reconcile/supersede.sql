-- Older observations of the same key and source are superseded by later ones that have a value; a revision replaces every figure.
INSERT INTO warehouse.superseded (obs_id, by_obs_id)
SELECT older.obs_id, newer.obs_id AS by_obs_id
FROM (
  SELECT o.definition, o.place, o.source FROM warehouse.observation AS o
  WHERE o.period = :period AND (:everything OR EXISTS (
    SELECT 1 FROM touched AS t WHERE t.period = o.period AND t.definition = o.definition AND t.place = o.place
  ))
  GROUP BY o.definition, o.place, o.source
  HAVING count(*) > 1
) AS again
INNER JOIN warehouse.observation AS newer
  ON newer.period = :period AND again.definition = newer.definition AND again.place = newer.place
    AND again.source = newer.source
INNER JOIN warehouse.observation AS older
  ON older.period = :period AND newer.definition = older.definition AND newer.place = older.place
    AND newer.source = older.source AND older.recorded_at < newer.recorded_at
LEFT JOIN intake.submission AS revision ON newer.submission_id = revision.submission_id
LEFT JOIN intake.submission AS before ON older.submission_id = before.submission_id
WHERE newer.value IS NOT NULL OR (
  revision.kind = 'ledger' AND before.kind = 'ledger' AND newer.submission_id > older.submission_id
  AND revision.round = before.round AND revision.department = before.department AND revision.place = before.place
)
ON CONFLICT (obs_id, by_obs_id) DO NOTHING

-- Older observations of the same key and source are superseded by later ones that have a value, those of a yearbook's
-- earlier edition by its later one; a revision of a ledger replaces every figure.
INSERT INTO warehouse.superseded (obs_id, by_obs_id)
WITH source AS MATERIALIZED (
  SELECT s.source, coalesce(s.profile, s.source) AS family, coalesce(s.cover, 0) AS cover_year
  FROM ref.source AS s WHERE s.edition = (SELECT max(e.edition) FROM ref.edition AS e)
), again AS (
  SELECT o.definition, o.place, coalesce(s.family, o.source) AS family
  FROM warehouse.observation AS o
  LEFT JOIN source AS s ON o.source = s.source
  WHERE o.period = :period
    AND (:everything OR (o.definition = any(cast(:definitions AS text[])) AND o.place = any(cast(:places AS text[]))))
  GROUP BY o.definition, o.place, coalesce(s.family, o.source)
  HAVING count(*) > 1
), version AS MATERIALIZED (
  SELECT
    o.obs_id, o.definition, o.place, a.family, o.value, o.recorded_at, coalesce(s.cover_year, 0) AS cover_year,
    o.submission_id, b.kind, b.round, b.department, b.place AS of_place
  FROM warehouse.observation AS o
  LEFT JOIN source AS s ON o.source = s.source
  INNER JOIN again AS a
    ON o.definition = a.definition AND o.place = a.place AND coalesce(s.family, o.source) = a.family
  LEFT JOIN intake.submission AS b ON o.submission_id = b.submission_id
  WHERE o.period = :period
    AND (:everything OR (o.definition = any(cast(:definitions AS text[])) AND o.place = any(cast(:places AS text[]))))
)
SELECT older.obs_id, newer.obs_id AS by_obs_id
FROM version AS newer
INNER JOIN version AS older
  ON newer.definition = older.definition AND newer.place = older.place AND newer.family = older.family
    AND (older.cover_year, older.recorded_at) < (newer.cover_year, newer.recorded_at)
WHERE newer.value IS NOT NULL OR (
  newer.kind = 'ledger' AND older.kind = 'ledger' AND newer.submission_id > older.submission_id
  AND newer.round = older.round AND newer.department = older.department AND newer.of_place = older.of_place
)
ON CONFLICT (obs_id, by_obs_id) DO NOTHING

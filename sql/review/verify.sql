-- Links that do not hold: a row changed, added or taken away, or a link that does not follow from the one before.
WITH counted AS (
  SELECT d.round, d.link, count(*)::integer AS decisions FROM quality.decision AS d
  GROUP BY d.round, d.link
), checked AS (
  SELECT
    coalesce(l.round, c.round) AS round, coalesce(l.seq, c.link) AS seq, l.decisions AS sealed, c.decisions AS here,
    lag(l.hash, 1, '') OVER chain AS before, lag(l.seq, 1, 0) OVER chain AS before_seq, l.previous, l.hash, l.rows_hash,
    quality.rows_hash(l.round, l.seq) AS rows_now, quality.link_hash(l) AS hash_now
  FROM quality.link AS l
  FULL JOIN counted AS c ON l.round = c.round AND l.seq = c.link
  WINDOW chain AS (PARTITION BY l.round ORDER BY l.seq)
)
SELECT
  round, seq, sealed, here,
  CASE
    WHEN hash IS NULL THEN 'unsealed'
    WHEN seq <> before_seq + 1 OR previous <> before THEN 'broken'
    WHEN sealed <> coalesce(here, 0) THEN 'count'
    WHEN rows_hash <> rows_now THEN 'row'
    ELSE 'link'
  END AS fault
FROM checked
WHERE hash IS NULL OR seq <> before_seq + 1 OR previous <> before OR sealed IS DISTINCT FROM here
  OR rows_hash <> rows_now OR hash <> hash_now
ORDER BY round, seq

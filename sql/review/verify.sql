-- Links that do not hold: a row changed, added or taken away, or a link that does not follow from the one before.
-- The hashes are worked out here, by built-in functions alone: ours live in the database that is being audited.
WITH counted AS (
  SELECT d.round, d.link, count(*)::integer AS decisions FROM quality.decision AS d
  GROUP BY d.round, d.link
), said AS (
  SELECT
    d.round, d.link, string_agg(jsonb_build_array(
      d.decision_id, d.action, d.submission_id, d.form, d.finding_id, d.earlier, d.old_value, d.new_value, d.basis,
      d.code, d.who, d.why, d.needs_second, d.is_sample, d.about, extract(EPOCH FROM d.decided_at)
    )::text, E'\n' ORDER BY d.decision_id) AS said
  FROM quality.decision AS d
  GROUP BY d.round, d.link
), checked AS (
  SELECT
    coalesce(l.round, c.round) AS round, coalesce(l.seq, c.link) AS seq, l.decisions AS sealed, c.decisions AS here,
    lag(l.hash, 1, '') OVER chain AS before, lag(l.seq, 1, 0) OVER chain AS before_seq, l.previous, l.hash, l.rows_hash,
    encode(sha256(convert_to(coalesce(r.said, ''), 'UTF8')), 'hex') AS rows_now,
    encode(sha256(convert_to(jsonb_build_array(
      l.round, l.seq, l.action, l.who, l.why, l.decisions, extract(EPOCH FROM l.decided_at), l.rows_hash, l.previous
    )::text, 'UTF8')), 'hex') AS hash_now
  FROM quality.link AS l
  FULL JOIN counted AS c ON l.round = c.round AND l.seq = c.link
  LEFT JOIN said AS r ON l.round = r.round AND l.seq = r.link
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

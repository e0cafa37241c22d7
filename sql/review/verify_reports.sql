-- What the register of reports says otherwise than the chain of decisions, which is sealed: a row for every build and what
-- differs. Builds released before the chain held their files are held against what it held then.
WITH chained AS (
  SELECT
    d.decision_id, d.round, d.link, split_part(d.action, '_', 1) AS act, d.who, d.why, d.is_sample, d.about::jsonb AS about,
    ((d.about::jsonb) ->> 0)::bigint AS build_id, (d.about::jsonb) -> 7 AS more
  FROM quality.decision AS d
  WHERE d.action IN ('approve_report', 'release_report', 'restore_report')
), latest AS (
  SELECT DISTINCT ON (c.build_id)
    c.*, CASE
      WHEN c.act = 'approve' THEN 'approved'
      WHEN EXISTS (
        SELECT FROM chained AS x
        WHERE x.decision_id > c.decision_id AND x.act <> 'approve' AND x.build_id <> c.build_id
          AND x.about -> 1 = c.about -> 1 AND x.about -> 2 = c.about -> 2 AND x.about -> 3 = c.about -> 3
      ) THEN 'superseded'
      WHEN c.act = 'release' THEN 'released' ELSE 'restored'
    END AS state
  FROM chained AS c
  ORDER BY c.build_id, c.decision_id DESC
), approved AS (
  SELECT DISTINCT ON (c.build_id) c.build_id, c.who FROM chained AS c
  WHERE c.act = 'approve'
  ORDER BY c.build_id, c.decision_id DESC
), differs AS (
  SELECT c.build_id, c.round, c.link, 'report.event' || said.what AS what
  FROM chained AS c
  LEFT JOIN report.event AS e ON c.decision_id = e.decision_id
  CROSS JOIN LATERAL (VALUES
    ('', e.event_id IS NULL OR e.build_id <> c.build_id OR e.action <> c.act),
    ('.who', e.who <> c.who), ('.why', e.why <> c.why),
    ('.certified_by', e.certified_by IS DISTINCT FROM c.about ->> 5 AND e.event_id IS NOT NULL),
    ('.despite', e.despite IS DISTINCT FROM c.about ->> 6 AND e.event_id IS NOT NULL),
    ('.obstacles', e.obstacles <> c.more -> 'obstacles')
  ) AS said (what, is_other)
  WHERE said.is_other
  UNION ALL
  SELECT e.build_id, '', 0, 'report.event' FROM report.event AS e
  WHERE e.action <> 'supersede' AND NOT EXISTS (SELECT FROM chained AS c WHERE c.decision_id = e.decision_id)
  UNION ALL
  SELECT c.build_id, c.round, c.link, 'report.build' || said.what
  FROM latest AS c
  LEFT JOIN report.build AS b ON c.build_id = b.build_id
  CROSS JOIN LATERAL (VALUES
    ('', b.build_id IS NULL), ('.framework', b.framework <> c.about ->> 1), ('.period', b.period <> c.about ->> 2),
    ('.places', to_jsonb(b.places) <> c.about -> 3),
    ('.frozen', b.frozen IS DISTINCT FROM c.about ->> 4 AND b.build_id IS NOT NULL),
    ('.requested_by', b.requested_by <> c.more ->> 'requested_by'),
    ('.inputs_hash', b.inputs_hash <> c.more ->> 'inputs_hash'),
    ('.edition', b.edition::text <> c.more ->> 'edition'),
    ('.code_version', b.code_version <> c.more ->> 'code_version'), ('.is_sample', b.is_sample <> c.is_sample),
    ('.state', b.state <> c.state)
  ) AS said (what, is_other)
  WHERE said.is_other
  UNION ALL
  SELECT b.build_id, '', 0, 'report.build.state' FROM report.build AS b
  WHERE b.state NOT IN ('draft', 'failed') AND NOT EXISTS (SELECT FROM chained AS c WHERE c.build_id = b.build_id)
  UNION ALL
  SELECT c.build_id, c.round, c.link, 'report.release' || said.what
  FROM chained AS c
  LEFT JOIN report.release AS r ON c.build_id = r.build_id
  LEFT JOIN approved AS a ON c.build_id = a.build_id
  CROSS JOIN LATERAL (VALUES
    ('', r.build_id IS NULL), ('.approved_by', r.approved_by <> a.who), ('.released_by', r.released_by <> c.who),
    ('.certified_by', r.certified_by IS DISTINCT FROM c.about ->> 5 AND r.build_id IS NOT NULL)
  ) AS said (what, is_other)
  WHERE c.act = 'release' AND said.is_other
  UNION ALL
  SELECT c.build_id, c.round, c.link, 'report.artifact.sha256'
  FROM latest AS c
  WHERE c.more -> 'files' <> (
    SELECT coalesce(jsonb_object_agg(a.name, a.sha256), '{}') FROM report.artifact AS a
    WHERE a.build_id = c.build_id AND a.format <> 'release'
  )
)
SELECT d.build_id, max(d.round) AS round, max(d.link) AS seq, string_agg(DISTINCT d.what, ', ' ORDER BY d.what) AS what
FROM differs AS d
GROUP BY d.build_id
ORDER BY d.build_id

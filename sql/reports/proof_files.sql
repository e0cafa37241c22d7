-- The submissions a number stands on: file, hash, when received, who signed (no telephone), whether paper and file agree;
-- the code on paper only once a clerk has compared it, because he has to read it there.
SELECT
  s.submission_id,
  jsonb_build_object(
    'delivered_as', s.delivered_as, 'file_name', s.file_name, 'sha256', s.sha256, 'bytes', s.bytes,
    'received_at', s.received_at, 'revision', s.revision, 'state', s.state, 'purged_at', s.purged_at,
    'department', coalesce(d.name_zh, s.department), 'signed', (
      SELECT jsonb_object_agg(y.key, y.value ->> 'text')
      FROM jsonb_each(s.signoff) AS y WHERE y.key IN ('head', 'statistician', 'filler', 'date', 'seal')
        OR (y.key = 'code' AND x.state = 'confirmed')
    ),
    'signature', x.state, 'signature_by', x.who, 'signature_at', x.recorded_at
  ) AS said
FROM intake.submission AS s
LEFT JOIN intake.signoff_state AS x ON s.submission_id = x.submission_id
LEFT JOIN LATERAL (
  SELECT y.name_zh FROM ref.department AS y
  WHERE y.edition = :edition AND y.department = s.department ORDER BY y.valid_from DESC LIMIT 1
) AS d ON true
WHERE s.submission_id = any(cast(:submissions AS bigint []));

-- Decisions on the forms these cells belong to, and rulings on conflicts of these keys.
SELECT 'form' AS about, i.submission_id, i.sheet, i.cell, NULL AS definition, jsonb_build_object(
  'action', d.action, 'form', d.form, 'who', d.who, 'why', d.why, 'at', d.decided_at, 'state', d.state,
  'second', d.confirmed_by, 'round', d.round, 'link', d.link
) AS said, d.decision_id
FROM unnest(cast(:submissions AS bigint []), cast(:sheets AS text []), cast(:cells AS text [])) AS i (submission_id, sheet, cell)
INNER JOIN LATERAL (
  SELECT min(x.form) AS form FROM intake.item AS x
  WHERE x.submission_id = i.submission_id AND x.sheet = i.sheet AND x.cell = i.cell
) AS t ON true
INNER JOIN quality.decision_state AS d ON i.submission_id = d.submission_id AND t.form = d.form AND d.finding_id IS NULL
UNION ALL
SELECT 'conflict', NULL, NULL, NULL, r.definition, jsonb_build_object(
  'action', 'settle_conflict', 'who', r.who, 'why', r.why, 'at', r.decided_at, 'state', r.state, 'second', r.confirmed_by,
  'round', r.round, 'link', r.link, 'picked', r.picked, 'judged', r.judged
), r.decision_id
FROM quality.conflict_ruling AS r
WHERE r.period = :period AND r.place = :place AND r.definition = any(:definitions)
ORDER BY decision_id;

-- Findings on these cells and how each was settled: explanations and decisions in their order.
SELECT
  f.submission_id, f.sheet, f.cell,
  jsonb_build_object(
    'rule', f.rule_id, 'severity', f.severity, 'state', f.state, 'found', f.found, 'expected', f.expected,
    'message_zh', f.message_zh, 'message_en', f.message_en,
    'explanations', (
      SELECT jsonb_agg(jsonb_build_object('text', e.text, 'who', e.who, 'at', e.recorded_at) ORDER BY e.recorded_at, e.text)
      FROM quality.explanation AS e WHERE e.finding_id = f.finding_id
    ),
    'decisions', (
      SELECT jsonb_agg(jsonb_build_object(
        'action', d.action, 'who', d.who, 'why', d.why, 'at', d.decided_at, 'state', d.state, 'second', d.confirmed_by,
        'basis', d.basis, 'old', d.old_value, 'new', d.new_value, 'round', d.round, 'link', d.link
      ) ORDER BY d.decision_id)
      FROM quality.decision_state AS d WHERE d.finding_id = f.finding_id
    )
  ) AS said
FROM unnest(cast(:submissions AS bigint []), cast(:sheets AS text []), cast(:cells AS text [])) AS c (submission_id, sheet, cell)
INNER JOIN quality.finding AS f ON c.submission_id = f.submission_id AND c.sheet = f.sheet AND c.cell = f.cell
ORDER BY f.submission_id, f.sheet, f.cell, f.finding_id;

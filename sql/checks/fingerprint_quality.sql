-- Lines of findings and decisions, to be hashed.
SELECT
  'finding|' || concat_ws(
    '|', s.round, s.delivered_as, s.sha256, f.rule_id, f.severity, f.sheet, f.cell, f.form, f.definition, f.period,
    f.found, f.expected, f.message_zh, f.message_en, f.cause, f.would_be, f.state
  )
FROM quality.finding AS f
INNER JOIN intake.submission AS s ON f.submission_id = s.submission_id
UNION ALL
SELECT
  'decision|' || concat_ws(
    '|', s.round, s.delivered_as, s.sha256, d.action, d.form, f.rule_id, f.sheet, f.cell, d.old_value, d.new_value,
    d.who, d.why
  )
FROM quality.decision AS d
LEFT JOIN intake.submission AS s ON d.submission_id = s.submission_id
LEFT JOIN quality.finding AS f ON d.finding_id = f.finding_id

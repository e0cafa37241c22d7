-- Explanations of the findings that an answer workbook was made for, in the words of who filled it in.
INSERT INTO quality.explanation (finding_id, code, text, valid_until, who)
SELECT
  f.finding_id, t.code, t.text, t.valid_until,
  coalesce(nullif(s.signoff -> 'filler' ->> 'text', ''), s.department, '') || '（填表人）'
FROM pg_temp.told AS t
INNER JOIN intake.submission AS s ON t.submission_id = s.submission_id
INNER JOIN quality.finding AS f
  ON t.base = f.submission_id AND t.form = f.form AND t.definition = f.definition AND t.place = f.place
    AND t.period = f.period AND f.severity IN ('block', 'ask') AND f.state <> 'closed'
WHERE NOT EXISTS (
  SELECT 1 FROM quality.explanation AS e
  WHERE e.finding_id = f.finding_id AND e.text = t.text AND e.code IS NOT DISTINCT FROM t.code
    AND e.valid_until IS NOT DISTINCT FROM t.valid_until
)

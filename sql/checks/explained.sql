-- What departments wrote in their workbooks about cells that are asked about becomes the explanation (上报说明).
WITH told AS (
  INSERT INTO quality.explanation (finding_id, text, who)
  SELECT
    f.finding_id, btrim(i.reason),
    coalesce(nullif(s.signoff -> 'filler' ->> 'text', ''), s.department, '') || '（填表人 / filler）'
  FROM quality.finding AS f
  INNER JOIN intake.submission AS s ON f.submission_id = s.submission_id
  INNER JOIN intake.item AS i
    ON f.submission_id = i.submission_id AND f.form = i.form AND f.definition = i.definition
      AND f.place = i.place AND f.period = i.period
  WHERE f.submission_id = any(:ids) AND f.severity = 'ask' AND f.state IN ('open', 'explained')
    AND btrim(replace(i.reason, :mark, '')) <> '' AND NOT EXISTS (
      SELECT 1 FROM quality.explanation AS e WHERE e.finding_id = f.finding_id AND e.text = btrim(i.reason)
    )
  RETURNING finding_id
)
UPDATE quality.finding AS f SET state = 'explained' FROM told WHERE f.finding_id = told.finding_id AND f.state = 'open'

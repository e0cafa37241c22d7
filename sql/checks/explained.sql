-- What departments wrote about cells that are asked about becomes the explanation (上报说明), and holds while it is valid.
WITH asked AS (
  SELECT f.*, s.answers, s.signoff, s.department AS sender, (s.received_at AT TIME ZONE 'Asia/Shanghai')::date AS received
  FROM quality.finding AS f
  INNER JOIN intake.submission AS s ON f.submission_id = s.submission_id
  WHERE f.submission_id = any(:ids) AND f.severity IN ('ask', 'block') AND f.state IN ('open', 'explained')
), lasting AS (
  SELECT DISTINCT ON (f.finding_id)
    f.finding_id, e.code, e.text, e.valid_until, concat(e.who, '，沿用至 ', e.valid_until) AS who, e.recorded_at
  FROM asked AS f
  INNER JOIN quality.finding AS old
    ON f.definition = old.definition AND f.place = old.place AND f.rule_id = old.rule_id AND f.round <> old.round
      AND f.finding_id > old.finding_id
  INNER JOIN quality.explanation AS e ON old.finding_id = e.finding_id
  WHERE f.severity = 'ask' AND e.valid_until >= f.received
  -- one that was carried over itself has the same moment as the first, which says whose words they are
  ORDER BY f.finding_id ASC, e.recorded_at DESC, e.finding_id ASC
), said AS (
  SELECT
    f.finding_id, NULL::text AS code, btrim(i.reason) AS text, NULL::date AS valid_until,
    coalesce(nullif(f.signoff -> 'filler' ->> 'text', ''), f.sender, '') || '（填表人）' AS who,
    now() AS recorded_at
  FROM asked AS f
  INNER JOIN intake.item AS i
    ON f.submission_id = i.submission_id AND f.form = i.form AND f.definition = i.definition
      AND f.place = i.place AND f.period = i.period
  WHERE f.severity = 'ask' AND btrim(replace(i.reason, :mark, '')) <> ''
  UNION ALL
  SELECT f.finding_id, e.code, e.text, e.valid_until, e.who, e.recorded_at
  FROM asked AS f
  INNER JOIN intake.answer AS a ON f.answers = a.answer_id
  INNER JOIN quality.finding AS old
    ON a.submission_id = old.submission_id AND f.form = old.form AND f.definition = old.definition
      AND f.place = old.place AND f.period = old.period
  INNER JOIN quality.explanation AS e ON old.finding_id = e.finding_id AND a.made_at <= e.recorded_at
  UNION ALL
  SELECT l.finding_id, l.code, l.text, l.valid_until, l.who, l.recorded_at FROM lasting AS l
), told AS (
  INSERT INTO quality.explanation (finding_id, code, text, valid_until, who, recorded_at)
  SELECT DISTINCT ON (n.finding_id, n.text) n.finding_id, n.code, n.text, n.valid_until, n.who, n.recorded_at
  FROM said AS n
  WHERE NOT EXISTS (
    SELECT 1 FROM quality.explanation AS e WHERE e.finding_id = n.finding_id AND e.text = n.text
  )
  ORDER BY n.finding_id, n.text, n.recorded_at DESC, n.code
  RETURNING finding_id
)
UPDATE quality.finding AS f SET state = 'explained'
FROM told WHERE f.finding_id = told.finding_id AND f.state = 'open' AND f.severity = 'ask'

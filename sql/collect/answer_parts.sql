-- What answers say of each item's figure, reason and evidence, beside what was answered (base) and what counts (theirs).
INSERT INTO pg_temp.answer_part (
  submission_id, item_no, part, sheet, cell, theirs, their_no, their_said, my_said, is_open, is_changed, is_theirs_changed
)
WITH answer AS (
  SELECT s.submission_id, s.answers, a.submission_id AS base, coalesce(newest.submission_id, a.submission_id) AS theirs
  FROM intake.submission AS s
  INNER JOIN intake.answer AS a ON s.answers = a.answer_id
  LEFT JOIN LATERAL (
    SELECT max(x.submission_id) AS submission_id FROM intake.submission AS x
    WHERE x.round = s.round AND x.department = s.department AND x.place = s.place AND x.kind = 'ledger'
      AND x.submission_id < s.submission_id AND x.submission_id > a.submission_id AND x.problem IS NULL
      AND x.state <> 'withdrawn' AND x.identity ->> 'token_ok' = 'yes' AND x.identity ->> 'round' = x.round
  ) AS newest ON true
  WHERE s.submission_id = any(:ids)
), item AS (
  SELECT
    i.*, p.part, p.part_cell, p.said,
    CASE p.part
      WHEN 'figure' THEN jsonb_build_array(
        i.value, CASE WHEN i.value IS NULL THEN coalesce(i.text, '') END, i.repaired, coalesce(i.missing_type, '')
      )
      ELSE to_jsonb(p.said)
    END AS meant
  FROM intake.item AS i
  CROSS JOIN LATERAL (
    SELECT 'figure' AS part, i.cell AS part_cell, coalesce(nullif(i.text, ''), nullif(i.missing_type, ''), '—') AS said
    UNION ALL
    SELECT 'reason', i.reason_cell, coalesce(nullif(i.reason, ''), '—')
    UNION ALL
    SELECT 'evidence', i.evidence_cell, coalesce(nullif(i.evidence, ''), '—')
  ) AS p
  WHERE i.submission_id IN (
    SELECT unnest(ARRAY[a.submission_id, a.base, a.theirs]) FROM answer AS a
  )
)
SELECT
  answer.submission_id, mine.item_no, mine.part, mine.sheet, coalesce(nullif(mine.part_cell, ''), mine.cell),
  coalesce(theirs.submission_id, base.submission_id), coalesce(theirs.item_no, base.item_no),
  coalesce(theirs.said, base.said), mine.said,
  opened.cell IS NOT NULL,
  mine.meant <> base.meant, coalesce(theirs.meant, base.meant) NOT IN (base.meant, mine.meant)
FROM answer
INNER JOIN item AS mine ON answer.submission_id = mine.submission_id
INNER JOIN item AS base
  ON answer.base = base.submission_id AND mine.part = base.part AND mine.form = base.form
    AND mine.definition = base.definition AND mine.place = base.place AND mine.period = base.period
LEFT JOIN item AS theirs
  ON answer.theirs = theirs.submission_id AND mine.part = theirs.part AND mine.form = theirs.form
    AND mine.definition = theirs.definition AND mine.place = theirs.place AND mine.period = theirs.period
LEFT JOIN intake.answer_cell AS opened
  ON answer.answers = opened.answer_id AND mine.sheet = opened.sheet AND mine.part_cell = opened.cell

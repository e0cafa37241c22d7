-- Which answer workbook a delivery is: one made for the same round, department and place; any other claim is told.
WITH claimed AS (
  SELECT mine.submission_id, a.answer_id
  FROM intake.submission AS mine
  LEFT JOIN (
    intake.answer AS a INNER JOIN intake.submission AS base ON a.submission_id = base.submission_id
  ) ON a.answer_id::text = mine.identity ->> 'answer' AND mine.identity ->> 'token_ok' = 'yes'
    AND base.round = mine.round AND base.department = mine.department AND base.place = mine.place
    AND base.round = mine.identity ->> 'round'
  WHERE mine.submission_id = any(:ids) AND coalesce(mine.identity ->> 'answer', '') <> ''
)
UPDATE intake.submission AS s
SET
  answers = c.answer_id,
  identity = CASE
    WHEN c.answer_id IS NULL THEN s.identity || jsonb_build_object('answer_foreign', s.identity ->> 'answer')
    ELSE s.identity
  END
FROM claimed AS c
WHERE s.submission_id = c.submission_id
RETURNING s.submission_id, s.answers

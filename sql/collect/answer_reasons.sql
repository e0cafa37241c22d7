-- A missing mark that needs a reason and was chosen in an answer: its explanation is the reason, where 说明 is locked.
UPDATE intake.item AS i SET reason = t.text
FROM pg_temp.told AS t
INNER JOIN pg_temp.answer_part AS p ON t.submission_id = p.submission_id AND p.part = 'figure'
WHERE i.submission_id = p.submission_id AND i.item_no = p.item_no AND p.is_open AND p.is_changed
  AND i.form = t.form AND i.definition = t.definition AND i.place = t.place AND i.period = t.period
  AND i.missing_type = any(:marks) AND coalesce(btrim(i.reason), '') = ''

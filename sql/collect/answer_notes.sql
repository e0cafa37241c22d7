-- Notes on cells of answers that were changed though they were locked, or that another delivery changed differently.
INSERT INTO intake.merge_note (submission_id, sheet, cell, kind, kept, said)
SELECT DISTINCT ON (p.submission_id, p.sheet, p.cell)
  p.submission_id, p.sheet, p.cell, CASE WHEN p.is_open THEN 'both' ELSE 'locked' END,
  CASE WHEN p.is_open THEN p.my_said ELSE p.their_said END,
  CASE WHEN p.is_open THEN p.their_said ELSE p.my_said END
FROM pg_temp.answer_part AS p
WHERE p.is_changed AND (p.is_theirs_changed OR NOT p.is_open)
  AND (p.is_open OR p.my_said <> p.their_said)
ORDER BY p.submission_id, p.sheet, p.cell, p.part

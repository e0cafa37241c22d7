-- Items of answers as they count: what was unlocked and changed is the answer's, everything else stays as it counted.
UPDATE intake.item AS i
SET
  text = CASE WHEN kept.figure THEN theirs.text ELSE i.text END,
  value = CASE WHEN kept.figure THEN theirs.value ELSE i.value END,
  missing_type = CASE WHEN kept.figure THEN theirs.missing_type ELSE i.missing_type END,
  status = CASE WHEN kept.figure THEN theirs.status ELSE i.status END,
  repaired = CASE WHEN kept.figure THEN theirs.repaired ELSE i.repaired END,
  reason = CASE WHEN kept.reason THEN theirs.reason ELSE i.reason END,
  is_synthetic = CASE WHEN kept.reason THEN theirs.is_synthetic ELSE i.is_synthetic END,
  evidence = CASE WHEN kept.evidence THEN theirs.evidence ELSE i.evidence END
FROM (
  SELECT
    p.submission_id, p.item_no, p.theirs, p.their_no,
    bool_or(p.part = 'figure' AND NOT (p.is_open AND p.is_changed)) AS figure,
    bool_or(p.part = 'reason' AND NOT (p.is_open AND p.is_changed)) AS reason,
    bool_or(p.part = 'evidence' AND NOT (p.is_open AND p.is_changed)) AS evidence
  FROM pg_temp.answer_part AS p
  GROUP BY p.submission_id, p.item_no, p.theirs, p.their_no
) AS kept
INNER JOIN intake.item AS theirs ON kept.theirs = theirs.submission_id AND kept.their_no = theirs.item_no
WHERE i.submission_id = kept.submission_id AND i.item_no = kept.item_no

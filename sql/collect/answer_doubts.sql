-- What was noticed when answers were merged, in words beside the identity, as rules on whole workbooks want it.
UPDATE intake.submission AS s
SET identity = s.identity || jsonb_strip_nulls(jsonb_build_object(
  'merged_locked', (
    SELECT string_agg(concat(n.sheet, '!', n.cell, ' ', n.kept, ' ← ', n.said), '；' ORDER BY n.sheet, n.cell)
    FROM intake.merge_note AS n WHERE n.submission_id = s.submission_id AND n.kind = 'locked'
  ),
  'merged_both', (
    SELECT string_agg(concat(n.sheet, '!', n.cell, ' ', n.kept, ' / ', n.said), '；' ORDER BY n.sheet, n.cell)
    FROM intake.merge_note AS n WHERE n.submission_id = s.submission_id AND n.kind = 'both'
  ),
  'answer_unclear', (
    SELECT string_agg(t.unclear, '；' ORDER BY t.sheet, t.cell)
    FROM pg_temp.told AS t WHERE t.submission_id = s.submission_id
  )
))
WHERE s.submission_id = any(:ids)

-- The figure of a form that a finding stands at, in its value cell or beside it.
SELECT i.submission_id, i.value
FROM quality.finding AS f
INNER JOIN intake.submission AS s ON f.submission_id = s.submission_id
INNER JOIN intake.item AS i
  ON f.submission_id = i.submission_id AND f.sheet = i.sheet
    AND f.cell IN (i.cell, i.missing_cell, i.reason_cell, i.evidence_cell)
WHERE f.finding_id = :id AND s.kind = 'ledger' AND i.type = 'number'
  AND s.state NOT IN ('superseded', 'withdrawn', 'unclaimed')

-- What workbooks of the year before said, where one figure and no other stands: history until it is reconciled.
SELECT i.definition, i.place, min(i.value) AS previous, min(i.unit) AS previous_unit
FROM intake.submission AS s
INNER JOIN intake.item AS i ON s.submission_id = i.submission_id AND s.period = i.period
WHERE s.kind = 'ledger' AND s.period = intake.year_before(:period) AND i.value IS NOT NULL
  AND s.state NOT IN ('superseded', 'withdrawn', 'returned', 'unclaimed') AND s.identity ->> 'round' = s.round
  AND i.definition = any(cast(:definitions AS text [])) AND i.place = any(cast(:places AS text []))
GROUP BY i.definition, i.place
HAVING count(*) = 1

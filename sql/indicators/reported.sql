-- Figures of the periods in question as they would count if all that was delivered were accepted.
INSERT INTO pg_temp.reported (place, period, definition, value)
WITH needed AS (
  SELECT DISTINCT n.definition FROM pg_temp.formula_input AS n
), periods AS (
  SELECT DISTINCT w.period FROM pg_temp.weighed AS w
)
SELECT i.place, i.period, i.definition, max(i.value) AS value
FROM intake.item AS i
INNER JOIN intake.submission AS s ON i.submission_id = s.submission_id
WHERE s.kind = 'ledger' AND s.state IN ('parsed', 'validated', 'in_review', 'accepted') AND i.value IS NOT NULL
  AND i.definition IN (SELECT needed.definition FROM needed) AND i.period IN (SELECT periods.period FROM periods)
GROUP BY i.place, i.period, i.definition
UNION ALL
SELECT v.place, v.period, v.definition, v.value
FROM warehouse.reconciled_value AS v
WHERE v.definition IN (SELECT needed.definition FROM needed) AND v.period IN (SELECT periods.period FROM periods)
  AND NOT EXISTS (
    SELECT 1 FROM intake.item AS i
    INNER JOIN intake.submission AS s ON i.submission_id = s.submission_id
    WHERE s.kind = 'ledger' AND s.state IN ('parsed', 'validated', 'in_review', 'accepted') AND i.value IS NOT NULL
      AND i.definition = v.definition AND i.place = v.place AND i.period = v.period
  )

-- Open findings whose figure an indicator reads, each as delivered and with its proposal.
INSERT INTO pg_temp.weighed (finding_id, variant, place, period, definition, value)
SELECT f.finding_id, v.variant, f.place, f.period, f.definition, v.value
FROM quality.finding AS f
INNER JOIN intake.item AS i
  ON f.submission_id = i.submission_id AND f.form = i.form AND f.definition = i.definition AND f.place = i.place
    AND f.period = i.period
CROSS JOIN LATERAL (
  VALUES ('delivered', i.value), ('would_be', f.would_be)
) AS v (variant, value)
WHERE f.submission_id = any(:ids) AND f.state IN ('open', 'explained') AND i.type = 'number'
  AND f.definition IN (SELECT n.definition FROM pg_temp.formula_input AS n)
  AND (v.variant <> 'would_be' OR f.would_be IS NOT NULL)

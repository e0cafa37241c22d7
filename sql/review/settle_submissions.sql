-- Submissions whose forms were all decided are accepted, or returned where one form is, also one that was accepted before.
UPDATE intake.submission AS s SET state = outcome.state
FROM (
  SELECT
    s.submission_id,
    CASE
      WHEN count(DISTINCT i.form) > count(DISTINCT d.form) THEN 'in_review'
      WHEN bool_or(d.action IN ('return_form_by_rule', 'return_form')) THEN 'returned' ELSE 'accepted'
    END AS state
  FROM intake.submission AS s
  INNER JOIN (SELECT DISTINCT x.submission_id, x.form FROM intake.item AS x) AS i ON s.submission_id = i.submission_id
  LEFT JOIN quality.form_decision AS d
    ON s.submission_id = d.submission_id AND i.form = d.form AND d.action <> 'reopen_form'
  WHERE s.state IN ('validated', 'in_review', 'accepted')
  GROUP BY s.submission_id
) AS outcome
WHERE s.submission_id = outcome.submission_id AND s.state <> outcome.state

-- Obligations all of whose items are asked elsewhere: exempt by rule until somebody resumes them.
WITH empty AS (
  SELECT o.obligation_id FROM intake.obligation AS o
  WHERE o.round = :round AND o.state = '未下发' AND NOT EXISTS (
    SELECT 1 FROM round_item AS r
    LEFT JOIN intake.asked_once AS a
      ON a.round = :round AND r.form = a.form AND r.definition = a.definition AND r.department = a.department
      AND r.place = a.place AND a.action = 'dropped'
    WHERE r.form = o.form AND r.department = o.department AND r.place = o.place AND a.form IS NULL
  )
), told AS (
  INSERT INTO intake.obligation_event (obligation_id, action, until, who, why)
  SELECT obligation_id, 'exempt', 'infinity', 'rule', '全部指标已由其他表填报（一数一源）' FROM empty
)
UPDATE intake.obligation AS o SET state = '豁免', until = 'infinity', changed_at = now()
FROM empty AS e WHERE o.obligation_id = e.obligation_id

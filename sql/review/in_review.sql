-- What is asked about is under review.
UPDATE intake.obligation AS o SET state = '审核中', changed_at = now()
FROM quality.form_standing AS j
WHERE o.submission_id = j.submission_id AND o.form = j.form AND j.asked AND NOT j.blocked AND o.state = '已报送'

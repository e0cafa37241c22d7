-- Pass these forms (通过): their obligations are met.
WITH decided AS (
  SELECT d.submission_id, d.form
  FROM quality.decide(:act, (
    SELECT array_agg(row(x.submission_id, x.form, NULL, NULL, NULL, NULL, FALSE)::quality.ruling)
    FROM unnest(cast(:submissions AS bigint []), cast(:forms AS text [])) AS x (submission_id, form)
  ), :who, :why, NULL, NULL, :sample) AS d
), met AS (
  UPDATE intake.obligation AS o SET state = '已通过', accepted_by = :who, changed_at = now()
  FROM decided AS d
  WHERE o.submission_id = d.submission_id AND o.form = d.form
)
SELECT d.submission_id, d.form FROM decided AS d

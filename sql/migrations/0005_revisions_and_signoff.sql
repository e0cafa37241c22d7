-- What a revision changed, which findings stand from the revision before, and whose sign-off was confirmed.

-- ---------------------------------------------------------------- revisions
CREATE FUNCTION intake.changed_items(later bigint, earlier bigint) RETURNS TABLE (
  item_no integer, sheet text, cell text, form text, definition text, place text, period text,
  old_said text, new_said text
)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
  SELECT
    coalesce(n.item_no, o.item_no), coalesce(n.sheet, o.sheet), coalesce(n.cell, o.cell), coalesce(n.form, o.form),
    coalesce(n.definition, o.definition), coalesce(n.place, o.place), coalesce(n.period, o.period),
    coalesce(nullif(o.text, ''), nullif(o.missing_type, ''), '—') AS old_said,
    coalesce(nullif(n.text, ''), nullif(n.missing_type, ''), '—') AS new_said
  FROM (SELECT * FROM intake.item WHERE submission_id = later) AS n
  FULL JOIN (SELECT * FROM intake.item WHERE submission_id = earlier) AS o
    ON n.form = o.form AND n.definition = o.definition AND n.place = o.place AND n.period = o.period
  WHERE n.item_no IS NULL OR o.item_no IS NULL OR n.value IS DISTINCT FROM o.value OR n.status <> o.status
    OR coalesce(n.missing_type, '') <> coalesce(o.missing_type, '')
    OR (n.value IS NULL AND coalesce(n.text, '') <> coalesce(o.text, ''));
END;
COMMENT ON FUNCTION intake.changed_items(bigint, bigint) IS
'修订改动的格：数值或缺数类型与前一次不同 / figures of a submission that are not what another one said';

ALTER TABLE quality.finding ADD COLUMN same_as bigint REFERENCES quality.finding ON DELETE SET NULL;
CREATE INDEX ON quality.finding (same_as);
CREATE INDEX ON quality.explanation (finding_id);
ALTER TABLE quality.validation_run ADD COLUMN changed integer NOT NULL DEFAULT 0;

-- What was decided of a form last holds; it can be opened again, so one action may come twice.
ALTER TABLE quality.decision DROP CONSTRAINT decision_action_submission_id_form_finding_id_key;
ALTER TABLE quality.decision DROP CONSTRAINT decision_action_check;
ALTER TABLE quality.decision ADD CHECK (action IN (
  'accept_form_by_rule', 'return_form_by_rule', 'accept_finding', 'correct_value', 'return_form', 'accept_form',
  'reopen_form'
));
CREATE INDEX ON quality.decision (submission_id, form, decision_id);
CREATE VIEW quality.form_decision AS
SELECT DISTINCT ON (d.submission_id, d.form)
  d.submission_id, d.form, d.decision_id, d.action, d.who, d.why, d.decided_at
FROM quality.decision AS d
WHERE d.action IN ('accept_form', 'accept_form_by_rule', 'return_form', 'return_form_by_rule', 'reopen_form')
ORDER BY d.submission_id, d.form, d.decision_id DESC;
COMMENT ON VIEW quality.form_decision IS '各表最近一次裁定 / what was decided of a form last';

-- ---------------------------------------------------------------- sign-off
CREATE FUNCTION intake.values_hash(submission bigint) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE RETURN (
  SELECT encode(sha256(convert_to(string_agg(
    concat_ws('|', i.form, i.definition, i.place, i.period, coalesce(i.value::text, i.text), i.missing_type), E'\n'
    ORDER BY i.form, i.definition, i.place, i.period
  ), 'UTF8')), 'hex')
  FROM intake.item AS i WHERE i.submission_id = submission
);
COMMENT ON FUNCTION intake.values_hash(bigint) IS
'报送件数值与缺数类型的指纹（SHA-256）/ hash over the canonical values of a submission';

CREATE TABLE intake.signoff (
  signoff_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  submission_id bigint NOT NULL REFERENCES intake.submission,
  paper_code text NOT NULL,
  file_code text NOT NULL,
  agrees boolean GENERATED ALWAYS AS (paper_code = file_code) STORED,
  values_hash text NOT NULL,
  scan_sha256 text,
  carried_from bigint REFERENCES intake.signoff,
  who text NOT NULL CHECK (btrim(who) <> ''),
  recorded_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON intake.signoff (submission_id, signoff_id DESC);
COMMENT ON TABLE intake.signoff IS
'签章核对：纸质校验码与文件校验码是否一致，绑定扫描件和数值 / confirmations that the code on paper is the code of the file';
COMMENT ON COLUMN intake.signoff.carried_from IS '数值和扫描件未变，沿用前一次报送的核对 / carried over: nothing that was signed changed';

CREATE VIEW intake.signoff_state AS
SELECT
  s.submission_id, mine.signoff_id, mine.paper_code, mine.file_code, mine.who, mine.recorded_at,
  before.submission_id AS signed_before,
  CASE
    WHEN mine.agrees THEN 'confirmed' WHEN NOT mine.agrees THEN 'differs'
    WHEN before.submission_id IS NOT NULL THEN 'void' ELSE 'awaited'
  END AS state
FROM intake.submission AS s
LEFT JOIN LATERAL (
  SELECT * FROM intake.signoff AS x WHERE x.submission_id = s.submission_id ORDER BY x.signoff_id DESC LIMIT 1
) AS mine ON true
LEFT JOIN LATERAL (
  SELECT e.submission_id FROM intake.submission AS e INNER JOIN intake.signoff AS x ON e.submission_id = x.submission_id
  WHERE e.round = s.round AND e.department = s.department AND e.place = s.place
    AND e.submission_id < s.submission_id AND x.agrees
  ORDER BY x.signoff_id DESC LIMIT 1
) AS before ON true
WHERE s.kind = 'ledger';
COMMENT ON VIEW intake.signoff_state IS
'签章状态：待核对、已核对、不符、须重新核对 / sign-off: awaited, confirmed, differs, void since figures changed';

-- ---------------------------------------------------------------- evidence
ALTER TABLE intake.evidence ADD COLUMN kind text;

GRANT SELECT, INSERT ON intake.signoff TO lcm_app;
GRANT SELECT ON intake.signoff_state, quality.form_decision TO lcm_app;
REVOKE DELETE ON quality.finding FROM lcm_app;
GRANT EXECUTE ON FUNCTION intake.changed_items(bigint, bigint), intake.values_hash(bigint) TO lcm_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA intake TO lcm_app;

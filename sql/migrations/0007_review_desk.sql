-- The review desk: every act is a link of its round's chain, written by one function; corrections, second persons,
-- undoing, what a finding weighs, and the workbooks that go back to departments.

-- ---------------------------------------------------------------- the record
ALTER TABLE quality.decision
ADD COLUMN round text,
ADD COLUMN link integer,
ADD COLUMN code text,
ADD COLUMN earlier bigint REFERENCES quality.decision,
ADD COLUMN needs_second boolean NOT NULL DEFAULT false,
ADD COLUMN about text;
ALTER TABLE quality.decision DROP CONSTRAINT decision_action_check;
ALTER TABLE quality.decision ADD CHECK (action IN (
  'accept_form_by_rule', 'return_form_by_rule', 'accept_finding', 'correct_value', 'return_form', 'accept_form',
  'reopen_form', 'confirm', 'undo'
));
ALTER TABLE quality.decision ADD CHECK (action <> 'correct_value' OR new_value IS NOT NULL);
ALTER TABLE quality.decision ADD CHECK (action NOT IN ('confirm', 'undo') OR earlier IS NOT NULL);
CREATE INDEX ON quality.decision (round, link);
CREATE INDEX ON quality.decision (finding_id) WHERE finding_id IS NOT NULL;
CREATE UNIQUE INDEX decision_once_undone ON quality.decision (earlier) WHERE action = 'undo';
CREATE UNIQUE INDEX decision_once_confirmed ON quality.decision (earlier) WHERE action = 'confirm';
COMMENT ON COLUMN quality.decision.round IS '轮次，决定写进哪一条链 / round, whose chain holds it';
COMMENT ON COLUMN quality.decision.link IS '链上第几环；一次批量裁定是一环 / link of the chain; a bulk decision is one link';
COMMENT ON COLUMN quality.decision.code IS '原因代码 / reason code';
COMMENT ON COLUMN quality.decision.earlier IS '复核、撤销或沿用的是哪一条裁定 / the decision that is confirmed, undone or carried over';
COMMENT ON COLUMN quality.decision.needs_second IS '须第二人复核，复核前不生效 / counts only once a second person confirmed';
COMMENT ON COLUMN quality.decision.about IS '裁定时问题的位置、规则和所报数 / where, which rule and what was found, as it was then';

CREATE TABLE quality.link (
  round text NOT NULL,
  seq integer NOT NULL CHECK (seq > 0),
  action text NOT NULL,
  who text NOT NULL,
  why text NOT NULL,
  decisions integer NOT NULL,
  decided_at timestamptz NOT NULL,
  rows_hash text NOT NULL,
  previous text NOT NULL,
  hash text NOT NULL,
  PRIMARY KEY (round, seq)
);
COMMENT ON TABLE quality.link IS
'裁定链：每一环记下这次裁定的全部行的指纹和前一环的指纹 / chain of decisions: hash of an act''s rows and of the link before';

CREATE FUNCTION quality.rows_hash(of_round text, of_link integer) RETURNS text
LANGUAGE sql STABLE RETURN (
  SELECT encode(sha256(convert_to(coalesce(string_agg(jsonb_build_array(
    d.decision_id, d.action, d.submission_id, d.form, d.finding_id, d.earlier, d.old_value, d.new_value, d.basis,
    d.code, d.who, d.why, d.needs_second, d.is_sample, d.about, extract(EPOCH FROM d.decided_at)
  )::text, E'\n' ORDER BY d.decision_id), ''), 'UTF8')), 'hex')
  FROM quality.decision AS d WHERE d.round = of_round AND d.link = of_link
);
CREATE FUNCTION quality.link_hash(l quality.link) RETURNS text
LANGUAGE sql STABLE RETURN encode(sha256(convert_to(jsonb_build_array(
  (l).round, (l).seq, (l).action, (l).who, (l).why, (l).decisions, extract(EPOCH FROM (l).decided_at), (l).rows_hash,
  (l).previous
)::text, 'UTF8')), 'hex');
CREATE FUNCTION quality.add_links(act text, by_whom text, because text, after bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $links$
DECLARE
  made quality.link;
BEGIN
  FOR made IN
    SELECT
      d.round, d.link, act, by_whom, because, count(*)::integer, max(d.decided_at), quality.rows_hash(d.round, d.link),
      coalesce((SELECT l.hash FROM quality.link AS l WHERE l.round = d.round AND l.seq = d.link - 1), ''), ''
    FROM quality.decision AS d
    WHERE d.decision_id > after
    GROUP BY d.round, d.link
  LOOP
    made.hash := quality.link_hash(made);
    INSERT INTO quality.link SELECT made.*;
  END LOOP;
END $links$;
REVOKE EXECUTE ON FUNCTION quality.add_links(text, text, text, bigint) FROM public;

CREATE TYPE quality.ruling AS (
  submission_id bigint, form text, finding_id bigint, earlier bigint, old_value double precision,
  new_value double precision, needs_second boolean
);
CREATE FUNCTION quality.decide(
  act text, rulings quality.ruling[], by_whom text, because text, reason_code text, on_basis text, sample boolean
) RETURNS TABLE (decision_id bigint, submission_id bigint, form text, finding_id bigint, earlier bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $decide$
#variable_conflict use_column
DECLARE
  newest bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('review.decide'));
  IF coalesce(cardinality(rulings), 0) = 0 THEN
    RETURN;
  END IF;
  SELECT coalesce(max(d.decision_id), 0) INTO newest FROM quality.decision AS d;
  INSERT INTO quality.decision (
    action, submission_id, form, finding_id, earlier, old_value, new_value, basis, code, who, why, needs_second,
    is_sample, decided_at, round, link, about
  )
  SELECT
    act, r.submission_id, r.form, r.finding_id, r.earlier, r.old_value, r.new_value, on_basis,
    coalesce(reason_code, e.code), coalesce(by_whom, e.who), coalesce(because, e.why), coalesce(r.needs_second, false),
    coalesce(sample, e.is_sample), clock_timestamp(), coalesce(s.round, ''),
    1 + coalesce((SELECT max(l.seq) FROM quality.link AS l WHERE l.round = coalesce(s.round, '')), 0),
    concat_ws(' ', s.sha256, nullif(concat_ws('!', nullif(f.sheet, ''), nullif(f.cell, '')), ''), f.rule_id, f.found)
  FROM unnest(rulings) WITH ORDINALITY AS r (submission_id, form, finding_id, earlier, old_value, new_value,
    needs_second, turn)
  LEFT JOIN intake.submission AS s ON r.submission_id = s.submission_id
  LEFT JOIN quality.finding AS f ON r.finding_id = f.finding_id
  LEFT JOIN quality.decision AS e ON r.earlier = e.decision_id AND by_whom IS NULL
  ORDER BY s.round, r.turn;
  PERFORM quality.add_links(act, coalesce(by_whom, 'rule'), coalesce(because, on_basis), newest);
  INSERT INTO quality.outbox (decision_id) SELECT d.decision_id FROM quality.decision AS d WHERE d.decision_id > newest;
  RETURN QUERY SELECT d.decision_id, d.submission_id, d.form, d.finding_id, d.earlier
  FROM quality.decision AS d WHERE d.decision_id > newest;
END $decide$;
COMMENT ON FUNCTION quality.decide(text, quality.ruling[], text, text, text, text, boolean) IS
'写裁定的唯一入口：加锁、写裁定、接上本轮的链、记下待办；不写谁定的就沿用原裁定 / the one way to write decisions: lock, rows, link, outbox; without a person the earlier decision''s holds';

-- What was decided before there was a chain is sealed as the first link of each round.
UPDATE quality.decision AS d SET round = coalesce(s.round, ''), link = 1
FROM quality.decision AS me LEFT JOIN intake.submission AS s ON me.submission_id = s.submission_id
WHERE d.decision_id = me.decision_id;
ALTER TABLE quality.decision ALTER COLUMN round SET NOT NULL, ALTER COLUMN link SET NOT NULL;
SELECT quality.add_links('seal', 'rule', '启用裁定链之前的裁定 / decided before the chain began', 0);

ALTER TABLE report.build ADD COLUMN chain text;
COMMENT ON COLUMN report.build.chain IS '出表时各轮裁定链的链头，印在工作簿上 / heads of the chains when it was built, printed in the workbook';

REVOKE INSERT ON quality.decision, quality.outbox FROM lcm_app;
GRANT SELECT ON quality.link TO lcm_app;
REVOKE EXECUTE ON FUNCTION quality.decide(text, quality.ruling[], text, text, text, text, boolean) FROM public;
GRANT EXECUTE ON FUNCTION quality.decide(text, quality.ruling[], text, text, text, text, boolean) TO lcm_app;

CREATE VIEW quality.decision_state AS
SELECT
  d.*, undo.who AS undone_by, second.who AS confirmed_by,
  CASE
    WHEN undo.decision_id IS NOT NULL THEN 'undone'
    WHEN d.needs_second AND second.decision_id IS NULL THEN 'pending' ELSE 'in_force'
  END AS state
FROM quality.decision AS d
LEFT JOIN quality.decision AS undo ON d.decision_id = undo.earlier AND undo.action = 'undo'
LEFT JOIN quality.decision AS second ON d.decision_id = second.earlier AND second.action = 'confirm';
COMMENT ON VIEW quality.decision_state IS '裁定是否生效：生效、待复核、已撤销 / whether a decision is in force, pending or undone';

-- ---------------------------------------------------------------- findings
ALTER TABLE quality.finding
ADD COLUMN awaits bigint REFERENCES quality.decision,
ADD COLUMN moves boolean NOT NULL DEFAULT false,
ADD COLUMN impact jsonb;
COMMENT ON COLUMN quality.finding.awaits IS '等第二人复核的裁定 / the decision that waits for a second person';
COMMENT ON COLUMN quality.finding.moves IS '按建议值更正会改变达标或位次 / its proposal would flip an attainment or move a rank';
COMMENT ON COLUMN quality.finding.impact IS '影响哪些指标 / the indicators it would change';
DROP INDEX quality.finding_queue;
CREATE INDEX finding_queue ON quality.finding (round, effect DESC, finding_id DESC)
WHERE state IN ('open', 'explained') AND awaits IS NULL;
CREATE INDEX finding_queue_place ON quality.finding (round, place, effect DESC, finding_id DESC)
WHERE state IN ('open', 'explained') AND awaits IS NULL;
CREATE INDEX finding_queue_department ON quality.finding (round, department, effect DESC, finding_id DESC)
WHERE state IN ('open', 'explained') AND awaits IS NULL;
CREATE INDEX finding_queue_rule ON quality.finding (round, rule_id, effect DESC, finding_id DESC)
WHERE state IN ('open', 'explained') AND awaits IS NULL;
CREATE INDEX finding_awaits ON quality.finding (round, finding_id) WHERE awaits IS NOT NULL;
CREATE INDEX finding_key ON quality.finding (definition, place, period);

CREATE VIEW quality.correction AS
SELECT DISTINCT ON (d.submission_id, f.sheet, f.cell)
  d.submission_id, f.form, f.sheet, f.cell, f.definition, f.place, f.period, d.old_value, d.new_value, d.decision_id,
  d.who, d.why, d.basis, d.decided_at
FROM quality.decision_state AS d
INNER JOIN quality.finding AS f ON d.finding_id = f.finding_id
WHERE d.action = 'correct_value' AND d.state = 'in_force'
ORDER BY d.submission_id, f.sheet, f.cell, d.decision_id DESC;
COMMENT ON VIEW quality.correction IS '生效的更正 / corrections in force, one a cell';

CREATE VIEW quality.form_standing AS
SELECT
  form.submission_id, form.form,
  coalesce(bool_or(f.severity = 'block' AND f.state NOT IN ('closed', 'corrected') AND f.awaits IS NULL), false) AS blocked,
  coalesce(bool_or(
    f.awaits IS NOT NULL OR (f.severity = 'ask' AND f.state IN ('open', 'explained'))
  ), false) AS asked,
  min(last.action) AS last_action
FROM (
  SELECT DISTINCT i.submission_id, i.form
  FROM intake.item AS i
  INNER JOIN intake.submission AS s ON i.submission_id = s.submission_id
  WHERE s.state IN ('validated', 'in_review')
) AS form
LEFT JOIN quality.finding AS f ON form.submission_id = f.submission_id AND coalesce(f.form, form.form) = form.form
LEFT JOIN quality.form_decision AS last ON form.submission_id = last.submission_id AND form.form = last.form
GROUP BY form.submission_id, form.form;
COMMENT ON VIEW quality.form_standing IS
'审核中的各表：是否有须改正、有待说明或待复核的问题 / forms under review: whether something blocks, or is asked or awaited';
GRANT SELECT ON quality.decision_state, quality.correction, quality.form_standing TO lcm_app;

CREATE OR REPLACE VIEW warehouse.retired AS
SELECT o.obs_id, o.period
FROM warehouse.observation AS o
INNER JOIN intake.submission AS s ON o.submission_id = s.submission_id
WHERE s.kind = 'table' AND s.state IN ('superseded', 'withdrawn')
UNION ALL
SELECT o.obs_id, o.period
FROM quality.form_decision AS d
INNER JOIN warehouse.observation AS o ON d.submission_id = o.submission_id AND o.source = 'ledger_' || d.form
WHERE d.action IN ('return_form', 'return_form_by_rule', 'reopen_form')
UNION ALL
SELECT o.obs_id, o.period
FROM quality.decision AS d
INNER JOIN warehouse.observation AS o ON d.earlier = o.decision_id
WHERE d.action = 'undo';
COMMENT ON VIEW warehouse.retired IS
'已被取代或撤回的统计表、通过后又打回的报表、已撤销的更正的观测值，不再计入 / observations of tables that were superseded or withdrawn, of forms that were returned after all, and of corrections that were undone: they count nowhere';
CREATE INDEX observation_decision ON warehouse.observation (decision_id) WHERE decision_id IS NOT NULL;

-- Whether a target is met, and how far it is; design allows progress only with a baseline, or where more is better.
CREATE FUNCTION warehouse.is_met(
  direction text, value double precision, target double precision, low double precision, high double precision
) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN CASE
  WHEN value IS NULL THEN NULL WHEN direction = 'higher' THEN value >= target WHEN direction = 'lower' THEN value <= target
  ELSE value BETWEEN low AND high
END;
CREATE FUNCTION warehouse.progress(
  direction text, value double precision, target double precision, baseline double precision
) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN CASE
  WHEN direction = 'range' THEN NULL
  WHEN baseline IS NOT NULL AND target <> baseline THEN 100 * (value - baseline) / (target - baseline)
  WHEN direction = 'higher' AND target > 0 THEN 100 * value / target
END;
GRANT EXECUTE ON FUNCTION warehouse.is_met(text, double precision, double precision, double precision, double precision),
warehouse.progress(text, double precision, double precision, double precision) TO lcm_app, lcm_reader;

-- ---------------------------------------------------------------- what goes back to departments, and comes back
ALTER TABLE quality.explanation ADD COLUMN code text, ADD COLUMN valid_until date;
CREATE TABLE intake.answer (
  answer_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  submission_id bigint NOT NULL REFERENCES intake.submission,
  nth integer NOT NULL CHECK (nth > 0),
  due date,
  who text NOT NULL,
  made_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (submission_id, nth)
);
COMMENT ON TABLE intake.answer IS '答复件：退给部门的工作簿 / answer workbooks: a department''s own file, sent back to be corrected';
CREATE TABLE intake.answer_cell (
  answer_id bigint NOT NULL REFERENCES intake.answer,
  sheet text NOT NULL,
  cell text NOT NULL,
  role text NOT NULL,
  form text,
  definition text,
  place text,
  period text,
  PRIMARY KEY (answer_id, sheet, cell)
);
COMMENT ON TABLE intake.answer_cell IS '答复件中可以修改的格 / cells of an answer workbook that were unlocked';
ALTER TABLE intake.submission ADD COLUMN answers bigint REFERENCES intake.answer;
CREATE TABLE intake.merge_note (
  submission_id bigint NOT NULL REFERENCES intake.submission,
  sheet text NOT NULL,
  cell text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('locked', 'both')),
  kept text NOT NULL,
  said text NOT NULL,
  PRIMARY KEY (submission_id, sheet, cell, kind)
);
COMMENT ON TABLE intake.merge_note IS
'答复件逐格合并时的说明：改了未开放的格，或同一格两份答复不同 / cells of an answer that were locked, or that two answers changed';
GRANT SELECT, INSERT ON intake.answer, intake.answer_cell, intake.merge_note TO lcm_app;
GRANT DELETE ON intake.merge_note TO lcm_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA intake TO lcm_app;

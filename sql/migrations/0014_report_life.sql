-- Report builds: what is frozen, who asked for it, and its life: approved by a second person, released, restored.

ALTER TABLE report.build
ADD COLUMN places text[] NOT NULL DEFAULT '{}',
ADD COLUMN formats text[] NOT NULL DEFAULT '{xlsx}',
ADD COLUMN frozen text,
ADD COLUMN is_sample boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN report.build.places IS '包括哪些地区，空为全部 / places it covers, all when empty';
COMMENT ON COLUMN report.build.formats IS '写成哪些格式 / formats that were written';
COMMENT ON COLUMN report.build.frozen IS '冻结的输入：清单的 SHA-256 / SHA-256 of the list of its frozen inputs';
COMMENT ON COLUMN report.build.is_sample IS '是否样例 / made of sample data';
ALTER TABLE report.artifact ADD COLUMN format text NOT NULL DEFAULT 'xlsx';
CREATE UNIQUE INDEX build_in_force ON report.build (framework, period, places) WHERE state IN ('released', 'restored');

CREATE TABLE report.input (
  build_id bigint NOT NULL REFERENCES report.build,
  submission_id bigint NOT NULL,
  PRIMARY KEY (build_id, submission_id)
);
COMMENT ON TABLE report.input IS '报告的数出自哪些报送件 / submissions whose figures stand in a build';

CREATE TABLE report.request (
  request_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  framework text NOT NULL,
  period text NOT NULL,
  places text[] NOT NULL DEFAULT '{}',
  formats text[] NOT NULL,
  who text NOT NULL CHECK (btrim(who) <> ''),
  asked_at timestamptz NOT NULL DEFAULT now(),
  state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'reading', 'writing', 'done', 'failed')),
  done integer NOT NULL DEFAULT 0,
  total integer NOT NULL DEFAULT 0,
  said text NOT NULL DEFAULT '',
  build_id bigint REFERENCES report.build,
  moved_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE report.request IS '生成报告的请求及进度 / builds that were asked for, and how far they are';

CREATE TABLE report.event (
  event_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  build_id bigint NOT NULL REFERENCES report.build,
  action text NOT NULL CHECK (action IN ('approve', 'release', 'supersede', 'restore')),
  who text NOT NULL CHECK (btrim(who) <> ''),
  why text NOT NULL CHECK (btrim(why) <> ''),
  certified_by text,
  despite text,
  obstacles jsonb NOT NULL DEFAULT '[]',
  decision_id bigint REFERENCES quality.decision,
  happened_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX ON report.event (build_id, event_id);
COMMENT ON TABLE report.event IS '报告的每一步：谁、何时、为何；只增不改 / each step of a build''s life; append-only';
COMMENT ON COLUMN report.event.certified_by IS '由哪个单位认定 / who certifies the results';
COMMENT ON COLUMN report.event.despite IS '有未决事项仍发布的理由 / why it was released in spite of what is open';
COMMENT ON COLUMN report.event.obstacles IS '发布时的未决事项 / what was open then';
ALTER TABLE report.release ADD COLUMN released_by text, ADD COLUMN certified_by text;

-- What the chain of decisions may hold, besides all it holds already.
DO $actions$
DECLARE known text;
BEGIN
  SELECT pg_get_expr(c.conbin, c.conrelid) INTO known FROM pg_constraint AS c
  WHERE c.conname = 'decision_action_check' AND c.conrelid = 'quality.decision'::regclass;
  ALTER TABLE quality.decision DROP CONSTRAINT decision_action_check;
  EXECUTE format('ALTER TABLE quality.decision ADD CONSTRAINT decision_action_check CHECK (%s OR action IN (%L, %L, %L))',
    known, 'approve_report', 'release_report', 'restore_report');
END $actions$;

CREATE FUNCTION report.obstacles(of_build bigint) RETURNS TABLE (kind text, what text, many bigint)
LANGUAGE sql STABLE SET search_path = pg_catalog AS $obstacles$
  SELECT 'signature', string_agg(s.delivered_as, '、' ORDER BY s.delivered_as), count(*)
  FROM report.input AS i
  INNER JOIN intake.submission AS s ON i.submission_id = s.submission_id
  INNER JOIN intake.signoff_state AS g ON s.submission_id = g.submission_id
  WHERE i.build_id = of_build AND s.kind = 'ledger' AND g.state <> 'confirmed'
  HAVING count(*) > 0
  UNION ALL
  SELECT 'conflict', string_agg(c.place || ' ' || c.definition, '、' ORDER BY c.place, c.definition), count(*)
  FROM report.build AS b
  INNER JOIN warehouse.conflict AS c ON b.period = c.period AND (b.places = '{}' OR c.place = ANY(b.places))
  WHERE b.build_id = of_build AND c.state = 'open' AND EXISTS (
    SELECT FROM warehouse.indicator_value AS v
    WHERE v.framework = b.framework AND v.period = b.period AND v.place = c.place AND c.definition = ANY(v.inputs)
  )
  HAVING count(*) > 0
$obstacles$;
COMMENT ON FUNCTION report.obstacles(bigint) IS
'发布前未决的事项：签章未核对、口径冲突未裁定 / what stands against a release: signatures not confirmed, conflicts open';

CREATE FUNCTION report.record(
  of_build bigint, act text, by_whom text, because text, certifier text, in_spite text
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $record$
DECLARE
  newest bigint;
  chain text;
  made bigint;
  built report.build;
  open_then jsonb;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('review.decide'));
  SELECT * INTO built FROM report.build AS b WHERE b.build_id = of_build;
  SELECT coalesce(jsonb_agg(jsonb_build_object('kind', o.kind, 'many', o.many, 'what', o.what)), '[]') INTO open_then
  FROM report.obstacles(of_build) AS o WHERE act <> 'approve';
  SELECT coalesce(max(d.decision_id), 0) INTO newest FROM quality.decision AS d;
  SELECT coalesce(min(r.round), '') INTO chain FROM intake.round AS r WHERE r.period = built.period;
  INSERT INTO quality.decision (action, who, why, needs_second, is_sample, decided_at, round, link, about)
  VALUES (
    act || '_report', by_whom, because, false, built.is_sample, clock_timestamp(), chain,
    1 + coalesce((SELECT max(l.seq) FROM quality.link AS l WHERE l.round = chain), 0),
    jsonb_build_array(of_build, built.framework, built.period, built.places, built.frozen, certifier, in_spite)::text
  )
  RETURNING decision_id INTO made;
  PERFORM quality.add_links(act || '_report', by_whom, because, newest);
  INSERT INTO report.event (build_id, action, who, why, certified_by, despite, obstacles, decision_id)
  VALUES (of_build, act, by_whom, because, certifier, in_spite, open_then, made);
END $record$;
REVOKE EXECUTE ON FUNCTION report.record(bigint, text, text, text, text, text) FROM public;

-- Each of the three answers '' when it was done, else a word that says why not.
CREATE FUNCTION report.approve(of_build bigint, by_whom text, because text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $approve$
DECLARE built report.build;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('report.life'));
  SELECT * INTO built FROM report.build AS b WHERE b.build_id = of_build FOR UPDATE;
  IF built.build_id IS NULL THEN RETURN 'no_build'; END IF;
  IF built.state <> 'draft' THEN RETURN 'not_draft'; END IF;
  IF built.requested_by = by_whom THEN RETURN 'own'; END IF;
  IF btrim(coalesce(because, '')) = '' THEN RETURN 'no_reason'; END IF;
  UPDATE report.build SET state = 'approved' WHERE build_id = of_build;
  PERFORM report.record(of_build, 'approve', by_whom, because, NULL, NULL);
  RETURN '';
END $approve$;

CREATE FUNCTION report.put_in_force(of_build bigint, becomes text, by_whom text, because text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $force$
DECLARE
  built report.build;
  earlier bigint;
BEGIN
  SELECT * INTO built FROM report.build AS b WHERE b.build_id = of_build;
  UPDATE report.build AS b SET state = 'superseded'
  WHERE b.framework = built.framework AND b.period = built.period AND b.places = built.places
    AND b.state IN ('released', 'restored') AND b.build_id <> of_build
  RETURNING b.build_id INTO earlier;
  IF earlier IS NOT NULL THEN
    INSERT INTO report.event (build_id, action, who, why) VALUES (earlier, 'supersede', by_whom, because);
  END IF;
  UPDATE report.build SET state = becomes WHERE build_id = of_build;
END $force$;
REVOKE EXECUTE ON FUNCTION report.put_in_force(bigint, text, text, text) FROM public;

CREATE FUNCTION report.release(of_build bigint, by_whom text, because text, certifier text, in_spite text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $release$
DECLARE
  built report.build;
  refused text;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('report.life'));
  SELECT * INTO built FROM report.build AS b WHERE b.build_id = of_build FOR UPDATE;
  IF built.build_id IS NULL THEN RETURN 'no_build'; END IF;
  IF built.state NOT IN ('draft', 'approved') THEN RETURN 'was_released'; END IF;
  IF btrim(coalesce(because, '')) = '' THEN RETURN 'no_reason'; END IF;
  IF btrim(coalesce(certifier, '')) = '' THEN RETURN 'no_certifier'; END IF;
  IF btrim(coalesce(in_spite, '')) = '' AND EXISTS (SELECT FROM report.obstacles(of_build)) THEN RETURN 'open'; END IF;
  IF built.state = 'draft' THEN
    refused := report.approve(of_build, by_whom, because);
    IF refused <> '' THEN RETURN refused; END IF;
  END IF;
  PERFORM report.put_in_force(of_build, 'released', by_whom, because);
  INSERT INTO report.release (build_id, approved_by, released_by, certified_by)
  SELECT of_build, e.who, by_whom, certifier FROM report.event AS e
  WHERE e.build_id = of_build AND e.action = 'approve' ORDER BY e.event_id DESC LIMIT 1;
  PERFORM report.record(of_build, 'release', by_whom, because, certifier, nullif(btrim(in_spite), ''));
  RETURN '';
END $release$;

CREATE FUNCTION report.restore(of_build bigint, by_whom text, because text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $restore$
DECLARE built report.build;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('report.life'));
  SELECT * INTO built FROM report.build AS b WHERE b.build_id = of_build FOR UPDATE;
  IF built.build_id IS NULL THEN RETURN 'no_build'; END IF;
  IF built.state <> 'superseded' THEN RETURN 'not_superseded'; END IF;
  IF btrim(coalesce(because, '')) = '' THEN RETURN 'no_reason'; END IF;
  PERFORM report.put_in_force(of_build, 'restored', by_whom, because);
  PERFORM report.record(of_build, 'restore', by_whom, because, NULL, NULL);
  RETURN '';
END $restore$;
COMMENT ON FUNCTION report.approve(bigint, text, text) IS '批准，生成人不能批准自己的版本 / approve; never one''s own build';
COMMENT ON FUNCTION report.release(bigint, text, text, text, text) IS
'发布：草稿先批准；同一体系、数据期、地区只有一版现行 / release, approving a draft first; one build in force per scope';
COMMENT ON FUNCTION report.restore(bigint, text, text) IS '恢复为现行 / put an earlier build in force again';

REVOKE INSERT, UPDATE ON report.build, report.artifact, report.release FROM lcm_app;
GRANT SELECT ON report.input, report.event TO lcm_app;
GRANT SELECT, INSERT ON report.request TO lcm_app;
REVOKE EXECUTE ON FUNCTION report.approve(bigint, text, text), report.release(bigint, text, text, text, text),
report.restore(bigint, text, text) FROM public;
GRANT EXECUTE ON FUNCTION report.approve(bigint, text, text), report.release(bigint, text, text, text, text),
report.restore(bigint, text, text), report.obstacles(bigint) TO lcm_app;

-- Which column of a sheet a cell's letters name: A is 1, Z 26, AA 27.
CREATE FUNCTION intake.column_number(letters text) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN
  CASE length(letters)
    WHEN 1 THEN ascii(letters) - 64
    WHEN 2 THEN 26 * (ascii(letters) - 64) + ascii(substr(letters, 2)) - 64
    WHEN 3 THEN 676 * (ascii(letters) - 64) + 26 * (ascii(substr(letters, 2)) - 64) + ascii(substr(letters, 3)) - 64
  END;
GRANT EXECUTE ON FUNCTION intake.column_number(text) TO lcm_app;

-- Two people are two whatever their names are written like; a request is carried out once; the chain holds a build's files.
CREATE FUNCTION app.folded_name(name text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  lower(btrim(regexp_replace(normalize(regexp_replace(coalesce(name, ''),
    '[\x01-\x08\x0E-\x1F\x7F\u00AD\u061C\u180E\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF]', '', 'g'
  ), NFKC), '\s+', ' ', 'g')));
COMMENT ON FUNCTION app.folded_name(text) IS
'姓名的统一写法：去看不见的字符和两端空格，全角半角、大小写不分 / a name as it is compared: width, case and invisible signs do not count';
CREATE FUNCTION app.same_person(one text, other text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN app.folded_name(one) = app.folded_name(other);
COMMENT ON FUNCTION app.same_person(text, text) IS
'两个名字是否同一人；凡须第二人处都用它 / whether two names are one person: asked wherever a second person is needed';
GRANT EXECUTE ON FUNCTION app.folded_name(text), app.same_person(text, text) TO lcm_app;

ALTER TABLE report.request ADD COLUMN taken_by text;
COMMENT ON COLUMN report.request.taken_by IS
'由哪一次运行办理；一个请求只办一次 / the run that carries it out; a request is carried out once';

UPDATE warehouse.indicator_value SET value = NULL, low = NULL, high = NULL
WHERE value IN ('NaN', 'Infinity', '-Infinity') OR low IN ('NaN', 'Infinity', '-Infinity')
  OR high IN ('NaN', 'Infinity', '-Infinity');
ALTER TABLE warehouse.indicator_value ADD CONSTRAINT indicator_value_is_finite CHECK (
  value NOT IN ('NaN', 'Infinity', '-Infinity') AND low NOT IN ('NaN', 'Infinity', '-Infinity')
  AND high NOT IN ('NaN', 'Infinity', '-Infinity')
);

CREATE OR REPLACE FUNCTION report.record(
  of_build bigint, act text, by_whom text, because text, certifier text, in_spite text
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $record$
DECLARE
  newest bigint;
  chain text;
  made bigint;
  built report.build;
  open_then jsonb;
  files jsonb;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('review.decide'));
  SELECT * INTO built FROM report.build AS b WHERE b.build_id = of_build;
  SELECT coalesce(jsonb_agg(jsonb_build_object('kind', o.kind, 'many', o.many, 'what', o.what)), '[]') INTO open_then
  FROM report.obstacles(of_build) AS o WHERE act <> 'approve';
  SELECT coalesce(jsonb_object_agg(a.name, a.sha256), '{}') INTO files
  FROM report.artifact AS a WHERE a.build_id = of_build AND a.format <> 'release';
  SELECT coalesce(max(d.decision_id), 0) INTO newest FROM quality.decision AS d;
  SELECT coalesce(min(r.round), '') INTO chain FROM intake.round AS r WHERE r.period = built.period;
  INSERT INTO quality.decision (action, who, why, needs_second, is_sample, decided_at, round, link, about)
  VALUES (
    act || '_report', by_whom, because, false, built.is_sample, clock_timestamp(), chain,
    1 + coalesce((SELECT max(l.seq) FROM quality.link AS l WHERE l.round = chain), 0),
    jsonb_build_array(
      of_build, built.framework, built.period, built.places, built.frozen, certifier, in_spite, jsonb_build_object(
        'requested_by', built.requested_by, 'inputs_hash', built.inputs_hash, 'edition', built.edition,
        'code_version', built.code_version, 'obstacles', open_then, 'files', files
      )
    )::text
  )
  RETURNING decision_id INTO made;
  PERFORM quality.add_links(act || '_report', by_whom, because, newest);
  INSERT INTO report.event (build_id, action, who, why, certified_by, despite, obstacles, decision_id)
  VALUES (of_build, act, by_whom, because, certifier, in_spite, open_then, made);
END $record$;

CREATE OR REPLACE FUNCTION report.approve(of_build bigint, by_whom text, because text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $approve$
DECLARE built report.build;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('report.life'));
  SELECT * INTO built FROM report.build AS b WHERE b.build_id = of_build FOR UPDATE;
  IF built.build_id IS NULL THEN RETURN 'no_build'; END IF;
  IF built.state <> 'draft' THEN RETURN 'not_draft'; END IF;
  IF app.same_person(built.requested_by, by_whom) THEN RETURN 'own'; END IF;
  IF btrim(coalesce(because, '')) = '' THEN RETURN 'no_reason'; END IF;
  UPDATE report.build SET state = 'approved' WHERE build_id = of_build;
  PERFORM report.record(of_build, 'approve', by_whom, because, NULL, NULL);
  RETURN '';
END $approve$;

CREATE OR REPLACE FUNCTION quality.review_judgement(
  first bigint, confirms boolean, by_whom text, because text, sample boolean
) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $review$
DECLARE one quality.judgement;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('review.decide'));
  SELECT j.* INTO one FROM quality.judgement AS j WHERE j.judgement_id = first;
  IF one.judgement_id IS NULL OR one.state <> 'pending' OR EXISTS (
    SELECT FROM quality.judgement AS j
    WHERE j.framework = one.framework AND j.period = one.period AND j.place = one.place
      AND j.indicator = one.indicator AND j.judgement_id > first
  ) THEN RETURN 'gone'; END IF;
  IF app.same_person(one.who, by_whom) THEN RETURN 'not_yours'; END IF;
  IF NOT confirms AND btrim(coalesce(because, '')) = '' THEN RETURN 'no_reason'; END IF;
  PERFORM quality.record_judgement(
    CASE WHEN confirms THEN 'confirm_judgement' ELSE 'return_judgement' END, one.period, first,
    jsonb_build_array(one.framework, one.indicator, one.place, one.period), by_whom, btrim(coalesce(because, '')), sample
  );
  RETURN '';
END $review$;
SELECT app.watch_changes();

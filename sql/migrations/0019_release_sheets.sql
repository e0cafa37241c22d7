-- What stands against a release is told in full; the certifying unit can be named with the request; releases have a sheet.
ALTER TABLE report.build ADD COLUMN certified_by text NOT NULL DEFAULT '';
ALTER TABLE report.request ADD COLUMN certified_by text NOT NULL DEFAULT '';
COMMENT ON COLUMN report.build.certified_by IS
'生成时写明的认定单位，空为发布时再写 / the certifying unit named when it was built; empty: named at release';
COMMENT ON COLUMN report.request.certified_by IS '拟由哪个单位认定 / which unit is to certify the results';

CREATE FUNCTION report.conflicts(of_framework text, of_period text, of_places text[])
RETURNS TABLE (period text, place text, definition text, state text)
LANGUAGE sql STABLE SET search_path = pg_catalog AS $conflicts$
  SELECT c.period, c.place, c.definition, c.state
  FROM warehouse.conflict AS c
  WHERE (of_places = '{}' OR c.place = ANY(of_places))
    AND substr(c.period, 5) = substr(of_period, 5)
    AND left(c.period, 4)::integer BETWEEN left(of_period, 4)::integer - 10 AND left(of_period, 4)::integer
    AND EXISTS (
      SELECT FROM warehouse.indicator_value AS v
      WHERE v.framework = of_framework AND v.period = c.period AND v.place = c.place AND c.definition = ANY(v.inputs)
    )
$conflicts$;
COMMENT ON FUNCTION report.conflicts(text, text, text[]) IS
'一份报告所依据的数里的冲突：本期和它所列的以前各期 / conflicts among what a report stands on: its period and the years before that it shows';
REVOKE EXECUTE ON FUNCTION report.conflicts(text, text, text[]) FROM public;
GRANT EXECUTE ON FUNCTION report.conflicts(text, text, text[]) TO lcm_app;

CREATE OR REPLACE FUNCTION report.obstacles(of_build bigint) RETURNS TABLE (kind text, what text, many bigint)
LANGUAGE sql STABLE SET search_path = pg_catalog AS $obstacles$
  SELECT 'signature', string_agg(s.delivered_as, '、' ORDER BY s.delivered_as), count(*)
  FROM report.input AS i
  INNER JOIN intake.submission AS s ON i.submission_id = s.submission_id
  INNER JOIN intake.signoff_state AS g ON s.submission_id = g.submission_id
  WHERE i.build_id = of_build AND s.kind = 'ledger' AND g.state <> 'confirmed'
  HAVING count(*) > 0
  UNION ALL
  SELECT 'conflict', string_agg(
    concat_ws(' ', p.name_zh, c.period, d.name_zh), '、' ORDER BY c.place, c.period, c.definition
  ), count(*)
  FROM report.build AS b
  CROSS JOIN LATERAL report.conflicts(b.framework, b.period, b.places) AS c
  LEFT JOIN LATERAL (
    SELECT x.name_zh FROM ref.place AS x WHERE x.place = c.place ORDER BY x.edition DESC, x.valid_from DESC LIMIT 1
  ) AS p ON true
  LEFT JOIN LATERAL (
    SELECT x.name_zh FROM ref.definition AS x
    WHERE x.definition = c.definition ORDER BY x.edition DESC, x.valid_from DESC LIMIT 1
  ) AS d ON true
  WHERE b.build_id = of_build AND c.state = 'open'
  HAVING count(*) > 0
  UNION ALL
  SELECT 'returned', string_agg(concat_ws(' ', p.name_zh, f.name_zh), '、' ORDER BY o.place, o.form), count(*)
  FROM report.build AS b
  INNER JOIN intake.round AS r ON b.period = r.period
  INNER JOIN intake.obligation AS o ON r.round = o.round AND (b.places = '{}' OR o.place = ANY(b.places))
  LEFT JOIN LATERAL (
    SELECT x.name_zh FROM ref.place AS x WHERE x.place = o.place ORDER BY x.edition DESC, x.valid_from DESC LIMIT 1
  ) AS p ON true
  LEFT JOIN LATERAL (
    SELECT x.name_zh FROM ref.form AS x WHERE x.form = o.form ORDER BY x.edition DESC, x.valid_from DESC LIMIT 1
  ) AS f ON true
  WHERE b.build_id = of_build AND o.state = '已退回'
  HAVING count(*) > 0
  UNION ALL
  SELECT 'finding', string_agg(
    concat_ws(' ', f.file, concat_ws('!', nullif(f.sheet, ''), nullif(f.cell, ''))), '、' ORDER BY f.file, f.sheet, f.cell
  ), count(*)
  FROM report.build AS b
  INNER JOIN intake.round AS r ON b.period = r.period
  INNER JOIN quality.finding AS f ON r.round = f.round AND (b.places = '{}' OR f.place = ANY(b.places))
  INNER JOIN intake.submission AS s ON f.submission_id = s.submission_id AND s.state NOT IN ('superseded', 'withdrawn')
  WHERE b.build_id = of_build AND f.severity = 'block' AND f.state IN ('open', 'explained')
  HAVING count(*) > 0
$obstacles$;
COMMENT ON FUNCTION report.obstacles(bigint) IS
'发布前未决的事项：签章未核对、口径冲突未裁定、报表已退回、须改正的问题未了结 / what stands against a release: signatures not confirmed, conflicts open, forms returned, blocking findings open';

CREATE OR REPLACE FUNCTION report.release(
  of_build bigint, by_whom text, because text, certifier text, in_spite text
) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $release$
DECLARE
  built report.build;
  refused text;
  unit text;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('report.life'));
  SELECT * INTO built FROM report.build AS b WHERE b.build_id = of_build FOR UPDATE;
  IF built.build_id IS NULL THEN RETURN 'no_build'; END IF;
  IF built.state NOT IN ('draft', 'approved') THEN RETURN 'was_released'; END IF;
  IF btrim(coalesce(because, '')) = '' THEN RETURN 'no_reason'; END IF;
  unit := coalesce(nullif(btrim(certifier), ''), nullif(btrim(built.certified_by), ''));
  IF unit IS NULL THEN RETURN 'no_certifier'; END IF;
  IF btrim(coalesce(in_spite, '')) = '' AND EXISTS (SELECT FROM report.obstacles(of_build)) THEN RETURN 'open'; END IF;
  IF built.state = 'draft' THEN
    refused := report.approve(of_build, by_whom, because);
    IF refused <> '' THEN RETURN refused; END IF;
  END IF;
  PERFORM report.put_in_force(of_build, 'released', by_whom, because);
  INSERT INTO report.release (build_id, approved_by, released_by, certified_by)
  SELECT of_build, e.who, by_whom, unit FROM report.event AS e
  WHERE e.build_id = of_build AND e.action = 'approve' ORDER BY e.event_id DESC LIMIT 1;
  PERFORM report.record(of_build, 'release', by_whom, because, unit, nullif(btrim(in_spite), ''));
  RETURN '';
END $release$;

CREATE FUNCTION report.keep_sheet(of_build bigint, content_hash text, length bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $sheet$
  INSERT INTO report.artifact (build_id, name, format, sha256, bytes)
  SELECT of_build, '发布单_R-' || lpad(of_build::text, greatest(3, length(of_build::text)), '0') || '.html', 'release',
    content_hash, length
  FROM report.release AS r WHERE r.build_id = of_build
  ON CONFLICT DO NOTHING
$sheet$;
COMMENT ON FUNCTION report.keep_sheet(bigint, text, bigint) IS
'登记发布单，每版一份，发布后才有 / register the release sheet: one a build, only of a released one';
REVOKE EXECUTE ON FUNCTION report.keep_sheet(bigint, text, bigint) FROM public;
GRANT EXECUTE ON FUNCTION report.keep_sheet(bigint, text, bigint) TO lcm_app;

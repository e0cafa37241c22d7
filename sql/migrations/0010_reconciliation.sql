-- Reconciliation over chains: the routes of each period as it was last resolved, what they were heard from, and the
-- candidates that follow from both. Only candidates of several observations are stored; the others are a view.

DROP TABLE warehouse.candidate CASCADE;

CREATE TABLE warehouse.resolved (
  period text PRIMARY KEY,
  edition integer NOT NULL REFERENCES ref.edition,
  with_synthetic boolean NOT NULL,
  resolved_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE warehouse.resolved IS '各期最近一次全部衔接用的目录版本 / the edition under which each period was last resolved whole';
CREATE TABLE warehouse.route (
  period text NOT NULL,
  route integer NOT NULL,
  definition text NOT NULL,
  measure text NOT NULL,
  place text,
  method_rank smallint NOT NULL,
  said text NOT NULL,
  slots smallint NOT NULL,
  PRIMARY KEY (period, route)
);
COMMENT ON TABLE warehouse.route IS '各期到每个口径的路 / every way to a definition in a period';
COMMENT ON COLUMN warehouse.route.said IS '各部分共同的步骤：规则(#,#) / the steps its slots share, bridge(#,#)';
CREATE TABLE warehouse.leaf (
  period text NOT NULL,
  route integer NOT NULL,
  slot smallint NOT NULL,
  slots smallint NOT NULL,
  method_rank smallint NOT NULL,
  said text NOT NULL,
  from_definition text NOT NULL,
  from_place text,
  heard_period text NOT NULL,
  unit text NOT NULL,
  to_definition text NOT NULL,
  to_place text,
  factor double precision NOT NULL,
  down double precision NOT NULL,
  up double precision NOT NULL
);
CREATE INDEX ON warehouse.leaf (heard_period, from_definition);
CREATE INDEX ON warehouse.leaf (period, to_definition);
COMMENT ON TABLE warehouse.leaf IS '每条路的各部分可用的观测值 / the observations that can fill a slot of a route';
CREATE FUNCTION warehouse.method(rank integer) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN (
  ARRAY['direct', 'unit', 'sum', 'difference', 'average', 'merge', 'coefficient', 'splice', 'split', 'proxy']
)[rank];
COMMENT ON FUNCTION warehouse.method(integer) IS '方法，按优先次序；第 7 起是近似 / methods, best first; from the 7th on approximate';
CREATE TABLE warehouse.special (
  period text NOT NULL,
  definition text NOT NULL,
  place text NOT NULL,
  PRIMARY KEY (period, definition, place)
);
COMMENT ON TABLE warehouse.special IS '有自己的路的地区（区划变动、地区限定的规则）/ places that have routes of their own';
CREATE TABLE warehouse.unit_factor (
  from_unit text NOT NULL,
  to_unit text NOT NULL,
  factor double precision NOT NULL,
  PRIMARY KEY (from_unit, to_unit)
);
COMMENT ON TABLE warehouse.unit_factor IS '计量单位换算 / how units convert';
CREATE TABLE warehouse.uncounted (
  period text NOT NULL,
  obs_id bigint NOT NULL,
  PRIMARY KEY (period, obs_id)
);
COMMENT ON TABLE warehouse.uncounted IS
'最近一次衔接时不再计入的观测值 / observations that were retired when values were last resolved';

ALTER TABLE warehouse.reconciled_value ADD COLUMN spread double precision NOT NULL DEFAULT 0;
COMMENT ON COLUMN warehouse.reconciled_value.spread IS '各候选最大相差 / largest difference between its candidates';

CREATE TABLE warehouse.joined (
  period text NOT NULL,
  place text NOT NULL,
  definition text NOT NULL,
  route integer NOT NULL,
  is_synthetic boolean NOT NULL,
  method_rank smallint NOT NULL,
  said text NOT NULL,
  source_rank smallint NOT NULL,
  is_provisional boolean NOT NULL,
  recorded_at timestamptz NOT NULL,
  kind text NOT NULL,
  status char(1) NOT NULL,
  value double precision NOT NULL,
  low double precision NOT NULL,
  high double precision NOT NULL,
  max_low double precision NOT NULL,
  min_high double precision NOT NULL,
  obs_ids bigint[] NOT NULL,
  others bigint[] NOT NULL,
  PRIMARY KEY (period, definition, place, route, is_synthetic)
) PARTITION BY LIST (period);
COMMENT ON TABLE warehouse.joined IS '由几个观测值合成的候选 / candidates made of several observations';
COMMENT ON COLUMN warehouse.joined.max_low IS
'各部分换用其他来源时下限的最大值 / the highest low that the same route has with other sources of its parts';
COMMENT ON COLUMN warehouse.joined.min_high IS
'各部分换用其他来源时上限的最小值 / the lowest high that the same route has with other sources of its parts';
COMMENT ON COLUMN warehouse.joined.others IS '各部分没有采用的观测值 / observations of its parts that the route did not take';

CREATE OR REPLACE FUNCTION warehouse.ensure_period(wanted text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $ensure$
DECLARE
  name text;
  part text;
BEGIN
  IF wanted !~ '^(18|19|20)[0-9]{2}(-Q[1-4])?$' THEN
    RETURN;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtext('warehouse.ensure_period'));
  FOREACH name IN ARRAY ARRAY['observation', 'joined', 'reconciled_value'] LOOP
    part := format('%s_%s', name, lower(replace(wanted, '-', '_')));
    IF to_regclass('warehouse.' || part) IS NULL THEN
      EXECUTE format('CREATE TABLE warehouse.%I PARTITION OF warehouse.%I FOR VALUES IN (%L)', part, name, wanted);
    END IF;
  END LOOP;
END $ensure$;
DO $parts$
DECLARE known text;
BEGIN
  FOR known IN SELECT DISTINCT o.period FROM warehouse.observation AS o LOOP
    PERFORM warehouse.ensure_period(known);
  END LOOP;
END $parts$;

CREATE VIEW warehouse.heard AS
SELECT
  h.period, h.place, h.definition, h.route, h.slot, h.slots, h.method_rank, h.said, h.heard_period, h.obs_id, h.recorded_at, h.kind,
  h.status, h.kind = 'synthetic' AS is_synthetic, h.status = 'P' AS is_provisional, s.rank AS source_rank,
  u.factor <> 1 AS is_converted, h.down, h.up, h.value * u.factor * h.factor AS value,
  h.value * u.factor * h.factor - 0.5 * power(10.0::float8, -h.decimals) * abs(u.factor * h.factor) AS low,
  h.value * u.factor * h.factor + 0.5 * power(10.0::float8, -h.decimals) * abs(u.factor * h.factor) AS high
FROM (
  SELECT
    l.period, o.place, l.to_definition AS definition, l.route, l.slot, l.slots, l.method_rank, l.said, l.factor,
    l.down, l.up, l.unit AS into_unit, o.period AS heard_period, o.obs_id, o.recorded_at, o.kind, o.status, o.value, o.unit,
    o.decimals, o.source
  FROM warehouse.leaf AS l
  INNER JOIN warehouse.observation AS o ON l.from_definition = o.definition AND l.heard_period = o.period
  WHERE l.from_place IS NULL AND o.value IS NOT NULL AND o.kind NOT IN ('target', 'forecast') AND NOT EXISTS (
    SELECT 1 FROM warehouse.special AS x
    WHERE x.period = l.period AND x.definition = l.to_definition AND x.place = o.place
  )
  UNION ALL
  SELECT
    l.period, l.to_place AS place, l.to_definition AS definition, l.route, l.slot, l.slots, l.method_rank, l.said,
    l.factor, l.down, l.up, l.unit AS into_unit, o.period AS heard_period, o.obs_id, o.recorded_at, o.kind, o.status, o.value, o.unit,
    o.decimals, o.source
  FROM warehouse.leaf AS l
  INNER JOIN warehouse.observation AS o
    ON l.from_definition = o.definition AND l.heard_period = o.period AND l.from_place = o.place
  WHERE o.value IS NOT NULL AND o.kind NOT IN ('target', 'forecast')
) AS h
INNER JOIN warehouse.resolved AS d ON h.period = d.period
INNER JOIN ref.source AS s ON d.edition = s.edition AND h.source = s.source
INNER JOIN warehouse.unit_factor AS u ON h.unit = u.from_unit AND h.into_unit = u.to_unit
WHERE (d.with_synthetic OR h.kind <> 'synthetic')
  AND NOT EXISTS (SELECT 1 FROM warehouse.uncounted AS r WHERE r.obs_id = h.obs_id AND r.period = h.heard_period)
  AND NOT EXISTS (
    SELECT 1 FROM warehouse.superseded AS old
    WHERE old.obs_id = h.obs_id AND NOT EXISTS (
      SELECT 1 FROM warehouse.uncounted AS r WHERE r.obs_id = old.by_obs_id
    )
  );
COMMENT ON VIEW warehouse.heard IS
'每条路上现行的观测值，已换算成所到口径的单位 / observations that count, at the leaves of routes, in the unit of the definition reached';

CREATE VIEW warehouse.candidate AS
SELECT
  c.period, c.place, d.measure, c.definition,
  row_number() OVER (
    PARTITION BY c.period, c.place, c.definition
    ORDER BY c.method_rank, c.source_rank, c.is_provisional, c.recorded_at DESC, c.value, c.route, c.obs_ids
  )::integer AS rank,
  warehouse.method(c.method_rank) AS method, c.said AS route, c.source_rank, c.value,
  c.low, c.high, c.max_low, c.min_high, c.kind,
  CASE WHEN c.status = 'B' THEN 'B' WHEN c.method_rank >= 7 THEN 'E' ELSE c.status END::char(1) AS status,
  c.obs_ids, c.others
FROM (
  SELECT k.*, bool_or(k.kind <> 'synthetic') OVER (PARTITION BY k.period, k.place, k.definition) AS has_real
  FROM (
    SELECT
      h.period, h.place, h.definition, h.route, h.said, h.source_rank, h.is_provisional, h.recorded_at, h.kind,
      h.status, CASE WHEN h.is_converted AND h.method_rank = 1 THEN 2 ELSE h.method_rank END AS method_rank, h.value,
      least(h.low * h.down, h.low * h.up) AS low, greatest(h.high * h.down, h.high * h.up) AS high,
      least(h.low * h.down, h.low * h.up) AS max_low, greatest(h.high * h.down, h.high * h.up) AS min_high,
      ARRAY[h.obs_id] AS obs_ids, '{}'::bigint[] AS others
    FROM warehouse.heard AS h
    WHERE h.slots = 1 AND h.heard_period = h.period
    UNION ALL
    SELECT
      j.period, j.place, j.definition, j.route, j.said, j.source_rank, j.is_provisional, j.recorded_at, j.kind,
      j.status, j.method_rank, j.value, j.low, j.high, j.max_low, j.min_high, j.obs_ids, j.others
    FROM warehouse.joined AS j
  ) AS k
) AS c
INNER JOIN warehouse.route AS d ON c.period = d.period AND c.route = d.route
WHERE c.kind <> 'synthetic' OR NOT c.has_real;
COMMENT ON VIEW warehouse.candidate IS '到达每个口径的全部候选，先后即优先次序 / every candidate of a key, best first';

-- ---------------------------------------------------------------- what a named person decides about a conflict
ALTER TABLE quality.decision DROP CONSTRAINT decision_action_check;
ALTER TABLE quality.decision ADD CONSTRAINT decision_action_check CHECK (action IN (
  'accept_form_by_rule', 'return_form_by_rule', 'accept_finding', 'correct_value', 'return_form', 'accept_form',
  'reopen_form', 'confirm', 'undo', 'settle_conflict'
));
CREATE INDEX decision_conflict ON quality.decision (about) WHERE action = 'settle_conflict';

-- What confirms or undoes a ruling without a submission stands in the chain of the ruling.
CREATE OR REPLACE FUNCTION quality.decide(
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
    coalesce(sample, e.is_sample), clock_timestamp(), coalesce(s.round, x.round, ''),
    1 + coalesce((SELECT max(l.seq) FROM quality.link AS l WHERE l.round = coalesce(s.round, x.round, '')), 0),
    concat_ws(' ', s.sha256, nullif(concat_ws('!', nullif(f.sheet, ''), nullif(f.cell, '')), ''), f.rule_id, f.found)
  FROM unnest(rulings) WITH ORDINALITY AS r (submission_id, form, finding_id, earlier, old_value, new_value,
    needs_second, turn)
  LEFT JOIN intake.submission AS s ON r.submission_id = s.submission_id
  LEFT JOIN quality.finding AS f ON r.finding_id = f.finding_id
  LEFT JOIN quality.decision AS x ON r.earlier = x.decision_id
  LEFT JOIN quality.decision AS e ON r.earlier = e.decision_id AND by_whom IS NULL
  ORDER BY s.round, r.turn;
  PERFORM quality.add_links(act, coalesce(by_whom, 'rule'), coalesce(because, on_basis), newest);
  INSERT INTO quality.outbox (decision_id) SELECT d.decision_id FROM quality.decision AS d WHERE d.decision_id > newest;
  RETURN QUERY SELECT d.decision_id, d.submission_id, d.form, d.finding_id, d.earlier
  FROM quality.decision AS d WHERE d.decision_id > newest;
END $decide$;

CREATE FUNCTION quality.settle_conflict(
  of_period text, of_place text, of_definition text, picked bigint[], judged bigint[], by_whom text, because text,
  reason_code text, sample boolean
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $settle$
DECLARE
  newest bigint;
  chain text;
  made bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('review.decide'));
  SELECT coalesce(max(d.decision_id), 0) INTO newest FROM quality.decision AS d;
  SELECT coalesce(min(r.round), '') INTO chain FROM intake.round AS r WHERE r.period = of_period;
  INSERT INTO quality.decision (
    action, code, who, why, needs_second, is_sample, decided_at, round, link, about
  ) VALUES (
    'settle_conflict', reason_code, by_whom, because, true, sample, clock_timestamp(), chain,
    1 + coalesce((SELECT max(l.seq) FROM quality.link AS l WHERE l.round = chain), 0),
    jsonb_build_array(of_period, of_place, of_definition, to_jsonb(picked), to_jsonb(judged))::text
  )
  RETURNING decision_id INTO made;
  PERFORM quality.add_links('settle_conflict', by_whom, because, newest);
  INSERT INTO quality.outbox (decision_id) VALUES (made);
  RETURN made;
END $settle$;
COMMENT ON FUNCTION quality.settle_conflict(text, text, text, bigint[], bigint[], text, text, text, boolean) IS
'裁定口径冲突：采用哪一组观测值、当时有哪些候选；须第二人复核 / settle a conflict: which observations hold, of which that were judged; a second person confirms';
REVOKE EXECUTE ON FUNCTION
quality.settle_conflict(text, text, text, bigint[], bigint[], text, text, text, boolean) FROM public;
GRANT EXECUTE ON FUNCTION
quality.settle_conflict(text, text, text, bigint[], bigint[], text, text, text, boolean) TO lcm_app;

CREATE VIEW quality.conflict_ruling AS
SELECT
  d.decision_id, d.who, d.why, d.code, d.state, d.confirmed_by, d.decided_at, d.round, d.link,
  d.about::jsonb ->> 0 AS period, d.about::jsonb ->> 1 AS place, d.about::jsonb ->> 2 AS definition,
  array(SELECT x::bigint FROM jsonb_array_elements_text(d.about::jsonb -> 3) AS x) AS picked,
  array(SELECT x::bigint FROM jsonb_array_elements_text(d.about::jsonb -> 4) AS x) AS judged
FROM quality.decision_state AS d
WHERE d.action = 'settle_conflict';
COMMENT ON VIEW quality.conflict_ruling IS
'口径冲突的裁定：采用哪些观测值、当时判断过哪些 / rulings on conflicts: what was picked, of what';
GRANT SELECT ON quality.conflict_ruling, warehouse.heard, warehouse.candidate, warehouse.route, warehouse.leaf,
warehouse.resolved, warehouse.joined, warehouse.special, warehouse.unit_factor, warehouse.uncounted TO lcm_app;

-- ---------------------------------------------------------------- two figures side by side
CREATE FUNCTION warehouse.compare(a bigint, b bigint) RETURNS TABLE (outcome text, facet text)
LANGUAGE sql STABLE AS $compare$
WITH figure AS (
  SELECT DISTINCT ON (o.obs_id)
    o.obs_id, o.definition, o.place, o.period, o.kind, d.unit, d.aggregation, d.population, d.time, d.boundary,
    d.scope, d.threshold, d.counting, intake.last_day(o.period) IS NULL AS is_undated,
    o.value * u.factor AS value, 0.5 * power(10.0::float8, -o.decimals) * u.factor AS slack
  FROM warehouse.observation AS o
  INNER JOIN ref.definition AS d
    ON o.definition = d.definition AND d.edition = (SELECT max(e.edition) FROM ref.edition AS e)
  LEFT JOIN warehouse.unit_factor AS u ON o.unit = u.from_unit AND d.unit = u.to_unit
  WHERE o.obs_id IN (a, b)
  ORDER BY o.obs_id, d.valid_from DESC
), pair AS (
  SELECT
    l.definition = r.definition AS is_same_definition, l.place = r.place AS is_same_place,
    l.aggregation = 'stock' AS is_stock, l.period = r.period AS is_same_period,
    l.kind IN ('target', 'forecast') OR r.kind IN ('target', 'forecast') AS is_aim,
    abs(l.value * u.factor - r.value) <= (l.slack * u.factor + r.slack) * (1 + 1e-9) AS touches,
    EXISTS (
      SELECT 1 FROM warehouse.leaf AS w
      WHERE w.slots = 1 AND l.period = r.period AND w.period = l.period AND w.heard_period = l.period
        AND (w.from_definition, w.to_definition) IN ((l.definition, r.definition), (r.definition, l.definition))
        AND w.from_definition <> w.to_definition
    ) AS is_bridged,
    array_remove(ARRAY[
      CASE WHEN u.factor IS NULL THEN 'unit' END,
      CASE WHEN l.aggregation IS DISTINCT FROM r.aggregation THEN 'aggregation' END,
      CASE WHEN l.kind <> r.kind THEN 'kind' END,
      CASE WHEN l.population IS DISTINCT FROM r.population THEN 'population' END,
      CASE
        WHEN l.time IS DISTINCT FROM r.time OR (l.period <> r.period AND (l.is_undated OR r.is_undated)) THEN 'time'
      END,
      CASE WHEN l.boundary IS DISTINCT FROM r.boundary THEN 'boundary' END,
      CASE WHEN l.scope IS DISTINCT FROM r.scope OR l.threshold IS DISTINCT FROM r.threshold THEN 'scope' END,
      CASE WHEN l.counting IS DISTINCT FROM r.counting THEN 'counting' END,
      CASE WHEN l.period <> r.period THEN 'time' END
    ], NULL) AS facets
  FROM figure AS l
  INNER JOIN figure AS r ON l.obs_id = a AND r.obs_id = b
  LEFT JOIN warehouse.unit_factor AS u ON l.unit = u.from_unit AND r.unit = u.to_unit
), judged AS (
  SELECT
    *, CASE
      WHEN is_aim THEN 'kept_apart'
      WHEN is_same_definition AND is_same_place AND facets = '{}' THEN CASE WHEN touches THEN 'same' ELSE 'conflict' END
      WHEN is_same_definition AND is_same_place AND is_stock AND touches AND NOT is_same_period
        AND facets <@ ARRAY['time'] THEN 'same'
      WHEN is_bridged AND is_same_place THEN 'bridge'
      ELSE 'not_comparable'
    END AS outcome
  FROM pair
)
SELECT outcome, CASE WHEN outcome IN ('not_comparable', 'kept_apart') THEN coalesce(facets[1], '') ELSE '' END AS facet
FROM judged
$compare$;
COMMENT ON FUNCTION warehouse.compare(bigint, bigint) IS
'两个观测值能不能比：同一数、可换算、冲突、不可比（差在哪个要素）、分开放（目标、预测） / how two figures stand to each other: same, bridge, conflict, not_comparable with its first facet, kept_apart';
GRANT EXECUTE ON FUNCTION warehouse.compare(bigint, bigint), warehouse.method(integer) TO lcm_app;

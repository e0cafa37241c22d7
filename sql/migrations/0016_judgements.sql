-- Judgements: qualitative indicators on a scale of the catalogue, and commentary on any indicator; a second person reviews.

CREATE TABLE ref.scale (
  edition integer NOT NULL REFERENCES ref.edition,
  scale text NOT NULL,
  level text NOT NULL,
  name_zh text NOT NULL,
  name_en text NOT NULL,
  text_zh text NOT NULL,
  text_en text NOT NULL,
  position smallint NOT NULL,
  provenance text NOT NULL,
  PRIMARY KEY (edition, scale, level)
);
COMMENT ON TABLE ref.scale IS '评定等级：定性指标按它评定 / scales on which qualitative indicators are judged, a row a level';
COMMENT ON COLUMN ref.scale.position IS '等级次序，1 最高 / order of the levels, 1 is the highest';
ALTER TABLE ref.indicator ADD COLUMN scale text;
COMMENT ON COLUMN ref.indicator.scale IS '定性指标按哪一套等级评定 / the scale a qualitative indicator is judged on';
GRANT SELECT ON ref.scale TO lcm_app;

DO $actions$
DECLARE known text;
BEGIN
  SELECT pg_get_expr(c.conbin, c.conrelid) INTO known FROM pg_constraint AS c
  WHERE c.conname = 'decision_action_check' AND c.conrelid = 'quality.decision'::regclass;
  ALTER TABLE quality.decision DROP CONSTRAINT decision_action_check;
  EXECUTE format('ALTER TABLE quality.decision ADD CONSTRAINT decision_action_check CHECK (%s OR action IN (%L, %L, %L))',
    known, 'judge', 'confirm_judgement', 'return_judgement');
END $actions$;
CREATE INDEX decision_judged ON quality.decision (
  ((about::jsonb) ->> 'framework'), ((about::jsonb) ->> 'period'), ((about::jsonb) ->> 'place'),
  ((about::jsonb) ->> 'indicator')
) WHERE action = 'judge';
CREATE UNIQUE INDEX decision_once_reviewed ON quality.decision (earlier)
WHERE action IN ('confirm_judgement', 'return_judgement');

-- A judgement is a decision: what was judged stands in the row that the chain seals, so that no version can be changed.
CREATE VIEW quality.judgement AS
SELECT
  d.decision_id AS judgement_id, (d.about::jsonb) ->> 'framework' AS framework,
  (d.about::jsonb) ->> 'period' AS period, (d.about::jsonb) ->> 'place' AS place,
  (d.about::jsonb) ->> 'indicator' AS indicator, s.scale, s.level, s.name_zh AS level_zh, s.name_en AS level_en,
  s.position, d.why AS commentary, (d.about::jsonb) -> 'evidence' AS evidence, d.who, d.decided_at AS judged_at,
  d.is_sample, r.who AS reviewed_by, r.why AS reviewed_why, r.decided_at AS reviewed_at,
  CASE r.action WHEN 'confirm_judgement' THEN 'confirmed' WHEN 'return_judgement' THEN 'returned' ELSE 'pending' END
    AS state
FROM quality.decision AS d
LEFT JOIN quality.decision AS r
  ON d.decision_id = r.earlier AND r.action IN ('confirm_judgement', 'return_judgement')
LEFT JOIN ref.scale AS s
  ON ((d.about::jsonb) ->> 'edition')::integer = s.edition AND (d.about::jsonb) ->> 'scale' = s.scale
    AND (d.about::jsonb) ->> 'level' = s.level
WHERE d.action = 'judge';
COMMENT ON VIEW quality.judgement IS
'评定与述评的各版：待复核、已评定、已退回 / every version of every judgement: pending, confirmed or returned';

CREATE VIEW quality.judgement_in_force AS
SELECT DISTINCT ON (j.framework, j.period, j.place, j.indicator) j.*
FROM quality.judgement AS j
WHERE j.state = 'confirmed'
ORDER BY j.framework, j.period, j.place, j.indicator, j.judgement_id DESC;
COMMENT ON VIEW quality.judgement_in_force IS
'现行的评定：最近一次复核通过的一版 / the judgement that counts: the newest version that a second person confirmed';
GRANT SELECT ON quality.judgement, quality.judgement_in_force TO lcm_app;

CREATE FUNCTION quality.record_judgement(
  act text, of_period text, first bigint, what jsonb, by_whom text, because text, sample boolean
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $record$
DECLARE
  newest bigint;
  chain text;
  made bigint;
BEGIN
  SELECT coalesce(max(d.decision_id), 0) INTO newest FROM quality.decision AS d;
  SELECT coalesce(min(r.round), '') INTO chain FROM intake.round AS r WHERE r.period = of_period;
  INSERT INTO quality.decision (action, earlier, who, why, needs_second, is_sample, decided_at, round, link, about)
  VALUES (
    act, first, by_whom, because, false, sample, clock_timestamp(), chain,
    1 + coalesce((SELECT max(l.seq) FROM quality.link AS l WHERE l.round = chain), 0), what::text
  )
  RETURNING decision_id INTO made;
  PERFORM quality.add_links(act, by_whom, because, newest);
  RETURN made;
END $record$;
REVOKE EXECUTE ON FUNCTION quality.record_judgement(text, text, bigint, jsonb, text, text, boolean) FROM public;

CREATE FUNCTION quality.judge(
  of_framework text, of_indicator text, of_place text, of_period text, on_level text, shown jsonb, by_whom text,
  because text, sample boolean, OUT judgement_id bigint, OUT refused text
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $judge$
DECLARE known ref.indicator;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('review.decide'));
  refused := '';
  SELECT i.* INTO known FROM ref.indicator AS i
  INNER JOIN ref.place AS p ON i.edition = p.edition AND p.place = of_place AND p.level = coalesce(i.scope, 'city')
    AND daterange(p.valid_from, p.valid_to) @> intake.last_day(of_period)
  WHERE i.edition = (SELECT max(e.edition) FROM ref.edition AS e) AND i.framework = of_framework
    AND i.indicator = of_indicator AND i.nature IS NOT NULL
    AND daterange(i.valid_from, i.valid_to) @> intake.last_day(of_period);
  IF known.indicator IS NULL THEN refused := 'no_indicator';
  ELSIF btrim(coalesce(because, '')) = '' THEN refused := 'no_reason';
  ELSIF known.nature = 'qualitative' AND on_level IS NULL THEN refused := 'no_level';
  ELSIF on_level IS NOT NULL AND NOT EXISTS (
    SELECT FROM ref.scale AS s
    WHERE s.edition = known.edition AND s.scale = known.scale AND s.level = on_level
  ) THEN refused := 'other_level';
  ELSE
    judgement_id := quality.record_judgement('judge', of_period, NULL, jsonb_build_object(
      'framework', of_framework, 'indicator', of_indicator, 'place', of_place, 'period', of_period,
      'edition', known.edition, 'scale', CASE WHEN on_level IS NOT NULL THEN known.scale END, 'level', on_level,
      'evidence', shown
    ), by_whom, btrim(because), sample);
  END IF;
END $judge$;
COMMENT ON FUNCTION quality.judge(text, text, text, text, text, jsonb, text, text, boolean) IS
'写一版评定或述评，待第二人复核 / write a version of a judgement; it waits for a second person';

-- '' when it was done, else a word that says why not.
CREATE FUNCTION quality.review_judgement(first bigint, confirms boolean, by_whom text, because text, sample boolean)
RETURNS text
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
  IF one.who = by_whom THEN RETURN 'not_yours'; END IF;
  IF NOT confirms AND btrim(coalesce(because, '')) = '' THEN RETURN 'no_reason'; END IF;
  PERFORM quality.record_judgement(
    CASE WHEN confirms THEN 'confirm_judgement' ELSE 'return_judgement' END, one.period, first,
    jsonb_build_array(one.framework, one.indicator, one.place, one.period), by_whom, btrim(coalesce(because, '')), sample
  );
  RETURN '';
END $review$;
COMMENT ON FUNCTION quality.review_judgement(bigint, boolean, text, text, boolean) IS
'第二人复核：通过或退回；写的人不能复核自己的 / a second person confirms or sends back; nobody his own';
REVOKE EXECUTE ON FUNCTION quality.judge(text, text, text, text, text, jsonb, text, text, boolean),
quality.review_judgement(bigint, boolean, text, text, boolean) FROM public;
GRANT EXECUTE ON FUNCTION quality.judge(text, text, text, text, text, jsonb, text, text, boolean),
quality.review_judgement(bigint, boolean, text, text, boolean) TO lcm_app;

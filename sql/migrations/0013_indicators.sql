-- Indicators: values summed from the places below, shares of places, precedence of statuses, basic requirements.

ALTER TABLE ref.place ADD COLUMN parts text CHECK (parts IN ('all', 'some'));
COMMENT ON COLUMN ref.place.parts IS
'all：目录列出了它的全部下级地区，才能由下级汇总 / all: the catalogue lists every place below it, so that they add up to it';
ALTER TABLE ref.measure ADD COLUMN over_places text CHECK (over_places IN ('sum'));
COMMENT ON COLUMN ref.measure.over_places IS
'sum：各下级地区之和就是上级地区的数；空为不汇总 / sum: the places below add up to the place above; empty: never aggregated';
ALTER TABLE ref.formula ADD COLUMN counts text CHECK (counts IN ('city', 'district'));
COMMENT ON COLUMN ref.formula.counts IS
'填了时表达式是条件，指标是下级地区中满足条件的百分比 / where given, the expression is a condition and the indicator the percentage of the places below of this level that meet it';
ALTER TABLE ref.target ADD COLUMN project text;
COMMENT ON COLUMN ref.target.project IS '所属工程，文件没有写明的留空 / project it belongs to; empty where the document does not say';
CREATE TABLE ref.requirement (
  edition integer NOT NULL REFERENCES ref.edition,
  requirement text NOT NULL,
  name_zh text NOT NULL,
  name_en text NOT NULL,
  framework text NOT NULL,
  level text NOT NULL,
  at_least smallint NOT NULL,
  indicator text NOT NULL,
  direction text NOT NULL,
  value double precision,
  low double precision,
  high double precision,
  unit text NOT NULL,
  must boolean NOT NULL,
  certified_by text NOT NULL,
  provenance text NOT NULL,
  note text,
  valid_from date NOT NULL,
  valid_to date,
  EXCLUDE USING gist (
    int4range(edition, edition, '[]') WITH &&,
    ref.text_range(requirement, requirement, '[]') WITH &&,
    ref.text_range(indicator, indicator, '[]') WITH &&,
    daterange(valid_from, valid_to) WITH &&)
);
COMMENT ON TABLE ref.requirement IS
'基本要求：每行一项指标及其标准 / basic requirements: a row for each indicator and what it has to reach';
GRANT SELECT ON TABLE ref.requirement TO lcm_app;

ALTER TABLE warehouse.indicator_value
  ADD COLUMN low double precision, ADD COLUMN high double precision, ADD COLUMN places_met integer,
  ADD COLUMN places_all integer, ADD COLUMN places_unknown text[] NOT NULL DEFAULT '{}',
  ADD COLUMN aggregated text[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN warehouse.indicator_value.low IS
'计数指标：未知的地区都不满足时的值 / a share of places: if none of the unknown places met the condition';
COMMENT ON COLUMN warehouse.indicator_value.high IS
'计数指标：未知的地区都满足时的值 / a share of places: if all of the unknown places met it';
CREATE TABLE warehouse.aggregated_value (
  period text NOT NULL,
  place text NOT NULL,
  definition text NOT NULL,
  value double precision NOT NULL,
  status char(1) NOT NULL,
  verdict text NOT NULL,
  kind text NOT NULL,
  parts text[] NOT NULL,
  PRIMARY KEY (period, place, definition)
);
COMMENT ON TABLE warehouse.aggregated_value IS
'由下级地区相加而来的值：本级没有报，下级全部报了 / values of places that reported none, as sums of all places below';
GRANT SELECT ON TABLE warehouse.aggregated_value TO lcm_app;

-- What an indicator takes over from its inputs is a set of marks, a bit each, so that a set of inputs is the bits of
-- all of them: statuses first, in order of precedence, then verdicts, the worst first, then three flags.
CREATE FUNCTION warehouse.status_order() RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN ('BDFEIPWKQNLMOA');
COMMENT ON FUNCTION warehouse.status_order() IS
'状态的优先次序，B 最先 / statuses by precedence: the first one met among the inputs is the status of the result';
CREATE FUNCTION warehouse.verdict_order() RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (ARRAY['不可比', 'conflict', '调整后可比']);
COMMENT ON FUNCTION warehouse.verdict_order() IS '可比性的优先次序，最差的在先 / verdicts by precedence, the worst first';
CREATE FUNCTION warehouse.marks(status text, verdict text, kind text) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN (
  (1 << (strpos(warehouse.status_order(), status) - 1))
  | coalesce(1 << (15 + array_position(warehouse.verdict_order(), verdict)), 0)
  | CASE WHEN kind = 'synthetic' THEN 1 << 20 ELSE 0 END
);
COMMENT ON FUNCTION warehouse.marks(text, text, text) IS
'一个值的标记：状态、可比性、是否样例 / the marks of a value; bit 20: synthetic, 21: aggregated, 22: missing';
CREATE FUNCTION warehouse.status_of(marks integer) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN (
  substr(warehouse.status_order(), 1 + cast(ln(marks & -marks) / ln(2) AS integer), 1)
);
COMMENT ON FUNCTION warehouse.status_of(integer) IS '各输入中优先的状态 / the status that outranks the others';
CREATE FUNCTION warehouse.verdict_of(marks integer) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN CASE
  WHEN marks & (1 << 16) <> 0 THEN (warehouse.verdict_order())[1]
  WHEN marks & (1 << 17) <> 0 THEN (warehouse.verdict_order())[2]
  WHEN marks & (1 << 18) <> 0 THEN (warehouse.verdict_order())[3]
  ELSE '可比'
END;
COMMENT ON FUNCTION warehouse.verdict_of(integer) IS '各输入中最差的可比性 / the worst verdict of the inputs';

CREATE FUNCTION warehouse.forecast(
  now warehouse.indicator_value, due text, OUT value double precision, OUT years text[]
) RETURNS record LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $forecast$
WITH broken AS (
  SELECT greatest(
    (
      SELECT max(intake.last_day(h.period)) FROM warehouse.indicator_value AS h
      WHERE h.framework = now.framework AND h.indicator = now.indicator AND h.place = now.place AND h.status = 'B'
        AND h.period <= now.period
    ), (
      SELECT max(b.day) FROM warehouse.series_break AS b
      WHERE b.definition = ANY(now.inputs) AND coalesce(b.place, now.place) = now.place
        AND b.day <= intake.last_day(now.period)
    )
  ) AS day
), line AS (
  SELECT
    regr_intercept(h.value, cast(h.period AS float8)) + regr_slope(h.value, cast(h.period AS float8)) * cast(due AS float8)
    AS value, array_agg(h.period ORDER BY h.period) AS years
  FROM warehouse.indicator_value AS h, broken AS b
  WHERE h.framework = now.framework AND h.indicator = now.indicator AND h.place = now.place
    AND h.formula = now.formula AND h.formula_version = now.formula_version AND h.kind = now.kind
    AND h.period ~ '^[0-9]{4}$' AND h.period <= now.period AND h.value IS NOT NULL
    AND h.verdict IN ('可比', '调整后可比') AND intake.last_day(h.period) >= coalesce(b.day, '-infinity')
  HAVING count(*) >= 3 AND max(h.period) = now.period
)
SELECT l.value, l.years FROM line AS l WHERE now.period ~ '^[0-9]{4}$' AND due > now.period
$forecast$;
COMMENT ON FUNCTION warehouse.forecast(warehouse.indicator_value, text) IS
'过至少三个可比年度的直线在目标年的值，断点之前的年度不用 / a straight line through at least three comparable years since the last break, at the due year';

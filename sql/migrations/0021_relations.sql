-- Sums, products and ratios between figures: what the catalogue says should follow, and whether it does.

CREATE TABLE ref.relation (
  edition integer NOT NULL REFERENCES ref.edition,
  relation text NOT NULL,
  type text NOT NULL,
  stated text NOT NULL,
  side text NOT NULL,
  definition text NOT NULL,
  constant double precision,
  because_zh text,
  because_en text,
  note text,
  PRIMARY KEY (edition, relation, side, definition)
);
COMMENT ON TABLE ref.relation IS
'勾稽关系：一个数应由哪些数相加、相乘或相除得到，一项一行 / figures that should follow from others, a row for each part';
GRANT SELECT ON TABLE ref.relation TO lcm_app;

CREATE TYPE warehouse.figure AS (
  side text,
  value double precision,
  decimals smallint,
  observed_unit text,
  kind text,
  unit text,
  aggregation text,
  population text,
  counting text
);
COMMENT ON TYPE warehouse.figure IS
'勾稽关系里的一个数及其口径要素；side 为 stated、numerator、denominator / a figure of a relation with the facets of its definition';
DO $product$
BEGIN
  CREATE AGGREGATE warehouse.product(double precision) (sfunc = float8mul, stype = double precision, initcond = '1');
  COMMENT ON AGGREGATE warehouse.product(double precision) IS '各数之积 / the product of figures';
END $product$;

CREATE FUNCTION warehouse.is_counted_exactly(one warehouse.figure) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  (one).decimals = 0 AND (one).observed_unit !~ '^[十百千万亿]' AND (one).aggregation <> 'ratio'
  AND coalesce((one).counting, 'amount') NOT IN ('amount', 'area');
COMMENT ON FUNCTION warehouse.is_counted_exactly(warehouse.figure) IS
'是否逐个数出来的整数：没有舍入可言 / whether things were counted one by one, so that nothing was rounded';

CREATE FUNCTION warehouse.judge_relation(type text, figures warehouse.figure[], constant double precision)
RETURNS TABLE (outcome text, facet text, derived double precision, low double precision, high double precision)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $judge$
WITH said AS (
  SELECT
    g.side, g.value, g.kind, g.unit, g.observed_unit, g.aggregation, g.population, g.counting, g.turn,
    warehouse.is_counted_exactly(figures[g.turn]) AS is_exact,
    CASE WHEN warehouse.is_counted_exactly(figures[g.turn]) THEN 0 ELSE warehouse.slack(g.decimals) END AS slack
  FROM unnest(figures) WITH ORDINALITY
    AS g (side, value, decimals, observed_unit, kind, unit, aggregation, population, counting, turn)
), head AS (
  SELECT
    s.value * u.factor AS value, s.slack * u.factor AS slack, s.unit, s.aggregation, s.population, s.counting,
    type = 'ratio' AND s.unit IN ('%', '‰') AS is_share, (
      SELECT n.unit FROM said AS n WHERE n.side = 'numerator' ORDER BY n.turn LIMIT 1
    ) AS above, (SELECT d.unit FROM said AS d WHERE d.side = 'denominator' ORDER BY d.turn LIMIT 1) AS below
  FROM said AS s LEFT JOIN warehouse.unit_factor AS u ON s.observed_unit = u.from_unit AND s.unit = u.to_unit
  WHERE s.side = 'stated'
), part AS (
  SELECT
    p.side, p.aggregation, p.population, p.counting, p.is_exact, p.slack, p.value,
    coalesce(u.factor, CASE WHEN h.is_share AND p.side = 'denominator' AND own.is_exact THEN own.factor END) AS factor
  FROM said AS p CROSS JOIN head AS h
  LEFT JOIN warehouse.unit_factor AS u
    ON p.observed_unit = u.from_unit AND u.to_unit = CASE
      WHEN type = 'sum' THEN h.unit
      WHEN type = 'product' THEN p.unit
      WHEN p.side = 'numerator' THEN h.above
      WHEN h.is_share THEN coalesce(h.above, h.below)
      ELSE h.below
    END
  LEFT JOIN LATERAL (
    SELECT w.factor, p.is_exact AND NOT EXISTS (
      SELECT FROM said AS x WHERE x.side <> 'stated' AND NOT x.is_exact
    ) AS is_exact
    FROM warehouse.unit_factor AS w WHERE w.from_unit = p.observed_unit AND w.to_unit = h.below
  ) AS own ON true
  WHERE p.side <> 'stated'
), whole AS (
  SELECT
    CASE
      WHEN type = 'product' THEN warehouse.product(p.value * p.factor) FILTER (WHERE p.side = 'numerator')
      ELSE sum(p.value * p.factor) FILTER (WHERE p.side = 'numerator')
    END AS above, CASE
      WHEN type = 'product' THEN warehouse.product((p.value - p.slack) * p.factor) FILTER (WHERE p.side = 'numerator')
      ELSE sum((p.value - p.slack) * p.factor) FILTER (WHERE p.side = 'numerator')
    END AS above_low, CASE
      WHEN type = 'product' THEN warehouse.product((p.value + p.slack) * p.factor) FILTER (WHERE p.side = 'numerator')
      ELSE sum((p.value + p.slack) * p.factor) FILTER (WHERE p.side = 'numerator')
    END AS above_high,
    sum(p.value * p.factor) FILTER (WHERE p.side = 'denominator') AS below,
    sum((p.value - p.slack) * p.factor) FILTER (WHERE p.side = 'denominator') AS below_low,
    sum((p.value + p.slack) * p.factor) FILTER (WHERE p.side = 'denominator') AS below_high,
    count(*) FILTER (WHERE p.side = 'numerator') AS numerators,
    count(*) FILTER (WHERE p.side = 'denominator') AS denominators,
    bool_and(p.is_exact) FILTER (WHERE p.side = 'denominator') AS is_counted,
    array_remove(ARRAY[
      CASE WHEN bool_or(p.factor IS NULL) THEN 'unit' END,
      CASE WHEN type = 'sum' AND bool_or(p.aggregation IS DISTINCT FROM h.aggregation) THEN 'aggregation' END,
      CASE
        WHEN type = 'ratio' AND bool_or(p.population <> h.population AND (p.side = 'denominator' OR NOT h.is_share))
          THEN 'population'
      END,
      CASE
        WHEN (type = 'sum' OR h.is_share) AND bool_or(
          p.side = 'numerator' AND p.counting <> h.counting AND 'unspecified' NOT IN (p.counting, h.counting)
        ) THEN 'counting'
      END
    ], NULL) AS facets
  FROM part AS p CROSS JOIN head AS h
  GROUP BY h.aggregation, h.population, h.is_share, h.counting
), reckoned AS (
  SELECT
    w.*, h.value - h.slack AS stated_low, h.value + h.slack AS stated_high, h.value AS stated,
    CASE WHEN type = 'ratio' AND h.unit = '%' THEN 100 WHEN type = 'ratio' AND h.unit = '‰' THEN 1000 ELSE 1 END
    * CASE WHEN type = 'sum' THEN 1 ELSE coalesce(constant, 1) END AS times,
    type = 'ratio' AND w.numerators = 0 AND h.is_share AND w.is_counted AND w.below > 0 AS is_any_whole,
    (type <> 'ratio' OR (w.denominators > 0 AND w.below_low > 0)) AND w.numerators > 0 AS is_reckoned
  FROM whole AS w CROSS JOIN head AS h
), bounded AS (
  SELECT
    r.facets, r.stated_low, r.stated_high, r.is_any_whole, r.stated_low / r.times * r.below AS fewest,
    r.stated_high / r.times * r.below AS most,
    CASE WHEN r.is_reckoned THEN r.times * r.above / CASE WHEN type = 'ratio' THEN r.below ELSE 1 END END AS derived,
    CASE
      WHEN r.is_any_whole THEN floor(r.stated / r.times * r.below) / r.below * r.times
      WHEN NOT r.is_reckoned THEN NULL
      WHEN type = 'ratio' THEN r.times * least(r.above_low / r.below_high, r.above_low / r.below_low)
      ELSE r.times * least(r.above_low, r.above_high)
    END AS low,
    CASE
      WHEN r.is_any_whole THEN ceil(r.stated / r.times * r.below) / r.below * r.times
      WHEN NOT r.is_reckoned THEN NULL
      WHEN type = 'ratio' THEN r.times * greatest(r.above_high / r.below_low, r.above_high / r.below_high)
      ELSE r.times * greatest(r.above_low, r.above_high)
    END AS high
  FROM reckoned AS r
), judged AS (
  SELECT
    b.*, CASE
      WHEN EXISTS (SELECT FROM said AS s WHERE s.kind IN ('target', 'forecast')) THEN 'kept_apart'
      WHEN b.facets <> '{}' THEN 'not_comparable'
      WHEN b.is_any_whole
        THEN CASE WHEN floor(b.most + 1e-9) >= ceil(b.fewest - 1e-9) THEN 'holds' ELSE 'does_not_hold' END
      WHEN b.low - b.stated_high <= 1e-9 * greatest(abs(b.low), abs(b.stated_high))
        AND b.stated_low - b.high <= 1e-9 * greatest(abs(b.high), abs(b.stated_low)) THEN 'holds'
      WHEN b.derived IS NOT NULL THEN 'does_not_hold'
    END AS outcome
  FROM bounded AS b
)
SELECT
  j.outcome, CASE j.outcome WHEN 'not_comparable' THEN j.facets[1] WHEN 'kept_apart' THEN 'kind' ELSE '' END,
  j.derived, j.low, j.high
FROM judged AS j WHERE j.outcome IS NOT NULL
$judge$;
COMMENT ON FUNCTION warehouse.judge_relation(text, warehouse.figure[], double precision) IS
'所报的数是否由其余各数得出：成立、不成立、不可比（差在哪个要素）、分开放；无从判断的没有行 / whether the stated figure follows: holds, does_not_hold, not_comparable with its first facet, kept_apart; no row where nothing can be said';

CREATE FUNCTION warehouse.follows(
  stated bigint, relation text, numerators bigint[], denominators bigint[], constant double precision
) RETURNS TABLE (outcome text, facet text, low double precision, high double precision)
LANGUAGE sql STABLE AS $follows$
SELECT j.outcome, j.facet, j.low, j.high
FROM (
  SELECT array_agg(
    (w.side, o.value, o.decimals, o.unit, o.kind, d.unit, d.aggregation, d.population, d.counting)::warehouse.figure
    ORDER BY w.turn
  ) AS figures
  FROM (
    SELECT 'stated' AS side, stated AS obs_id, 0 AS turn
    UNION ALL
    SELECT 'numerator', n.obs_id, n.turn FROM unnest(numerators) WITH ORDINALITY AS n (obs_id, turn)
    UNION ALL
    SELECT 'denominator', n.obs_id, n.turn FROM unnest(denominators) WITH ORDINALITY AS n (obs_id, turn)
  ) AS w
  INNER JOIN warehouse.observation AS o ON w.obs_id = o.obs_id
  INNER JOIN LATERAL (
    SELECT x.unit, x.aggregation, x.population, x.counting FROM ref.definition AS x
    WHERE x.definition = o.definition AND x.edition = (SELECT max(e.edition) FROM ref.edition AS e)
    ORDER BY x.valid_from DESC LIMIT 1
  ) AS d ON true
) AS f
CROSS JOIN LATERAL warehouse.judge_relation(relation, f.figures, constant) AS j
$follows$;
COMMENT ON FUNCTION warehouse.follows(bigint, text, bigint[], bigint[], double precision) IS
'一个观测值是否等于其余观测值之和、积（乘常数）或商；只有分母时看有没有整数能得出所报的比率 / whether an observation is the sum, product (times a constant) or ratio of others; over denominators alone, whether any whole number gives the share';
GRANT EXECUTE ON FUNCTION warehouse.follows(bigint, text, bigint[], bigint[], double precision) TO lcm_app;
GRANT EXECUTE ON FUNCTION
warehouse.judge_relation(text, warehouse.figure[], double precision),
warehouse.is_counted_exactly(warehouse.figure) TO lcm_app, lcm_reader;
SELECT app.watch_changes();

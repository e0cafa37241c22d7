-- What every finding weighs: the largest move of a rank or an attainment, and the indicators that move most.
WITH indicator AS MATERIALIZED (
  SELECT
    i.framework, i.indicator, i.formula, f.version, i.direction, i.name_zh, i.name_en, d.period,
    coalesce(i.scope, 'city') AS level
  FROM (SELECT DISTINCT w.period FROM pg_temp.weighed AS w) AS d
  INNER JOIN ref.indicator AS i
    ON i.edition = :edition AND daterange(i.valid_from, i.valid_to) @> intake.last_day(d.period)
  INNER JOIN ref.formula AS f
    ON f.edition = :edition AND i.formula = f.formula
      AND daterange(f.valid_from, f.valid_to) @> intake.last_day(d.period)
), level AS MATERIALIZED (
  SELECT p.place, p.level, d.period
  FROM (SELECT DISTINCT w.period FROM pg_temp.weighed AS w) AS d
  INNER JOIN ref.place AS p
    ON p.edition = :edition AND daterange(p.valid_from, p.valid_to) @> intake.last_day(d.period)
), variant AS (
  SELECT
    c.finding_id, c.place, c.period, c.formula, c.version,
    max(c.value) FILTER (WHERE c.variant = 'delivered') AS delivered,
    max(c.value) FILTER (WHERE c.variant = 'would_be') AS would_be,
    bool_or(c.variant = 'would_be') AS has_proposal
  FROM pg_temp.computed AS c
  INNER JOIN pg_temp.weighed AS w ON c.finding_id = w.finding_id AND c.variant = w.variant
  INNER JOIN pg_temp.formula_input AS n
    ON c.formula = n.formula AND c.version = n.version AND w.definition = n.definition
  GROUP BY c.finding_id, c.place, c.period, c.formula, c.version
), peer AS (
  SELECT c.place, c.period, c.formula, c.version, c.value, l.level
  FROM pg_temp.computed AS c
  INNER JOIN level AS l ON c.place = l.place AND c.period = l.period
  WHERE c.variant = 'stands' AND c.value IS NOT NULL
), ranked AS (
  SELECT
    v.finding_id, v.has_proposal, v.delivered, v.would_be, i.framework, i.indicator, i.name_zh, i.name_en, v.place,
    v.period, i.direction,
    1 + count(*) FILTER (WHERE sign(p.value - v.delivered) = i.better) AS rank_delivered,
    1 + count(*) FILTER (WHERE sign(p.value - v.would_be) = i.better) AS rank_would_be
  FROM variant AS v
  INNER JOIN level AS l ON v.place = l.place AND v.period = l.period
  INNER JOIN (
    SELECT *, CASE direction WHEN 'lower' THEN -1 WHEN 'higher' THEN 1 END AS better FROM indicator
  ) AS i ON v.formula = i.formula AND v.version = i.version AND v.period = i.period AND l.level = i.level
  LEFT JOIN peer AS p
    ON v.formula = p.formula AND v.version = p.version AND v.period = p.period AND l.level = p.level
      AND v.place <> p.place
  GROUP BY
    v.finding_id, v.has_proposal, v.delivered, v.would_be, i.framework, i.indicator, i.name_zh, i.name_en, v.place,
    v.period, i.direction
), moved AS (
  SELECT
    r.*, m.old_met, m.new_met, m.old_progress, m.new_progress,
    CASE WHEN r.has_proposal AND r.delivered IS NOT NULL AND r.would_be IS NOT NULL
        AND r.direction IN ('higher', 'lower') THEN abs(r.rank_delivered - r.rank_would_be) ELSE 0
    END AS places,
    coalesce(r.has_proposal AND m.old_met <> m.new_met, FALSE) AS flips
  FROM ranked AS r
  LEFT JOIN LATERAL (
    SELECT
      warehouse.is_met(t.direction, r.delivered, t.value, t.low, t.high) AS old_met,
      warehouse.is_met(t.direction, r.would_be, t.value, t.low, t.high) AS new_met,
      warehouse.progress(t.direction, r.delivered, t.value, t.baseline) AS old_progress,
      warehouse.progress(t.direction, r.would_be, t.value, t.baseline) AS new_progress
    FROM ref.target AS t
    WHERE t.edition = :edition AND t.framework = r.framework AND t.indicator = r.indicator AND t.place = r.place
      AND daterange(t.valid_from, t.valid_to) @> intake.last_day(r.period)
    ORDER BY t.due LIMIT 1
  ) AS m ON TRUE
), scored AS (
  SELECT
    m.*, greatest(
      m.places, CASE WHEN m.flips THEN 1 ELSE 0 END,
      least(coalesce(abs(m.old_progress - m.new_progress), 0) / 100, 0.99), 0.1
    ) AS score
  FROM moved AS m
), weight AS (
  SELECT
    s.finding_id, max(s.score) AS effect, bool_or(s.places > 0 OR s.flips) AS moves,
    (array_agg(jsonb_build_object(
      'indicator', s.indicator, 'zh', s.name_zh, 'en', s.name_en, 'has_proposal', s.has_proposal,
      'old', s.delivered, 'new', s.would_be, 'old_rank', s.rank_delivered, 'new_rank', s.rank_would_be,
      'places', s.places, 'flips', s.flips, 'old_met', s.old_met, 'new_met', s.new_met,
      'old_progress', s.old_progress, 'new_progress', s.new_progress
    ) ORDER BY s.score DESC, s.framework, s.indicator))[1:3] AS impact
  FROM scored AS s
  GROUP BY s.finding_id
)
UPDATE quality.finding AS f
SET effect = CASE WHEN f.severity = 'note' THEN 0 ELSE w.effect END, moves = w.moves, impact = to_jsonb(w.impact)
FROM weight AS w
WHERE f.finding_id = w.finding_id

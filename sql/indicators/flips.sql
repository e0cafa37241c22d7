-- What differs between the standing before and after an edition: values, attainments, ranks, with names to read.
WITH flip AS (
  SELECT
    what, framework, indicator, target, place, period,
    max(value) FILTER (WHERE moment = 'before') AS old_value,
    max(value) FILTER (WHERE moment = 'after') AS new_value,
    max(verdict) FILTER (WHERE moment = 'before') AS old_verdict,
    max(verdict) FILTER (WHERE moment = 'after') AS new_verdict,
    bool_or(is_met) FILTER (WHERE moment = 'before') AS old_is_met,
    bool_or(is_met) FILTER (WHERE moment = 'after') AS new_is_met,
    max(rank) FILTER (WHERE moment = 'before') AS old_rank,
    max(rank) FILTER (WHERE moment = 'after') AS new_rank
  FROM pg_temp.standing
  GROUP BY what, framework, indicator, target, place, period
), indicator_name AS (
  SELECT DISTINCT ON (framework, indicator) framework, indicator, name_zh, name_en FROM ref.indicator
  WHERE edition IN (:old, :new)
  ORDER BY framework, indicator, edition DESC, valid_from DESC
), place_name AS (
  SELECT DISTINCT ON (place) place, name_zh, name_en FROM ref.place
  WHERE edition IN (:old, :new)
  ORDER BY place, edition DESC, valid_from DESC
)
SELECT
  f.*, coalesce(i.name_zh, f.indicator) AS indicator_zh, coalesce(i.name_en, f.indicator) AS indicator_en,
  coalesce(p.name_zh, f.place) AS place_zh, coalesce(p.name_en, f.place) AS place_en
FROM flip AS f
LEFT JOIN indicator_name AS i ON f.framework = i.framework AND f.indicator = i.indicator
LEFT JOIN place_name AS p ON f.place = p.place
WHERE CASE f.what
  WHEN 'value' THEN (f.old_value, f.old_verdict) IS DISTINCT FROM (f.new_value, f.new_verdict)
  WHEN 'attainment' THEN f.old_is_met IS DISTINCT FROM f.new_is_met
  ELSE f.old_rank IS DISTINCT FROM f.new_rank
END
ORDER BY f.what, f.framework, f.indicator, f.target, f.period, f.place

-- Every indicator value, attainment and rank among cities as they stand under an edition, kept to compare two of them.
INSERT INTO pg_temp.standing (moment, what, framework, indicator, target, place, period, value, verdict, is_met, rank)
SELECT :moment, 'value', framework, indicator, '', place, period, value, verdict, NULL::boolean, NULL::integer
FROM warehouse.indicator_value
WHERE value IS NOT NULL
UNION ALL
SELECT DISTINCT ON (target, place, period)
  :moment, 'attainment', framework, indicator, target, place, period, value, NULL, is_met, NULL
FROM mart.attainment
WHERE is_met IS NOT NULL
UNION ALL
SELECT
  :moment, 'rank', v.framework, v.indicator, '', v.place, v.period, v.value, NULL, NULL,
  rank() OVER (
    PARTITION BY v.framework, v.indicator, v.period, v.kind
    ORDER BY CASE i.direction WHEN 'lower' THEN v.value ELSE -v.value END
  )
FROM warehouse.indicator_value AS v
INNER JOIN ref.indicator AS i
  ON i.edition = :edition AND v.framework = i.framework AND v.indicator = i.indicator
    AND daterange(i.valid_from, i.valid_to) @> intake.last_day(v.period)
INNER JOIN ref.place AS p
  ON p.edition = :edition AND v.place = p.place AND p.level = 'city'
    AND daterange(p.valid_from, p.valid_to) @> intake.last_day(v.period)
WHERE v.value IS NOT NULL AND v.verdict IN ('可比', '调整后可比') AND i.direction IN ('higher', 'lower')

-- What is known from other submissions of the keys of printed figures: the value, that of the year before, and the sum of
-- the years before without a gap. All in the unit of the definition.
WITH asked AS (
  SELECT DISTINCT i.definition, i.place, i.period, intake.year_before(i.period) AS before
  FROM intake.item AS i
  WHERE i.submission_id = any(:ids) AND i.value IS NOT NULL AND intake.last_day(i.period) IS NOT NULL
)
SELECT
  a.definition, a.place, a.period, a.before, own.value AS known, earlier.value AS known_before, since.value AS known_since
FROM asked AS a
LEFT JOIN LATERAL (
  SELECT v.value FROM warehouse.reconciled_value AS v
  WHERE v.period = a.period AND v.place = a.place AND v.definition = a.definition AND NOT EXISTS (
    SELECT 1 FROM warehouse.observation AS o
    WHERE o.obs_id = any(v.winner) AND o.period = v.period AND o.submission_id = any(:ids)
  )
) AS own ON true
LEFT JOIN warehouse.reconciled_value AS earlier
  ON a.before = earlier.period AND a.place = earlier.place AND a.definition = earlier.definition
LEFT JOIN LATERAL (
  SELECT sum(v.value) AS value
  FROM warehouse.reconciled_value AS v
  INNER JOIN ref.definition AS d
    ON v.definition = d.definition AND d.aggregation = 'flow' AND d.edition = (SELECT max(x.edition) FROM ref.edition AS x)
      AND daterange(d.valid_from, d.valid_to) @> intake.last_day(a.period)
  WHERE v.place = a.place AND v.definition = a.definition AND v.period < a.period AND v.period !~ 'Q'
  HAVING count(*) >= 2 AND count(*) = cast(max(v.period) AS integer) - cast(min(v.period) AS integer) + 1
    AND max(v.period) = a.before
) AS since ON true
WHERE own.value IS NOT NULL OR earlier.value IS NOT NULL

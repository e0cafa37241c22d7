-- For keys without a value: the first facet in which the nearest figure that was heard differs from what is wanted.
WITH wanted AS (
  SELECT * FROM unnest(
    cast(:definitions AS text[]), cast(:places AS text[]), cast(:periods AS text[])
  ) AS w (definition, place, period)
), definition AS (
  SELECT DISTINCT ON (d.definition) d.* FROM ref.definition AS d WHERE d.edition = :edition
  ORDER BY d.definition, d.valid_from DESC
), territory AS (
  SELECT DISTINCT w.place, w.period, e.old_place
  FROM wanted AS w
  INNER JOIN ref.place_event AS e ON e.edition = :edition AND w.place = e.new_place
  WHERE e.date > intake.last_day(w.period)
), moved AS (
  SELECT DISTINCT w.place, w.period
  FROM wanted AS w
  INNER JOIN ref.place_event AS e
    ON e.edition = :edition AND (w.place = e.new_place OR (w.place = e.old_place AND e.type IN ('transfer', 'split')))
  WHERE e.date > intake.last_day(w.period) AND EXISTS (
    SELECT 1 FROM ref.place AS p
    WHERE p.edition = :edition AND p.place = w.place AND daterange(p.valid_from, p.valid_to) @> e.date
  )
), heard AS (
  SELECT
    w.definition, w.place, w.period, o.obs_id, o.period <> w.period AS is_undated, s.rank AS source_rank,
    array_remove(ARRAY[
      CASE WHEN other.factor IS NULL THEN 'unit' END,
      CASE WHEN d.aggregation IS DISTINCT FROM h.aggregation THEN 'aggregation' END,
      CASE WHEN d.kind IS DISTINCT FROM h.kind OR o.kind IN ('target', 'forecast', 'synthetic') THEN 'kind' END,
      CASE WHEN d.population IS DISTINCT FROM h.population THEN 'population' END,
      CASE WHEN d.time IS DISTINCT FROM h.time OR intake.last_day(o.period) IS NULL THEN 'time' END,
      CASE
        WHEN d.boundary IS DISTINCT FROM h.boundary OR o.place <> w.place OR m.place IS NOT NULL
          OR (p.place IS NULL AND intake.last_day(o.period) IS NOT NULL)
          THEN 'boundary'
      END,
      CASE WHEN d.scope IS DISTINCT FROM h.scope OR d.threshold IS DISTINCT FROM h.threshold THEN 'scope' END,
      CASE WHEN d.counting IS DISTINCT FROM h.counting OR own.factor IS NULL THEN 'counting' END,
      CASE WHEN d.unit IS DISTINCT FROM h.unit THEN 'unit' END
    ], NULL) AS facets
  FROM wanted AS w
  INNER JOIN definition AS d ON w.definition = d.definition
  INNER JOIN definition AS h ON d.measure = h.measure
  INNER JOIN warehouse.observation AS o
    ON h.definition = o.definition AND o.value IS NOT NULL
      AND (o.period = w.period OR (intake.last_day(o.period) IS NULL AND o.place = w.place))
  LEFT JOIN territory AS t ON w.place = t.place AND w.period = t.period AND o.place = t.old_place
  LEFT JOIN moved AS m ON w.place = m.place AND w.period = m.period
  LEFT JOIN ref.source AS s ON s.edition = :edition AND o.source = s.source
  LEFT JOIN ref.place AS p
    ON p.edition = :edition AND o.place = p.place
      AND daterange(p.valid_from, p.valid_to) @> intake.last_day(o.period)
  LEFT JOIN warehouse.unit_factor AS own ON o.unit = own.from_unit AND h.unit = own.to_unit
  LEFT JOIN warehouse.unit_factor AS other ON h.unit = other.from_unit AND d.unit = other.to_unit
  WHERE (o.place = w.place OR t.old_place IS NOT NULL)
    AND NOT EXISTS (SELECT 1 FROM warehouse.superseded AS old WHERE old.obs_id = o.obs_id)
    AND NOT EXISTS (SELECT 1 FROM warehouse.uncounted AS u WHERE u.obs_id = o.obs_id)
)
SELECT DISTINCT ON (definition, place, period)
  definition, place, period, coalesce(facets[1], '') AS facet, obs_id
FROM heard
ORDER BY definition, place, period, cardinality(facets), is_undated, source_rank, obs_id

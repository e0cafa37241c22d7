-- Places in these periods: whether bounds for cities hold there, and whether its boundary is new since a year before.
SELECT
  w.period, p.place, p.level = 'city' AS is_city,
  coalesce(p.valid_from > intake.last_day(intake.year_before(w.period)), FALSE) OR EXISTS (
    SELECT 1 FROM ref.place_event AS v
    WHERE v.edition = p.edition AND p.place IN (v.old_place, v.new_place) AND v.type <> 'rename'
      AND v.date > intake.last_day(intake.year_before(w.period)) AND v.date <= intake.last_day(w.period)
  ) AS is_new_place
FROM unnest(cast(:periods AS text [])) AS w (period)
INNER JOIN ref.place AS p
  ON p.edition = (SELECT max(x.edition) FROM ref.edition AS x)
    AND daterange(p.valid_from, p.valid_to) @> coalesce(intake.last_day(w.period), current_date)

-- The places of every period, each with a number, what is above them, and whether all places below them are listed.
INSERT INTO pg_temp.place_day (at, period, place, level, parent, is_whole)
SELECT
  (row_number() OVER (ORDER BY d.period, p.place))::integer, d.period, p.place, p.level, p.parent, coalesce(p.parts = 'all', FALSE)
FROM pg_temp.day AS d
INNER JOIN ref.place AS p
  ON p.edition = :edition AND p.level IN ('region', 'city', 'district') AND daterange(p.valid_from, p.valid_to) @> d.day

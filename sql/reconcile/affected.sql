-- What was touched and the keys that depend on it: period, definition, place.
SELECT DISTINCT l.period, l.to_definition AS definition, coalesce(l.to_place, t.place) AS place
FROM touched AS t
INNER JOIN warehouse.leaf AS l ON t.period = l.heard_period AND t.definition = l.from_definition
WHERE (l.from_place IS NULL AND NOT EXISTS (
  SELECT 1 FROM warehouse.special AS x
  WHERE x.period = l.period AND x.definition = l.to_definition AND x.place = t.place
)) OR l.from_place = t.place
UNION
SELECT t.period, t.definition, t.place FROM touched AS t INNER JOIN warehouse.resolved AS r ON t.period = r.period

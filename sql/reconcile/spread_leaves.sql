-- The leaves of every period for units that were met since they were laid out.
INSERT INTO warehouse.leaf (
  period, route, slot, slots, method_rank, said, from_definition, from_place, heard_period, unit, to_definition, to_place,
  factor, down, up, from_unit, unit_factor
)
SELECT
  l.period, l.route, l.slot, l.slots, l.method_rank, l.said, l.from_definition, l.from_place, l.heard_period, l.unit,
  l.to_definition, l.to_place, l.factor, l.down, l.up, u.from_unit, u.factor AS unit_factor
FROM warehouse.leaf AS l
INNER JOIN warehouse.unit_factor AS u ON l.unit = u.to_unit
WHERE l.from_unit = l.unit AND NOT EXISTS (
  SELECT 1 FROM warehouse.leaf AS k WHERE k.unit = u.to_unit AND k.from_unit = u.from_unit
)

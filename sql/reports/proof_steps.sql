-- The bridges that ways name, part by part, and the place events behind their place steps.
SELECT b.bridge AS step, jsonb_build_object(
  'step', b.bridge, 'type', b.type, 'to', min(b.to_definition), 'source', min(b.source), 'valid_from', min(b.valid_from),
  'valid_to', max(b.valid_to), 'error', max(b.error),
  'parts', jsonb_agg(jsonb_build_object('definition', b.from_definition, 'factor', b.factor) ORDER BY b.part)
) AS said
FROM ref.bridge AS b
WHERE b.edition = :edition AND b.bridge = any(:steps)
GROUP BY b.bridge, b.type
UNION ALL
SELECT 'place:' || e.new_place, jsonb_build_object(
  'step', 'place:' || e.new_place, 'type', 'place', 'to', e.new_place, 'source', min(e.source), 'valid_from', min(e.date),
  'parts', jsonb_agg(jsonb_build_object('definition', e.old_place, 'factor', e.share, 'event', e.type) ORDER BY e.old_place)
)
FROM ref.place_event AS e
WHERE e.edition = :edition AND 'place:' || e.new_place = any(:steps)
GROUP BY e.new_place;

-- How an indicator, its formula, its place and its edition of the catalogue are called and written.
SELECT
  jsonb_build_object(
    'code', i.indicator, 'framework', i.framework, 'name_zh', i.name_zh, 'name_en', i.name_en, 'unit', i.unit,
    'decimals', coalesce(i.decimals, 0), 'direction', i.direction, 'provenance', i.provenance
  ) AS indicator,
  jsonb_build_object('code', p.place, 'name_zh', p.name_zh, 'name_en', p.name_en) AS place,
  jsonb_build_object(
    'code', f.formula, 'version', f.version, 'expression', f.expression, 'unit', f.unit, 'counts', f.counts,
    'valid_from', f.valid_from, 'valid_to', f.valid_to, 'note', f.note
  ) AS formula,
  jsonb_build_object('number', e.edition, 'hash', e.content_hash, 'who', e.who, 'recorded_at', e.recorded_at) AS edition
FROM ref.edition AS e
INNER JOIN ref.indicator AS i ON e.edition = i.edition AND i.framework = :framework AND i.indicator = :indicator
  AND daterange(i.valid_from, i.valid_to) @> intake.last_day(:period)
INNER JOIN ref.place AS p ON e.edition = p.edition AND p.place = :place
  AND daterange(p.valid_from, p.valid_to) @> intake.last_day(:period)
INNER JOIN ref.formula AS f ON e.edition = f.edition AND f.formula = :formula AND f.version = :version
WHERE e.edition = :edition;

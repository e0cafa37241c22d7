-- Definitions in words, with every facet that is said, as one document each.
SELECT DISTINCT ON (d.definition)
  d.definition,
  jsonb_build_object(
    'code', d.definition, 'measure', d.measure, 'name_zh', d.name_zh, 'name_en', d.name_en, 'unit', d.unit,
    'text_zh', d.text_zh, 'text_en', d.text_en, 'document', d.source_document, 'valid_from', d.valid_from,
    'valid_to', d.valid_to, 'kind', d.kind, 'aggregation', d.aggregation,
    'facets', (
      SELECT jsonb_agg(jsonb_build_object(
        'facet', said.facet, 'code', said.code, 'name_zh', coalesce(f.name_zh, said.code),
        'name_en', coalesce(f.name_en, said.code)
      ) ORDER BY said.turn)
      FROM (
        VALUES (1, 'population', d.population), (2, 'time', d.time), (3, 'boundary', d.boundary), (4, 'scope', d.scope),
        (5, 'counting', d.counting)
      ) AS said (turn, facet, code)
      LEFT JOIN ref.facet AS f ON f.edition = d.edition AND said.facet = f.facet AND said.code = f.code
      WHERE said.code IS NOT NULL
    )
  ) AS said
FROM ref.definition AS d
WHERE d.edition = :edition AND d.definition = any(:definitions)
ORDER BY d.definition, daterange(d.valid_from, d.valid_to) @> intake.last_day(:period) DESC, d.valid_from DESC;

-- What official tables print for these definitions, places and periods: the newest of the best source, in its own unit.
SELECT DISTINCT ON (i.definition, i.place, i.period)
  i.definition, i.place, i.period, i.value AS yearbook, i.unit AS yearbook_unit, i.decimals AS yearbook_decimals
FROM intake.submission AS s
INNER JOIN ref.source AS src
  ON s.source = src.source AND src.kind = 'official' AND src.edition = (SELECT max(e.edition) FROM ref.edition AS e)
INNER JOIN intake.item AS i ON s.submission_id = i.submission_id
WHERE s.kind = 'table' AND s.state NOT IN ('superseded', 'withdrawn') AND i.value IS NOT NULL
  AND i.period = any(cast(:periods AS text [])) AND i.definition = any(cast(:definitions AS text []))
  AND i.place = any(cast(:places AS text []))
ORDER BY i.definition ASC, i.place ASC, i.period ASC, src.rank ASC, i.submission_id DESC

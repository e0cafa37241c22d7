-- Where series break in the periods of a batch, and why; no place: everywhere.
SELECT
  b.definition, b.place, p.period, string_agg(DISTINCT b.why_zh, '；') AS break_zh,
  string_agg(DISTINCT b.why_en, '; ') AS break_en
FROM unnest(cast(:periods AS text [])) AS p (period)
INNER JOIN warehouse.series_break AS b ON b.day BETWEEN warehouse.first_day(p.period) AND intake.last_day(p.period)
WHERE b.definition = any(cast(:definitions AS text [])) AND (b.place IS NULL OR b.place = any(cast(:places AS text [])))
GROUP BY b.definition, b.place, p.period

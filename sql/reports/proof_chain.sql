-- The head of each round's chain of decisions now, of the rounds of a period.
SELECT string_agg(h.round || '/' || h.seq || '/' || h.hash, '; ' ORDER BY h.round) AS chain
FROM (
  SELECT DISTINCT ON (l.round) l.round, l.seq, l.hash
  FROM quality.link AS l
  INNER JOIN intake.round AS r ON l.round = r.round
  WHERE r.period = :period OR cast(r.data_year AS text) = :period
  ORDER BY l.round, l.seq DESC
) AS h;

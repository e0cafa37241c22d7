-- Every item of a round: which department of which place is asked for it; the most specific responsibility decides.
CREATE TEMP TABLE round_item ON COMMIT DROP AS
WITH asked AS MATERIALIZED (
  SELECT rd.round, rd.edition, rd.period, intake.last_day(rd.period) AS day FROM intake.round AS rd
  WHERE rd.round = :round
), place AS MATERIALIZED (
  SELECT p.place, p.level FROM ref.place AS p
  INNER JOIN asked AS a ON p.edition = a.edition
  WHERE daterange(p.valid_from, p.valid_to) @> a.day
), lead AS MATERIALIZED (
  SELECT r.form, r.definition, r.department, p.place, r.place IS NOT NULL AS is_own
  FROM ref.responsibility AS r
  INNER JOIN asked AS a ON r.edition = a.edition
  INNER JOIN place AS p ON r.level = p.level AND coalesce(r.place, p.place) = p.place
  WHERE r.role = 'lead' AND daterange(r.valid_from, r.valid_to) @> a.day
), of_form AS MATERIALIZED (
  SELECT DISTINCT ON (form, place) form, place, department FROM lead
  WHERE definition IS NULL ORDER BY form, place, is_own DESC, department
), of_item AS MATERIALIZED (
  SELECT DISTINCT ON (form, place, definition) form, place, definition, department FROM lead
  WHERE definition IS NOT NULL ORDER BY form, place, definition, is_own DESC, department
), item AS MATERIALIZED (
  SELECT i.form, i.definition FROM ref.form_item AS i
  INNER JOIN asked AS a ON i.edition = a.edition
  INNER JOIN ref.calendar AS c ON c.edition = a.edition AND c.round = a.round AND c.form = i.form
  WHERE daterange(i.valid_from, i.valid_to) @> a.day
)
SELECT i.form, i.definition, f.place, coalesce(s.department, f.department) AS department
FROM of_form AS f
INNER JOIN item AS i ON f.form = i.form
LEFT JOIN of_item AS s ON i.form = s.form AND f.place = s.place AND i.definition = s.definition
UNION ALL
SELECT s.form, s.definition, s.place, s.department
FROM of_item AS s
INNER JOIN item AS i ON s.form = i.form AND s.definition = i.definition
LEFT JOIN of_form AS f ON s.form = f.form AND s.place = f.place
WHERE f.form IS NULL

-- One row a cell over the landed worksheet rows, for people and for lineage.
CREATE FUNCTION intake.column_letters(number integer) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN
  CASE
    WHEN number <= 26 THEN chr(64 + number)
    WHEN number <= 702 THEN chr(64 + (number - 1) / 26) || chr(65 + (number - 1) % 26)
    ELSE chr(64 + (number - 27) / 676) || chr(65 + ((number - 27) / 26) % 26) || chr(65 + (number - 1) % 26)
  END;

CREATE VIEW intake.cell AS
SELECT
  r.submission_id, r.sheet, intake.column_letters(c.column_no::integer) || r.row_no AS cell, r.row_no,
  c.column_no::integer AS column_no, c.text
FROM intake.sheet_row AS r
CROSS JOIN LATERAL unnest(r.cells) WITH ORDINALITY AS c (text, column_no)
WHERE c.text IS NOT NULL;

GRANT SELECT ON intake.cell TO lcm_app;
GRANT EXECUTE ON FUNCTION intake.column_letters(integer) TO lcm_app;

CREATE FUNCTION intake.year_before(period text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN
  CASE WHEN period ~ '^[0-9]{4}' THEN (substr(period, 1, 4)::integer - 1)::text || substr(period, 5) END;
CREATE FUNCTION intake.last_day(period text) RETURNS date
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN
  CASE
    WHEN period ~ '^[0-9]{4}$' THEN make_date(substr(period, 1, 4)::integer, 12, 31)
    WHEN period ~ '^[0-9]{4}-Q[1-4]$'
      THEN (make_date(substr(period, 1, 4)::integer, substr(period, 7, 1)::integer * 3, 1) + interval '1 month - 1 day')::date
  END;
GRANT EXECUTE ON FUNCTION intake.year_before(text), intake.last_day(text) TO lcm_app;

-- Tables of one series share what their labels mean, places are called what they were called then, and what nobody
-- mapped yet is counted; a table that is read anew is a new submission.

-- ---------------------------------------------------------------- ref
ALTER TABLE ref.source ADD COLUMN profile text, ADD COLUMN cover smallint, ADD COLUMN place text;

ALTER TABLE ref.table_label ADD COLUMN title text, ADD COLUMN valid_from date, ADD COLUMN valid_to date;
ALTER TABLE ref.table_label DROP CONSTRAINT table_label_pkey;
ALTER TABLE ref.table_label ALTER COLUMN measure DROP NOT NULL, ALTER COLUMN definition DROP NOT NULL,
ALTER COLUMN unit DROP NOT NULL;
ALTER TABLE ref.table_label ADD EXCLUDE USING gist (
  int4range(edition, edition, '[]') WITH &&,
  ref.text_range(
    source || '/' || label || '/' || coalesce(title, '') || '/' || coalesce(unit, ''),
    source || '/' || label || '/' || coalesce(title, '') || '/' || coalesce(unit, ''), '[]'
  ) WITH &&,
  daterange(valid_from, valid_to) WITH &&
);
CREATE INDEX ON ref.table_label (edition, source);

CREATE TABLE ref.place_alias (
  edition integer NOT NULL REFERENCES ref.edition,
  source text,
  alias text NOT NULL,
  place text,
  valid_from date,
  valid_to date,
  note text,
  EXCLUDE USING gist (
    int4range(edition, edition, '[]') WITH &&,
    ref.text_range(coalesce(source, '') || '/' || alias, coalesce(source, '') || '/' || alias, '[]') WITH &&,
    daterange(valid_from, valid_to) WITH &&)
);

-- ---------------------------------------------------------------- intake
ALTER TABLE intake.submission ADD COLUMN reading integer NOT NULL DEFAULT 1;
ALTER TABLE intake.submission DROP CONSTRAINT submission_round_delivered_as_sha256_key;
ALTER TABLE intake.submission ADD UNIQUE (round, delivered_as, sha256, reading);
COMMENT ON COLUMN intake.submission.reading IS
'第几次读取：目录里标签的含义变了，同一文件重新读取一次 / which reading of the same bytes: read anew when labels mean something else';

CREATE TABLE intake.unmapped (
  submission_id bigint NOT NULL REFERENCES intake.submission,
  sheet text NOT NULL,
  title text NOT NULL,
  axis text NOT NULL CHECK (axis IN ('measure', 'place')),
  label text NOT NULL,
  path text NOT NULL,
  unit text,
  years text NOT NULL,
  cells integer NOT NULL CHECK (cells > 0),
  first_cell text NOT NULL,
  first_text text NOT NULL,
  state text NOT NULL CHECK (state IN ('unknown', 'unused')),
  UNIQUE NULLS NOT DISTINCT (submission_id, sheet, title, axis, label, path, unit, state)
);
COMMENT ON TABLE intake.unmapped IS
'表中没有成为数据项的格：标签或地区待对应（unknown），或已说明不采用（unused）/ cells of tables that are no items: not mapped yet, or not wanted';

-- A figure may be superseded by several later ones; it stays superseded while one of them counts.
ALTER TABLE warehouse.superseded DROP CONSTRAINT superseded_pkey;
ALTER TABLE warehouse.superseded ADD PRIMARY KEY (obs_id, by_obs_id);
CREATE VIEW warehouse.retired AS
SELECT o.obs_id, o.period
FROM warehouse.observation AS o
INNER JOIN intake.submission AS s ON o.submission_id = s.submission_id
WHERE s.kind = 'table' AND s.state IN ('superseded', 'withdrawn')
UNION ALL
SELECT o.obs_id, o.period
FROM quality.form_decision AS d
INNER JOIN warehouse.observation AS o ON d.submission_id = o.submission_id AND o.source = 'ledger_' || d.form
WHERE d.action IN ('return_form', 'return_form_by_rule', 'reopen_form');
COMMENT ON VIEW warehouse.retired IS
'已被取代或撤回的统计表、通过后又打回的报表的观测值，不再计入 / observations of tables that were superseded or withdrawn, and of forms that were returned after all: they count nowhere';

GRANT SELECT ON ref.place_alias TO lcm_app;
GRANT SELECT, INSERT, DELETE ON intake.unmapped TO lcm_app;
GRANT SELECT ON TABLE warehouse.retired TO lcm_app;

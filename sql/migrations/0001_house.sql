-- The house: schemas, roles and tables of the monitoring warehouse.
CREATE SCHEMA ref;
CREATE SCHEMA intake;
CREATE SCHEMA quality;
CREATE SCHEMA warehouse;
CREATE SCHEMA report;
CREATE SCHEMA app;
CREATE SCHEMA mart;

DO $roles$
DECLARE wanted text;
BEGIN
  FOREACH wanted IN ARRAY ARRAY['lcm_app', 'lcm_builder', 'lcm_formula', 'lcm_reader'] LOOP
    BEGIN
      EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END;
  END LOOP;
END $roles$;

-- ---------------------------------------------------------------- app
CREATE TABLE app."grant" (
  "user" text NOT NULL,
  role text NOT NULL CHECK (role IN ('reader', 'clerk', 'reviewer', 'head', 'inspector')),
  place text NOT NULL DEFAULT '*',
  granted_by text NOT NULL,
  granted_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY ("user", role, place)
);
CREATE TABLE app.setting (name text PRIMARY KEY, value text NOT NULL);

-- ---------------------------------------------------------------- ref: immutable editions
DO $type$ BEGIN
  EXECUTE 'CREATE TYPE ref.text_range AS RANGE (SUBTYPE = text)';
END $type$;

CREATE TABLE ref.edition (
  edition integer PRIMARY KEY,
  content_hash text NOT NULL UNIQUE,
  who text NOT NULL,
  why text NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE ref.place (
  edition integer NOT NULL REFERENCES ref.edition,
  place text NOT NULL,
  name_zh text NOT NULL,
  name_en text NOT NULL,
  parent text,
  level text NOT NULL,
  valid_from date NOT NULL,
  valid_to date,
  EXCLUDE USING gist (
    int4range(edition, edition, '[]') WITH &&,
    ref.text_range(place, place, '[]') WITH &&,
    daterange(valid_from, valid_to) WITH &&)
);
CREATE TABLE ref.place_event (
  edition integer NOT NULL REFERENCES ref.edition,
  date date NOT NULL,
  type text NOT NULL,
  old_place text NOT NULL,
  new_place text NOT NULL,
  share double precision,
  source text NOT NULL
);
CREATE TABLE ref.department (
  edition integer NOT NULL REFERENCES ref.edition,
  department text NOT NULL,
  name_zh text NOT NULL,
  name_en text NOT NULL,
  valid_from date NOT NULL,
  valid_to date,
  EXCLUDE USING gist (
    int4range(edition, edition, '[]') WITH &&,
    ref.text_range(department, department, '[]') WITH &&,
    daterange(valid_from, valid_to) WITH &&)
);
CREATE TABLE ref.source (
  edition integer NOT NULL REFERENCES ref.edition,
  source text NOT NULL,
  name_zh text NOT NULL,
  name_en text NOT NULL,
  kind text NOT NULL,
  rank smallint NOT NULL,
  symbols text,
  cover_year text,
  document text,
  PRIMARY KEY (edition, source)
);
CREATE TABLE ref.measure (
  edition integer NOT NULL REFERENCES ref.edition,
  measure text NOT NULL,
  name_zh text NOT NULL,
  name_en text NOT NULL,
  unit text NOT NULL,
  decimals smallint NOT NULL,
  aggregation text NOT NULL,
  theme text,
  PRIMARY KEY (edition, measure)
);
CREATE TABLE ref.definition (
  edition integer NOT NULL REFERENCES ref.edition,
  definition text NOT NULL,
  measure text NOT NULL,
  name_zh text NOT NULL,
  name_en text NOT NULL,
  unit text NOT NULL,
  decimals smallint NOT NULL,
  aggregation text NOT NULL,
  kind text NOT NULL,
  population text,
  time text,
  boundary text,
  scope text,
  counting text,
  text_zh text,
  text_en text,
  source_document text,
  valid_from date NOT NULL,
  valid_to date,
  FOREIGN KEY (edition, measure) REFERENCES ref.measure,
  EXCLUDE USING gist (
    int4range(edition, edition, '[]') WITH &&,
    ref.text_range(definition, definition, '[]') WITH &&,
    daterange(valid_from, valid_to) WITH &&)
);
CREATE TABLE ref.bridge (
  edition integer NOT NULL REFERENCES ref.edition,
  bridge text NOT NULL,
  type text NOT NULL,
  from_definition text NOT NULL,
  to_definition text NOT NULL,
  part smallint NOT NULL,
  parts smallint NOT NULL,
  factor double precision,
  error double precision,
  place text,
  valid_from date,
  valid_to date,
  source text,
  PRIMARY KEY (edition, bridge, part)
);
CREATE TABLE ref.framework (
  edition integer NOT NULL REFERENCES ref.edition,
  framework text NOT NULL,
  name_zh text NOT NULL,
  name_en text NOT NULL,
  shape text,
  qualitative smallint,
  quantitative smallint,
  valid_from date NOT NULL,
  valid_to date,
  note text,
  PRIMARY KEY (edition, framework)
);
CREATE TABLE ref.indicator (
  edition integer NOT NULL REFERENCES ref.edition,
  framework text NOT NULL,
  indicator text NOT NULL,
  parent text,
  level smallint NOT NULL,
  position smallint NOT NULL,
  name_zh text NOT NULL,
  name_en text NOT NULL,
  nature text,
  unit text,
  decimals smallint,
  direction text,
  formula text,
  scope text,
  provenance text NOT NULL,
  note text,
  valid_from date NOT NULL,
  valid_to date,
  FOREIGN KEY (edition, framework) REFERENCES ref.framework,
  PRIMARY KEY (edition, framework, indicator)
);
CREATE TABLE ref.formula (
  edition integer NOT NULL REFERENCES ref.edition,
  formula text NOT NULL,
  version smallint NOT NULL,
  expression text NOT NULL,
  unit text NOT NULL,
  valid_from date NOT NULL,
  valid_to date,
  note text,
  PRIMARY KEY (edition, formula, version),
  EXCLUDE USING gist (
    int4range(edition, edition, '[]') WITH &&,
    ref.text_range(formula, formula, '[]') WITH &&,
    daterange(valid_from, valid_to) WITH &&)
);
CREATE TABLE ref.target (
  edition integer NOT NULL REFERENCES ref.edition,
  target text NOT NULL,
  framework text NOT NULL,
  indicator text NOT NULL,
  place text NOT NULL,
  due text NOT NULL,
  direction text NOT NULL,
  value double precision,
  low double precision,
  high double precision,
  baseline double precision,
  baseline_period text,
  unit text NOT NULL,
  set_by text NOT NULL,
  source text NOT NULL,
  fact_id text,
  lead text,
  supporting text,
  PRIMARY KEY (edition, target),
  FOREIGN KEY (edition, framework, indicator) REFERENCES ref.indicator
);
CREATE TABLE ref.form (
  edition integer NOT NULL REFERENCES ref.edition,
  form text NOT NULL,
  name_zh text NOT NULL,
  name_en text NOT NULL,
  department text NOT NULL,
  frequency text NOT NULL,
  form_no text,
  authority text,
  approval_no text,
  valid_from date NOT NULL,
  valid_to date,
  EXCLUDE USING gist (
    int4range(edition, edition, '[]') WITH &&,
    ref.text_range(form, form, '[]') WITH &&,
    daterange(valid_from, valid_to) WITH &&)
);
CREATE TABLE ref.form_item (
  edition integer NOT NULL REFERENCES ref.edition,
  form text NOT NULL,
  position smallint NOT NULL,
  section text NOT NULL,
  measure text NOT NULL,
  definition text NOT NULL,
  label_zh text NOT NULL,
  label_en text NOT NULL,
  unit text NOT NULL,
  decimals smallint NOT NULL,
  required boolean NOT NULL,
  low double precision,
  high double precision,
  parent text,
  parts text,
  kind text NOT NULL,
  numerator text,
  denominator text,
  type text NOT NULL,
  evidence boolean NOT NULL,
  indent smallint NOT NULL,
  PRIMARY KEY (edition, form, definition),
  FOREIGN KEY (edition, measure) REFERENCES ref.measure
);
CREATE TABLE ref.responsibility (
  edition integer NOT NULL REFERENCES ref.edition,
  form text NOT NULL,
  level text NOT NULL,
  place text,
  department text NOT NULL,
  role text NOT NULL,
  valid_from date NOT NULL,
  valid_to date
);
CREATE TABLE ref.calendar (
  edition integer NOT NULL REFERENCES ref.edition,
  round text NOT NULL,
  data_year smallint NOT NULL,
  form text NOT NULL,
  opens date NOT NULL,
  due date NOT NULL,
  grace date,
  locks date,
  note text,
  PRIMARY KEY (edition, round, form)
);
CREATE TABLE ref.table_label (
  edition integer NOT NULL REFERENCES ref.edition,
  source text NOT NULL,
  label text NOT NULL,
  measure text NOT NULL,
  definition text NOT NULL,
  unit text NOT NULL,
  parent text,
  parts text,
  note text,
  PRIMARY KEY (edition, source, label),
  FOREIGN KEY (edition, source) REFERENCES ref.source
);

-- ---------------------------------------------------------------- intake
CREATE TABLE intake.round (
  round text PRIMARY KEY,
  data_year smallint NOT NULL,
  name_zh text NOT NULL,
  edition integer NOT NULL REFERENCES ref.edition,
  state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed')),
  opened_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE intake.submission (
  submission_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('ledger', 'table')),
  round text NOT NULL,
  delivered_as text NOT NULL,
  file_name text NOT NULL,
  sha256 text NOT NULL,
  bytes bigint NOT NULL,
  department text,
  place text,
  period text,
  source text,
  identity jsonb NOT NULL DEFAULT '{}',
  signoff jsonb NOT NULL DEFAULT '{}',
  problem text,
  problem_detail text,
  revision integer NOT NULL DEFAULT 1,
  supersedes bigint REFERENCES intake.submission,
  state text NOT NULL DEFAULT 'received' CHECK (state IN (
    'received', 'archived', 'parsed', 'unclaimed', 'validated', 'in_review',
    'accepted', 'returned', 'superseded', 'withdrawn')),
  received_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (round, delivered_as, sha256)
);
CREATE INDEX ON intake.submission (state);
CREATE INDEX ON intake.submission (round, department, place);
CREATE INDEX ON intake.submission (supersedes);
CREATE TABLE intake.obligation (
  obligation_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  round text NOT NULL REFERENCES intake.round,
  form text NOT NULL,
  department text NOT NULL,
  place text NOT NULL,
  period text NOT NULL,
  due date NOT NULL,
  grace date,
  state text NOT NULL DEFAULT '未下发' CHECK (state IN (
    '未下发', '已下发', '已报送', '审核中', '已退回', '已通过', '豁免', '延期')),
  submission_id bigint REFERENCES intake.submission,
  accepted_by text,
  until date,
  why text,
  changed_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (round, form, department, place)
);
CREATE INDEX ON intake.obligation (submission_id);
CREATE TABLE intake.reminder (
  obligation_id bigint NOT NULL REFERENCES intake.obligation,
  kind text NOT NULL CHECK (kind IN ('due', 'late', 'returned')),
  day date NOT NULL,
  message text NOT NULL,
  sent_at timestamptz,
  PRIMARY KEY (obligation_id, kind, day)
);
CREATE TABLE intake.sheet_row (
  submission_id bigint NOT NULL REFERENCES intake.submission,
  sheet text NOT NULL,
  row_no integer NOT NULL,
  cells text[] NOT NULL,
  PRIMARY KEY (submission_id, sheet, row_no)
);
CREATE TABLE intake.evidence (
  submission_id bigint NOT NULL REFERENCES intake.submission,
  name text NOT NULL,
  sha256 text NOT NULL,
  bytes bigint NOT NULL,
  PRIMARY KEY (submission_id, name)
);
CREATE TABLE intake.yearbook_table (
  submission_id bigint NOT NULL REFERENCES intake.submission,
  sheet text NOT NULL,
  title text NOT NULL,
  years text NOT NULL,
  unit text,
  numeric_cells integer NOT NULL,
  read_cells integer NOT NULL,
  unmapped_cells integer NOT NULL,
  PRIMARY KEY (submission_id, sheet)
);
CREATE TABLE intake.item (
  submission_id bigint NOT NULL REFERENCES intake.submission,
  item_no integer NOT NULL,
  sheet text NOT NULL,
  cell text NOT NULL,
  form text NOT NULL,
  measure text NOT NULL,
  definition text NOT NULL,
  place text NOT NULL,
  period text NOT NULL,
  unit text NOT NULL,
  decimals smallint NOT NULL,
  required boolean NOT NULL,
  previous double precision,
  yearbook double precision,
  parent text,
  parts text,
  kind text NOT NULL,
  numerator text,
  denominator text,
  type text NOT NULL,
  text text,
  value double precision,
  missing_type text,
  missing_cell text,
  reason text,
  reason_cell text,
  evidence text,
  evidence_cell text,
  status char(1) NOT NULL,
  repaired text,
  is_synthetic boolean NOT NULL DEFAULT false,
  PRIMARY KEY (submission_id, item_no)
);

-- ---------------------------------------------------------------- quality
CREATE TABLE quality.validation_run (
  run_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  submissions integer NOT NULL,
  items integer NOT NULL,
  findings integer NOT NULL,
  suites jsonb NOT NULL,
  ended_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE quality.finding (
  finding_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  submission_id bigint NOT NULL REFERENCES intake.submission,
  round text NOT NULL,
  rule_id text NOT NULL,
  family text NOT NULL,
  severity text NOT NULL CHECK (severity IN ('block', 'ask', 'note')),
  file text NOT NULL,
  sheet text NOT NULL,
  cell text NOT NULL,
  form text,
  department text,
  place text,
  definition text,
  period text,
  found text NOT NULL,
  expected text NOT NULL,
  message_zh text NOT NULL,
  message_en text NOT NULL,
  cause text NOT NULL,
  would_be double precision,
  state text NOT NULL DEFAULT 'open' CHECK (state IN (
    'open', 'explained', 'accepted', 'corrected', 'returned', 'closed')),
  effect double precision NOT NULL DEFAULT 0,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (submission_id, rule_id, sheet, cell)
);
CREATE INDEX finding_queue ON quality.finding (round, effect DESC, finding_id DESC)
WHERE state IN ('open', 'explained');
CREATE TABLE quality.explanation (
  finding_id bigint NOT NULL REFERENCES quality.finding,
  text text NOT NULL,
  who text NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE quality.decision (
  decision_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  action text NOT NULL CHECK (action IN (
    'accept_form_by_rule', 'return_form_by_rule', 'accept_finding', 'correct_value', 'return_form', 'accept_form')),
  submission_id bigint REFERENCES intake.submission,
  form text,
  finding_id bigint REFERENCES quality.finding,
  old_value double precision,
  new_value double precision,
  basis text,
  who text NOT NULL,
  why text NOT NULL,
  is_sample boolean NOT NULL DEFAULT false,
  decided_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE NULLS NOT DISTINCT (action, submission_id, form, finding_id)
);
CREATE TABLE quality.outbox (
  decision_id bigint PRIMARY KEY REFERENCES quality.decision,
  applied_at timestamptz
);
CREATE INDEX outbox_waiting ON quality.outbox (decision_id) WHERE applied_at IS NULL;

-- ---------------------------------------------------------------- warehouse
CREATE SEQUENCE warehouse.obs_id;
CREATE TABLE warehouse.observation (
  obs_id bigint NOT NULL DEFAULT nextval('warehouse.obs_id'),
  measure text NOT NULL,
  definition text NOT NULL,
  place text NOT NULL,
  period text NOT NULL,
  value double precision,
  unit text NOT NULL,
  decimals smallint NOT NULL,
  status char(1) NOT NULL,
  kind text NOT NULL CHECK (kind IN ('actual', 'cumulative', 'rate', 'target', 'forecast', 'synthetic')),
  source text NOT NULL,
  submission_id bigint NOT NULL,
  sheet text NOT NULL,
  cell text NOT NULL,
  decision_id bigint,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (period, obs_id)
) PARTITION BY LIST (period);
CREATE UNIQUE INDEX observation_once ON warehouse.observation
(period, submission_id, sheet, cell, definition, coalesce(decision_id, 0));
CREATE INDEX ON warehouse.observation (definition, place);
CREATE TABLE warehouse.observation_unstated PARTITION OF warehouse.observation DEFAULT;
CREATE TABLE warehouse.superseded (
  obs_id bigint PRIMARY KEY,
  by_obs_id bigint NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE warehouse.candidate (
  period text NOT NULL,
  place text NOT NULL,
  measure text NOT NULL,
  definition text NOT NULL,
  rank integer NOT NULL,
  method text NOT NULL,
  route text NOT NULL,
  source_rank smallint NOT NULL,
  value double precision NOT NULL,
  low double precision NOT NULL,
  high double precision NOT NULL,
  kind text NOT NULL,
  status char(1) NOT NULL,
  obs_ids bigint[] NOT NULL,
  PRIMARY KEY (period, place, definition, rank)
) PARTITION BY LIST (period);
CREATE TABLE warehouse.reconciled_value (
  period text NOT NULL,
  place text NOT NULL,
  measure text NOT NULL,
  definition text NOT NULL,
  value double precision NOT NULL,
  low double precision NOT NULL,
  high double precision NOT NULL,
  status char(1) NOT NULL,
  verdict text NOT NULL,
  facet text NOT NULL DEFAULT '',
  method text NOT NULL,
  kind text NOT NULL,
  winner bigint[] NOT NULL,
  candidates integer NOT NULL,
  is_conflict boolean NOT NULL,
  PRIMARY KEY (period, place, definition)
) PARTITION BY LIST (period);
CREATE TABLE warehouse.conflict (
  period text NOT NULL,
  place text NOT NULL,
  measure text NOT NULL,
  definition text NOT NULL,
  proposal double precision NOT NULL,
  spread double precision NOT NULL,
  state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'decided')),
  decision_id bigint REFERENCES quality.decision,
  opened_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (period, place, definition)
);
CREATE TABLE warehouse.indicator_value (
  framework text NOT NULL,
  indicator text NOT NULL,
  place text NOT NULL,
  period text NOT NULL,
  value double precision,
  status char(1) NOT NULL,
  verdict text NOT NULL,
  kind text NOT NULL,
  formula text NOT NULL,
  formula_version smallint NOT NULL,
  inputs text[] NOT NULL,
  missing text[] NOT NULL,
  edition integer NOT NULL,
  PRIMARY KEY (framework, indicator, place, period)
);

CREATE FUNCTION warehouse.ensure_period(wanted text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $ensure$
DECLARE
  name text;
  part text;
BEGIN
  IF wanted !~ '^(18|19|20)[0-9]{2}(-Q[1-4])?$' THEN
    RETURN;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtext('warehouse.ensure_period'));
  FOREACH name IN ARRAY ARRAY['observation', 'candidate', 'reconciled_value'] LOOP
    part := format('%s_%s', name, lower(replace(wanted, '-', '_')));
    IF to_regclass('warehouse.' || part) IS NULL THEN
      EXECUTE format('CREATE TABLE warehouse.%I PARTITION OF warehouse.%I FOR VALUES IN (%L)', part, name, wanted);
    END IF;
  END LOOP;
END $ensure$;

-- ---------------------------------------------------------------- report
CREATE TABLE report.build (
  build_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  framework text NOT NULL,
  period text NOT NULL,
  edition integer NOT NULL REFERENCES ref.edition,
  code_version text NOT NULL,
  inputs_hash text NOT NULL,
  state text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'approved', 'released', 'superseded', 'restored')),
  requested_by text NOT NULL,
  as_of timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE report.artifact (
  build_id bigint NOT NULL REFERENCES report.build,
  name text NOT NULL,
  sha256 text NOT NULL,
  bytes bigint NOT NULL,
  PRIMARY KEY (build_id, name)
);
CREATE TABLE report.release (
  build_id bigint PRIMARY KEY REFERENCES report.build,
  approved_by text NOT NULL,
  released_at timestamptz NOT NULL DEFAULT now()
);

-- ---------------------------------------------------------------- rights
GRANT USAGE ON SCHEMA ref, intake, quality, warehouse, report, app, mart TO lcm_app;
GRANT SELECT ON ALL TABLES IN SCHEMA ref, intake, quality, warehouse, report, app TO lcm_app;
GRANT INSERT ON ALL TABLES IN SCHEMA intake, quality, report TO lcm_app;
GRANT INSERT ON TABLE warehouse.observation TO lcm_app;
GRANT INSERT ON TABLE warehouse.superseded TO lcm_app;
GRANT UPDATE ON TABLE intake.submission TO lcm_app;
GRANT UPDATE ON TABLE intake.obligation TO lcm_app;
GRANT UPDATE ON TABLE intake.round TO lcm_app;
GRANT UPDATE ON TABLE intake.reminder TO lcm_app;
GRANT UPDATE ON TABLE quality.finding TO lcm_app;
GRANT UPDATE ON TABLE quality.outbox TO lcm_app;
GRANT UPDATE ON TABLE report.build TO lcm_app;
GRANT DELETE ON TABLE intake.sheet_row TO lcm_app;
GRANT DELETE ON TABLE intake.item TO lcm_app;
GRANT DELETE ON TABLE intake.evidence TO lcm_app;
GRANT DELETE ON TABLE intake.yearbook_table TO lcm_app;
GRANT DELETE ON TABLE quality.finding TO lcm_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA intake, quality, warehouse, report TO lcm_app;
GRANT USAGE ON SCHEMA warehouse TO lcm_formula;
GRANT USAGE ON SCHEMA mart TO lcm_reader;

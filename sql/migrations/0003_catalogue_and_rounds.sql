-- Dated indicators, targets, frameworks and form items; facets, thresholds, overlaps, contacts; rounds of any period,
-- what happened to an obligation, what was not asked twice, reminders that may fail.

-- ---------------------------------------------------------------- ref
-- An office may go back to the content of an older edition: that is a new edition with the same hash.
ALTER TABLE ref.edition DROP CONSTRAINT edition_content_hash_key;
CREATE TABLE ref.facet (
  edition integer NOT NULL REFERENCES ref.edition,
  facet text NOT NULL,
  code text NOT NULL,
  name_zh text NOT NULL,
  name_en text NOT NULL,
  note text,
  PRIMARY KEY (edition, facet, code)
);
CREATE TABLE ref.threshold (
  edition integer NOT NULL REFERENCES ref.edition,
  threshold text NOT NULL,
  name_zh text NOT NULL,
  name_en text NOT NULL,
  comparison text NOT NULL,
  value double precision NOT NULL,
  unit text NOT NULL,
  source text NOT NULL,
  valid_from date NOT NULL,
  valid_to date,
  EXCLUDE USING gist (
    int4range(edition, edition, '[]') WITH &&,
    ref.text_range(threshold, threshold, '[]') WITH &&,
    daterange(valid_from, valid_to) WITH &&)
);
CREATE TABLE ref.overlap (
  edition integer NOT NULL REFERENCES ref.edition,
  framework text NOT NULL,
  indicator text NOT NULL,
  other_framework text NOT NULL,
  other_indicator text NOT NULL,
  relation text NOT NULL,
  note text,
  PRIMARY KEY (edition, framework, indicator, other_framework, other_indicator)
);
CREATE TABLE ref.contact (
  edition integer NOT NULL REFERENCES ref.edition,
  department text NOT NULL,
  place text,
  name text NOT NULL,
  phone text,
  email text,
  valid_from date NOT NULL,
  valid_to date,
  EXCLUDE USING gist (
    int4range(edition, edition, '[]') WITH &&,
    ref.text_range(department || '@' || coalesce(place, ''), department || '@' || coalesce(place, ''), '[]') WITH &&,
    daterange(valid_from, valid_to) WITH &&)
);

ALTER TABLE ref.definition ADD COLUMN threshold text;
ALTER TABLE ref.responsibility ADD COLUMN definition text;
ALTER TABLE ref.calendar ADD COLUMN period text;
UPDATE ref.calendar SET period = round;
ALTER TABLE ref.calendar ALTER COLUMN period SET NOT NULL;
ALTER TABLE ref.form_item ADD COLUMN choices text, ADD COLUMN minutes double precision,
ADD COLUMN valid_from date, ADD COLUMN valid_to date;
ALTER TABLE ref.form_item DROP CONSTRAINT form_item_pkey;
ALTER TABLE ref.form_item ADD EXCLUDE USING gist (
  int4range(edition, edition, '[]') WITH &&,
  ref.text_range(form || '/' || definition, form || '/' || definition, '[]') WITH &&,
  daterange(valid_from, valid_to) WITH &&
);

ALTER TABLE ref.target ADD COLUMN valid_from date NOT NULL DEFAULT '1949-10-01', ADD COLUMN valid_to date;
ALTER TABLE ref.target ALTER COLUMN valid_from DROP DEFAULT;
ALTER TABLE ref.target DROP CONSTRAINT target_edition_framework_indicator_fkey;
ALTER TABLE ref.target DROP CONSTRAINT target_pkey;
ALTER TABLE ref.target ADD EXCLUDE USING gist (
  int4range(edition, edition, '[]') WITH &&,
  ref.text_range(target, target, '[]') WITH &&,
  daterange(valid_from, valid_to) WITH &&
);
ALTER TABLE ref.indicator DROP CONSTRAINT indicator_edition_framework_fkey;
ALTER TABLE ref.indicator DROP CONSTRAINT indicator_pkey;
ALTER TABLE ref.indicator ADD EXCLUDE USING gist (
  int4range(edition, edition, '[]') WITH &&,
  ref.text_range(framework || '/' || indicator, framework || '/' || indicator, '[]') WITH &&,
  daterange(valid_from, valid_to) WITH &&
);
CREATE INDEX ON ref.indicator (edition, framework, indicator);
ALTER TABLE ref.framework DROP CONSTRAINT framework_pkey;
ALTER TABLE ref.framework ADD EXCLUDE USING gist (
  int4range(edition, edition, '[]') WITH &&,
  ref.text_range(framework, framework, '[]') WITH &&,
  daterange(valid_from, valid_to) WITH &&
);

-- ---------------------------------------------------------------- intake
ALTER TABLE intake.round ADD COLUMN period text;
UPDATE intake.round SET period = round;
ALTER TABLE intake.round ALTER COLUMN period SET NOT NULL;
ALTER TABLE intake.obligation ADD COLUMN locks date;

CREATE TABLE intake.obligation_event (
  event_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  obligation_id bigint NOT NULL REFERENCES intake.obligation,
  action text NOT NULL CHECK (action IN ('exempt', 'extend', 'resume')),
  until date,
  who text NOT NULL,
  why text NOT NULL CHECK (btrim(why) <> ''),
  recorded_at timestamptz NOT NULL DEFAULT now(),
  CHECK (action = 'resume' OR until IS NOT NULL)
);
CREATE INDEX ON intake.obligation_event (obligation_id);
CREATE TABLE intake.form_exception (
  round text NOT NULL REFERENCES intake.round,
  form text NOT NULL,
  who text NOT NULL,
  why text NOT NULL CHECK (btrim(why) <> ''),
  recorded_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (round, form)
);
CREATE TABLE intake.asked_once (
  round text NOT NULL REFERENCES intake.round,
  form text NOT NULL,
  definition text NOT NULL,
  department text NOT NULL,
  place text NOT NULL,
  action text NOT NULL CHECK (action IN ('dropped', 'prefilled')),
  value double precision,
  because text NOT NULL CHECK (because IN ('other_form', 'yearbook', 'accepted', 'follows')),
  detail text NOT NULL,
  minutes double precision NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (round, form, definition, department, place),
  CHECK ((action = 'prefilled') = (value IS NOT NULL))
);

ALTER TABLE intake.reminder DROP CONSTRAINT reminder_kind_check;
ALTER TABLE intake.reminder ADD CHECK (kind IN ('due', 'late', 'never', 'returned'));
ALTER TABLE intake.reminder
ADD COLUMN state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'sent', 'failed')),
ADD COLUMN channel text CHECK (channel IN ('mail', 'file')),
ADD COLUMN address text,
ADD COLUMN error text,
ADD COLUMN retried_by text;
UPDATE intake.reminder SET state = 'sent', channel = 'file', sent_at = coalesce(sent_at, now());
CREATE INDEX reminder_waiting ON intake.reminder (day) WHERE state <> 'sent';

GRANT SELECT ON ref.facet, ref.threshold, ref.overlap, ref.contact TO lcm_app;
GRANT SELECT, INSERT ON intake.obligation_event, intake.form_exception, intake.asked_once TO lcm_app;
GRANT DELETE ON intake.asked_once TO lcm_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA intake TO lcm_app;

-- Every clock of the house stands in Shanghai, wherever the server does.
CREATE FUNCTION app.today() RETURNS date
LANGUAGE sql STABLE PARALLEL SAFE RETURN (now() AT TIME ZONE 'Asia/Shanghai')::date;
GRANT EXECUTE ON FUNCTION app.today() TO lcm_app, lcm_reader;

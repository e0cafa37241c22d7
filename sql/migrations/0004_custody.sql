-- What people did with a submission: claimed, withdrew, asked to purge, purged; the file's hash stays whatever happens.
CREATE TABLE intake.submission_event (
  event_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  submission_id bigint NOT NULL REFERENCES intake.submission,
  action text NOT NULL CHECK (action IN ('claim', 'withdraw', 'ask_purge', 'purge')),
  who text NOT NULL CHECK (btrim(who) <> ''),
  why text NOT NULL CHECK (btrim(why) <> ''),
  department text,
  place text,
  recorded_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON intake.submission_event (submission_id);
ALTER TABLE intake.submission ADD COLUMN purged_at timestamptz;
GRANT SELECT, INSERT ON intake.submission_event TO lcm_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA intake TO lcm_app;

-- Reminders that a person sends from the board, taken back within half a minute; who is told besides the contact.
ALTER TABLE ref.contact ADD COLUMN leader text, ADD COLUMN leader_email text;
COMMENT ON COLUMN ref.contact.leader IS '分管负责人，催报时可以抄送 / the leader in charge, who may get a copy of reminders';

CREATE TABLE intake.reminder_batch (
  batch_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  round text NOT NULL REFERENCES intake.round,
  is_copied boolean NOT NULL,
  who text NOT NULL CHECK (btrim(who) <> ''),
  asked_at timestamptz NOT NULL DEFAULT now(),
  held_until timestamptz NOT NULL DEFAULT now() + interval '30 seconds',
  taken_back_by text,
  taken_back_at timestamptz,
  CHECK ((taken_back_by IS NULL) = (taken_back_at IS NULL))
);
COMMENT ON TABLE intake.reminder_batch IS
'由人发出的一批催报：谁、何时、是否抄送，撤回期内不发 / reminders sent by a person; none leaves before held_until';

ALTER TABLE intake.reminder DROP CONSTRAINT reminder_pkey;
ALTER TABLE intake.reminder
ADD COLUMN reminder_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
ADD COLUMN batch_id bigint REFERENCES intake.reminder_batch,
ADD COLUMN copied_to text;
CREATE UNIQUE INDEX reminder_once_a_day ON intake.reminder (obligation_id, kind, day) WHERE batch_id IS NULL;
CREATE INDEX ON intake.reminder (obligation_id);
CREATE INDEX ON intake.reminder (batch_id) WHERE batch_id IS NOT NULL;
ALTER TABLE intake.reminder DROP CONSTRAINT reminder_state_check;
ALTER TABLE intake.reminder ADD CHECK (state IN ('pending', 'sent', 'failed', 'taken_back'));
DROP INDEX intake.reminder_waiting;
CREATE INDEX reminder_waiting ON intake.reminder (day) WHERE state IN ('pending', 'failed');
GRANT SELECT, INSERT, UPDATE ON intake.reminder_batch TO lcm_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA intake TO lcm_app;

-- What a department can be reminded of on a day, and in which words: the same for the daily run and for a person.
CREATE FUNCTION intake.reminders_of(day date) RETURNS TABLE (
  obligation_id bigint, round text, place text, department text, form text, kind text, owed_until date, message text
)
LANGUAGE sql STABLE
BEGIN ATOMIC
  SELECT
    o.obligation_id, o.round, o.place, o.department, o.form, k.kind, u.owed_until,
    coalesce(p.name_zh, o.place) || coalesce(d.name_zh, o.department) || '：'
    || coalesce(f.form_no || '（' || f.name_zh || '）', f.name_zh, o.form) || CASE k.kind
      WHEN 'returned' THEN '已打回，请更正后重新报送。'
      WHEN 'due' THEN '应于' || u.owed_until || '前报送。'
      WHEN 'late' THEN '应于' || u.owed_until || '报送，已逾期' || (day - u.owed_until) || '天'
        || coalesce('，宽限至' || o.grace, '') || '。'
      ELSE '应于' || u.owed_until || '报送，宽限期已过，至今未报，请立即报送或书面申请延期。' END
  FROM intake.obligation AS o
  INNER JOIN intake.round AS r ON o.round = r.round AND r.state = 'open'
  CROSS JOIN LATERAL (SELECT coalesce(o.until, o.due) AS owed_until) AS u
  CROSS JOIN LATERAL (
    SELECT CASE
      WHEN o.state = '已退回' THEN 'returned'
      WHEN u.owed_until >= day THEN 'due'
      WHEN o.state <> '延期' AND coalesce(o.grace, u.owed_until) < day THEN 'never'
      ELSE 'late' END AS kind
  ) AS k
  LEFT JOIN ref.place AS p ON r.edition = p.edition AND o.place = p.place
    AND daterange(p.valid_from, p.valid_to) @> intake.last_day(o.period)
  LEFT JOIN ref.department AS d ON r.edition = d.edition AND o.department = d.department
    AND daterange(d.valid_from, d.valid_to) @> intake.last_day(o.period)
  LEFT JOIN LATERAL (
    SELECT x.name_zh, x.form_no FROM ref.form AS x
    WHERE x.edition = r.edition AND x.form = o.form
    ORDER BY daterange(x.valid_from, x.valid_to) @> intake.last_day(o.period) DESC, x.valid_from DESC LIMIT 1
  ) AS f ON true
  WHERE o.state IN ('已下发', '已退回', '延期', '豁免') AND NOT (o.state = '豁免' AND u.owed_until >= day);
END;
COMMENT ON FUNCTION intake.reminders_of(date) IS
'某日可以催报的应报任务、种类和催报的话 / obligations that can be reminded of on a day, the kind and the words';
GRANT EXECUTE ON FUNCTION intake.reminders_of(date) TO lcm_app;

-- How complete a form is, counted once when it comes in: the board asks for thousands of them at a time.
CREATE INDEX ON intake.obligation (round, place);
CREATE TABLE intake.answered (
  submission_id bigint NOT NULL REFERENCES intake.submission,
  form text NOT NULL,
  asked smallint NOT NULL,
  given smallint NOT NULL,
  PRIMARY KEY (submission_id, form)
);
COMMENT ON TABLE intake.answered IS
'每份报表的完整程度：应填项数，已填或已说明缺数原因的项数 / items a form asks, and those with a figure or a missing mark with its reason';
CREATE FUNCTION intake.count_answered(ids bigint []) RETURNS void
LANGUAGE sql
BEGIN ATOMIC
  INSERT INTO intake.answered (submission_id, form, asked, given)
  SELECT i.submission_id, i.form, count(*), count(*) FILTER (
    WHERE i.status <> 'O' AND (coalesce(i.missing_type, '') NOT IN ('暂缺', '并入') OR i.reason <> '')
  )
  FROM intake.item AS i
  WHERE i.submission_id = any(ids) AND i.form IS NOT NULL
  GROUP BY i.submission_id, i.form
  ON CONFLICT (submission_id, form) DO UPDATE SET asked = excluded.asked, given = excluded.given;
END;
SELECT intake.count_answered(array_agg(submission_id)) FROM intake.submission WHERE kind = 'ledger';
GRANT SELECT ON intake.answered TO lcm_app;

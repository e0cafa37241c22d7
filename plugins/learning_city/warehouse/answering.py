"""What a submission does when it is taken in: it supersedes older ones, answers obligations, or waits behind a lock."""

from sqlalchemy import Connection, text

from learning_city.warehouse.deciding import one_at_a_time


def take_in(connection: Connection, submission_ids: list[int]) -> None:
    """Take in submissions that were just landed; what comes after its lock date waits to be claimed (``locked``)."""
    one_at_a_time(connection)
    connection.execute(text(_LOCK), {"ids": submission_ids})
    _answer(connection, submission_ids)


def unlock(connection: Connection, submission_ids: list[int]) -> None:
    """Take in what came after a lock date, once somebody extended what it answers; it is checked anew."""
    one_at_a_time(connection)
    connection.execute(text(_UNLOCK), {"ids": submission_ids})
    _answer(connection, submission_ids)


def recheck(connection: Connection, submission_ids: list[int]) -> None:
    """Let submissions be checked anew; forms that were returned are open again."""
    reopen(connection, submission_ids, ["return_form", "return_form_by_rule"], "parsed")


def reopen(connection: Connection, submission_ids: list[int], actions: list[str], state: str) -> None:
    """Open forms again whose last decision is one of these actions; their submissions go on from ``state``."""
    said = {"ids": submission_ids, "actions": actions, "state": state}
    connection.execute(text(_REOPEN), said)
    connection.execute(text(_ANSWER), said)


def restore(connection: Connection, submission_id: int) -> None:
    """Let a superseded submission count again: what was accepted of it is accepted, the rest is checked anew.

    Nothing is restored where a later submission of the same department and place counts.
    """
    said = {"id": submission_id, "ids": [submission_id]}
    if connection.execute(text(_IS_OUTDONE), said).scalar():
        return
    if connection.execute(text(_IS_ACCEPTED), said).scalar():
        connection.execute(text("UPDATE intake.submission SET state = 'accepted' WHERE submission_id = :id"), said)
        connection.execute(text(_ANSWER), said)
    else:
        recheck(connection, [submission_id])
    connection.execute(text(_PASSED), said)


def _answer(connection: Connection, ids: list[int]) -> None:
    for statement in (*_SUPERSEDE, _SUPERSEDE_TABLES, _STILL_SIGNED, _ANSWER):
        connection.execute(text(statement), {"ids": ids, "first": min(ids, default=0)})


_LOCK = """
UPDATE intake.submission AS s SET problem = 'locked', problem_detail = o.locks::text, state = 'unclaimed'
FROM (
  SELECT round, department, place, max(locks) AS locks FROM intake.obligation
  GROUP BY round, department, place
  HAVING bool_and(coalesce(CASE WHEN state <> '豁免' THEN until END, locks) < app.today())
) AS o
WHERE s.submission_id = ANY(:ids) AND s.problem IS NULL
  AND s.round = o.round AND s.department = o.department AND s.place = o.place
"""
_REOPEN = """
WITH opened AS (
  SELECT * FROM quality.decide('reopen_form', (
    SELECT array_agg(row(submission_id, form, NULL, NULL, NULL, NULL, false)::quality.ruling) FROM quality.form_decision
    WHERE submission_id = ANY(:ids) AND action = ANY(:actions)
  ), 'rule', '重新审核 / checked anew', NULL, NULL, false)
), submissions AS (
  UPDATE intake.submission SET state = :state WHERE submission_id = ANY(:ids)
)
SELECT count(*) FROM opened
"""
_UNLOCK = """
UPDATE intake.submission SET problem = NULL, problem_detail = NULL, state = 'parsed' WHERE submission_id = ANY(:ids)
"""
_IS_ACCEPTED = """
SELECT bool_and(EXISTS (
  SELECT FROM quality.form_decision AS d WHERE d.submission_id = i.submission_id AND d.form = i.form
    AND d.action IN ('accept_form', 'accept_form_by_rule')))
FROM (SELECT DISTINCT submission_id, form FROM intake.item WHERE submission_id = :id) AS i
"""
_IS_OUTDONE = """
SELECT EXISTS (
  SELECT FROM intake.submission AS mine JOIN intake.submission AS later USING (round, department, place)
  WHERE mine.submission_id = :id AND later.submission_id > mine.submission_id AND later.kind = 'ledger'
    AND later.problem IS NULL AND later.identity ->> 'token_ok' = 'yes' AND later.state NOT IN ('superseded', 'withdrawn'))
"""
_PASSED = """
UPDATE intake.obligation AS o SET state = '已通过', accepted_by = d.who
FROM quality.form_decision AS d
WHERE d.submission_id = :id AND d.action IN ('accept_form', 'accept_form_by_rule')
  AND o.submission_id = d.submission_id AND o.form = d.form
"""
_SUPERSEDE = (
    """
UPDATE intake.submission AS old SET state = 'superseded'
FROM intake.submission AS new
WHERE new.submission_id = ANY(:ids) AND old.submission_id < :first
  AND new.kind = 'ledger' AND new.problem IS NULL AND new.identity ->> 'token_ok' = 'yes'
  AND new.identity ->> 'round' = new.round
  AND old.round = new.round AND old.department = new.department AND old.place = new.place
  AND old.kind = 'ledger' AND old.state NOT IN ('superseded', 'withdrawn') AND old.identity ->> 'token_ok' = 'yes'
""",
    """
WITH newest AS (
  SELECT round, department, place, max(submission_id) AS submission_id FROM intake.submission
  WHERE submission_id < :first AND state = 'superseded' GROUP BY round, department, place
)
UPDATE intake.submission AS new
SET supersedes = old.submission_id, revision = old.revision + 1
FROM newest JOIN intake.submission AS old USING (submission_id)
WHERE new.submission_id = ANY(:ids) AND new.problem IS NULL AND new.identity ->> 'token_ok' = 'yes'
  AND newest.round = new.round AND newest.department = new.department AND newest.place = new.place
""",
)
_STILL_SIGNED = """
INSERT INTO intake.signoff (submission_id, paper_code, file_code, values_hash, scan_sha256, carried_from, who)
SELECT new.submission_id, old.paper_code, old.file_code, old.values_hash, old.scan_sha256, old.signoff_id, old.who
FROM intake.submission AS new
JOIN intake.signoff_state AS held ON held.submission_id = new.supersedes AND held.state = 'confirmed'
JOIN intake.signoff AS old ON old.signoff_id = held.signoff_id
JOIN intake.evidence AS scan
  ON scan.submission_id = new.submission_id AND regexp_replace(scan.name, '^.*/', '') = new.signoff -> 'seal' ->> 'text'
WHERE new.submission_id = ANY(:ids) AND scan.sha256 = old.scan_sha256
  AND intake.values_hash(new.submission_id) = old.values_hash
"""
"""Nothing that was signed changed, and the scan is the same: the confirmation holds."""
_SUPERSEDE_TABLES = """
WITH pair AS (
  SELECT DISTINCT ON (new.submission_id) new.submission_id AS later, old.submission_id AS earlier, old.revision
  FROM intake.submission AS new
  JOIN intake.submission AS old ON old.round = new.round AND old.delivered_as = new.delivered_as AND old.kind = 'table'
    AND old.submission_id < new.submission_id AND old.state NOT IN ('superseded', 'withdrawn')
  WHERE new.submission_id = ANY(:ids) AND new.kind = 'table' AND new.problem IS NULL
  ORDER BY new.submission_id, old.submission_id DESC
), gone AS (
  UPDATE intake.submission AS old SET state = 'superseded' FROM pair WHERE old.submission_id = pair.earlier
)
UPDATE intake.submission AS new SET supersedes = pair.earlier, revision = pair.revision + 1
FROM pair WHERE new.submission_id = pair.later
"""
_ANSWER = """
UPDATE intake.obligation AS o SET submission_id = s.submission_id, state = '已报送', changed_at = now()
FROM (
  SELECT DISTINCT ON (s.round, i.form, s.department, s.place)
         s.submission_id, s.round, i.form, s.department, s.place
  FROM intake.submission AS s
  JOIN (SELECT DISTINCT submission_id, form FROM intake.item WHERE submission_id = ANY(:ids)) AS i USING (submission_id)
  WHERE s.kind = 'ledger' AND s.problem IS NULL AND s.identity ->> 'token_ok' = 'yes'
    AND s.identity ->> 'round' = s.round
  ORDER BY s.round, i.form, s.department, s.place, s.submission_id DESC
) AS s
WHERE o.round = s.round AND o.form = s.form AND o.department = s.department AND o.place = s.place
  AND o.state NOT IN ('豁免')
"""

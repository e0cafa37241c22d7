"""Whose a submission is and whether it counts: claim (认领), withdraw (撤回), purge (清除); all recorded with who and why."""

from pathlib import Path

from sqlalchemy import Connection, Engine, RowMapping, text

from learning_city.errors import NeedsAPerson
from learning_city.model.plain_text import plain
from learning_city.warehouse import answering, deciding

_OPEN = ("unclaimed", "parsed", "validated", "in_review", "returned")
"""States in which a submission was not accepted yet."""


def claim(engine: Engine, submission_id: int, *, department: str, place: str, who: str, why: str) -> None:
    """Say whose an unidentified file is; the forms it should have answered go back to that department.

    The file stays what it is: without the office's own identity its figures count nowhere. Raises NeedsAPerson when the
    submission does not wait to be claimed, or when that department and place owe nothing in the round.
    """
    with engine.begin() as connection:
        deciding.one_at_a_time(connection)
        one = _one(connection, submission_id, who, why)
        if one["state"] != "unclaimed" or one["problem"] == "locked":
            raise NeedsAPerson(f"{one['delivered_as']} 不在待认领中。 It does not wait to be claimed.")
        said = {"id": submission_id, "department": department, "place": place, "round": one["round"]}
        owed = connection.execute(text(_RETURN), said).rowcount
        if not owed:
            raise NeedsAPerson(
                f"{place} {department} 在轮次 {one['round']} 没有未通过的应报任务。 "
                "That department and place owe nothing open in this round."
            )
        connection.execute(text(_ASSIGN), said)
        _record(connection, submission_id, "claim", who, why, department=department, place=place)


def withdraw(engine: Engine, submission_id: int, *, who: str, why: str) -> None:
    """Take a submission back before it is accepted: it counts nowhere, what it superseded counts again.

    Another workbook of the same token, which it kept from counting, is checked anew.

    Raises NeedsAPerson when it was accepted, superseded or withdrawn already.
    """
    with engine.begin() as connection:
        deciding.one_at_a_time(connection)
        one = _one(connection, submission_id, who, why)
        accepted = connection.execute(text(_ACCEPTED), {"id": submission_id}).scalar()
        if one["state"] not in _OPEN or accepted:
            raise NeedsAPerson(
                f"{one['delivered_as']} 已{_STATES.get(one['state'], '通过')}，不能撤回。 Not possible any more."
            )
        for statement in (_WITHDRAW, _CLOSE_FINDINGS, _OWED_AGAIN):
            connection.execute(text(statement), {"id": submission_id})
        if one["supersedes"] is not None:
            answering.restore(connection, int(one["supersedes"]))
        answering.recheck(connection, list(connection.execute(text(_COMPETING), {"id": submission_id}).scalars()))
        _record(connection, submission_id, "withdraw", who, why)


def purge(engine: Engine, archive: Path, submission_id: int, *, who: str, why: str) -> bool:
    """Remove a file's bytes for good: asked by one head, done when another asks the same; hash and record stay.

    Returns True when it was removed, False when a second person is awaited. Only what counts nowhere can be purged
    (withdrawn, or never claimed); bytes that another submission shares stay. Raises NeedsAPerson otherwise.
    """
    with engine.begin() as connection:
        deciding.one_at_a_time(connection)
        one = _one(connection, submission_id, who, why)
        if one["purged_at"] is not None or one["state"] not in ("withdrawn", "unclaimed"):
            raise NeedsAPerson(f"{one['delivered_as']}：只能清除已撤回或待认领的文件。 Withdraw it first.")
        asked = connection.execute(text(_ASKED), {"id": submission_id, "who": who}).one()
        if not asked.by_another:
            if not asked.by_himself:
                _record(connection, submission_id, "ask_purge", who, why)
            return False
        hashes = connection.execute(text(_HASHES), {"id": submission_id}).scalars().all()
        for table in ("sheet_row", "item", "yearbook_table", "unmapped"):
            connection.execute(text(f"DELETE FROM intake.{table} WHERE submission_id = :id"), {"id": submission_id})  # noqa: S608 - our names
        connection.execute(text(_PURGED), {"id": submission_id})
        _record(connection, submission_id, "purge", who, why)
    for digest in hashes:
        (archive / digest[:2] / digest).unlink(missing_ok=True)
    return True


def _one(connection: Connection, submission_id: int, who: str, why: str) -> RowMapping:
    if not plain(who) or not plain(why):
        raise NeedsAPerson("请写明经办人和理由。 A person and a reason are required.")
    found = connection.execute(text(_ONE), {"id": submission_id}).mappings().first()
    if found is None:
        raise NeedsAPerson(f"没有报送件 {submission_id}。 No such submission.")
    return found


def _record(
    connection: Connection, submission_id: int, action: str, who: str, why: str, department: str = "", place: str = ""
) -> None:
    said = {"id": submission_id, "action": action, "who": who, "why": plain(why)}
    connection.execute(text(_EVENT), {**said, "department": department or None, "place": place or None})


_STATES = {"accepted": "通过", "superseded": "被新一次报送取代", "withdrawn": "撤回"}
_ONE = """
SELECT submission_id, round, delivered_as, state, problem, supersedes, purged_at FROM intake.submission
WHERE submission_id = :id FOR UPDATE
"""
_ASSIGN = "UPDATE intake.submission SET department = :department, place = :place, state = 'returned' WHERE submission_id = :id"
_RETURN = """
UPDATE intake.obligation SET state = '已退回', submission_id = :id, changed_at = now()
WHERE round = :round AND department = :department AND place = :place
  AND state NOT IN ('已报送', '审核中', '已通过', '豁免')
"""
_ACCEPTED = """
SELECT EXISTS (SELECT FROM quality.form_decision
               WHERE submission_id = :id AND action IN ('accept_form', 'accept_form_by_rule'))
"""
_WITHDRAW = "UPDATE intake.submission SET state = 'withdrawn' WHERE submission_id = :id"
_CLOSE_FINDINGS = (
    "UPDATE quality.finding SET state = 'closed' WHERE submission_id = :id AND state IN ('open', 'explained')"
)
_OWED_AGAIN = """
UPDATE intake.obligation SET state = '已下发', submission_id = NULL, accepted_by = NULL, changed_at = now()
WHERE submission_id = :id
"""
_COMPETING = """
SELECT other.submission_id FROM intake.submission AS mine
JOIN intake.submission AS other
  ON other.round = mine.round AND other.identity ->> 'token' = mine.identity ->> 'token'
  AND other.submission_id <> mine.submission_id AND other.state IN ('validated', 'in_review', 'returned')
WHERE mine.submission_id = :id AND EXISTS (
  SELECT FROM quality.finding AS f
  WHERE f.submission_id = other.submission_id AND f.rule_id = 'duplicate.token' AND f.state <> 'closed')
"""
_ASKED = """
SELECT coalesce(bool_or(NOT app.same_person(who, :who)), false) AS by_another,
  coalesce(bool_or(app.same_person(who, :who)), false) AS by_himself
FROM intake.submission_event WHERE submission_id = :id AND action = 'ask_purge'
"""
_HASHES = """
SELECT mine.sha256 FROM (
  SELECT sha256 FROM intake.submission WHERE submission_id = :id
  UNION SELECT sha256 FROM intake.evidence WHERE submission_id = :id
) AS mine
WHERE NOT EXISTS (SELECT FROM intake.submission AS s WHERE s.sha256 = mine.sha256 AND s.submission_id <> :id
                  AND s.purged_at IS NULL)
  AND NOT EXISTS (SELECT FROM intake.evidence AS e JOIN intake.submission AS s USING (submission_id)
                  WHERE e.sha256 = mine.sha256 AND e.submission_id <> :id AND s.purged_at IS NULL)
  AND NOT EXISTS (SELECT FROM quality.judgement AS j WHERE j.evidence @> jsonb_build_array(
                    jsonb_build_object('sha256', mine.sha256, 'submission_id', NULL)))
"""
_PURGED = "UPDATE intake.submission SET purged_at = now(), state = 'withdrawn' WHERE submission_id = :id"
_EVENT = """
INSERT INTO intake.submission_event (submission_id, action, who, why, department, place)
VALUES (:id, :action, :who, :why, :department, :place)
"""

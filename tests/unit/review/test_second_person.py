"""The second person: needed whatever finding of a figure one comes through, and no longer once the form went back."""

import json

import pytest
from desk import BLANK, LI, NOW, deliver, question
from office import Office
from sqlalchemy import text

from learning_city.review import audit, decide, settle
from learning_city.review.decide import Said

BASIS = Said(who="李", code="C02", basis="电话核对")
WANG = Said(who="王", code="R01")
_NOTE = """
INSERT INTO quality.finding (submission_id, round, rule_id, family, severity, file, sheet, cell, form, department, place,
  definition, period, found, expected, message_zh, message_en, cause)
SELECT submission_id, round, 'type.repaired', 'type', 'note', file, sheet, cell, form, department, place, definition,
  period, found, '', '', '', '' FROM quality.finding WHERE finding_id = :n RETURNING finding_id
"""


def change(office: Office, sql: str, **said: object) -> int:
    with office.engine.begin() as connection:
        found = connection.execute(text(sql), said)
        return int(found.scalar_one()) if found.returns_rows else 0


def weighed(office: Office, would_be: float, *, moves: bool) -> int:
    """The one question, with a proposal that an indicator reads."""
    deliver(office, libraries=5_000.0)
    number = question(office)
    impact = json.dumps([{"indicator": "x"}])
    sql = "UPDATE quality.finding SET moves = :moves, impact = CAST(:impact AS jsonb), would_be = :v WHERE finding_id = :n"
    change(office, sql, moves=moves, impact=impact, v=would_be, n=number)
    return number


@pytest.mark.parametrize(
    ("moves", "value", "pending"), [(True, 50.0, 1), (False, 50.0, 0), (False, 60.0, 1), (True, 60.0, 1)]
)
def test_a_value_nobody_weighed_needs_a_second_person_also_through_a_note(
    office: Office, moves: bool, value: float, pending: int
) -> None:
    note = change(office, _NOTE, n=weighed(office, 50.0, moves=moves))
    assert bool(decide.correct(office.engine, note, value, BASIS).pending) is bool(pending)


def test_a_correction_that_waited_ends_with_the_return_and_waits_again_when_that_is_undone(office: Office) -> None:
    number = weighed(office, 50.0, moves=True)
    submission = office.one("SELECT submission_id FROM quality.finding WHERE finding_id = :n", n=number)
    (waiting,) = decide.correct(office.engine, number, 50.0, BASIS).decisions
    (returned,) = decide.return_form(office.engine, submission, "culture", WANG).decisions
    assert decide.confirm(office.engine, waiting, who="赵").gone == 1
    assert office.one("SELECT state FROM quality.finding WHERE finding_id = :n", n=number) == "returned"
    decide.undo(office.engine, returned, who="王")
    assert office.one("SELECT awaits FROM quality.finding WHERE finding_id = :n", n=number) == waiting
    assert decide.confirm(office.engine, waiting, who="赵").decisions
    assert audit.verify(office.engine) == []


def test_an_accepted_submission_is_returned_when_one_of_its_forms_is(office: Office) -> None:
    submission = deliver(office, gdp=BLANK)
    decide.accept(office.engine, [question(office)], LI)
    settle.settle_by_rule(office.engine, undo=NOW)
    assert office.submission("北京").state == "accepted"
    decide.return_form(office.engine, submission, "statistics", WANG)
    assert office.submission("北京").state == "returned"
    assert office.one("SELECT state FROM intake.obligation WHERE submission_id = :s AND form = 'statistics'", s=submission) == "已退回"  # fmt: skip

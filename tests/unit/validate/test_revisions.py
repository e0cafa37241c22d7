"""A second delivery: what changed is checked again, what people said of the rest stands, nobody chooses in silence."""

from typing import Any

import pytest
from office import ROUND, TODAY, Office, filled
from sqlalchemy import Row

from learning_city.collect import custody
from learning_city.model.ledger import Answer
from learning_city.review import decide
from learning_city.validate import store

ROOMS, AUDIENCE = "culture_rooms", "lecture_audience"
"""Two items asked about when they are larger than the form thinks a city's could be."""
FIRST: dict[str, float | str | Answer] = {
    ROOMS: Answer(value=20_000, reason="含民办书屋"),
    AUDIENCE: Answer(value=600, reason="含线上讲座"),
}


def deliver(office: Office, name: str, **changed: float | str | Answer) -> int:
    """Deliver a ledger with two large figures, some of it changed, and check it."""
    ledger = office.ledger("culture_tourism")
    office.deliver(name, ledger, filled(ledger, **(FIRST | changed)))
    (one,) = office.check(name)
    decide.settle_by_rule(office.engine)
    return one


def asked(office: Office, name: str) -> dict[str, Row[Any]]:
    return {row.definition: row for row in office.findings(name) if row.severity == "ask" and row.definition}


def changed(office: Office, one: int, other: int) -> list[str]:
    sql = "SELECT definition FROM intake.changed_items(:one, :other) ORDER BY definition"
    return [str(row[0]) for row in office.rows(sql, one=one, other=other)]


def said(office: Office, finding: int) -> list[Any]:
    sql = "SELECT text, who FROM quality.explanation WHERE finding_id = :id ORDER BY recorded_at"
    return [tuple(row) for row in office.rows(sql, id=finding)]


def test_what_the_department_wrote_beside_a_figure_is_its_explanation(office: Office) -> None:
    deliver(office, "甲")
    found = asked(office, "甲")
    assert {found[ROOMS].state, found[AUDIENCE].state} == {"explained"}
    assert said(office, found[ROOMS].finding_id) == [("含民办书屋", "张（填表人 / filler）")]


def test_only_the_changed_cells_of_a_revision_are_checked_again(office: Office) -> None:
    first = deliver(office, "甲", libraries=30)
    decide.accept_findings(office.engine, [asked(office, "甲")[ROOMS].finding_id], who="李", why="与文旅部年报一致")
    second = deliver(office, "乙", libraries=31, lib_seats=30_000, **{AUDIENCE: Answer(value=610, reason="含线上讲座")})
    assert changed(office, second, first) == ["lecture_audience", "lib_seats", "libraries"]
    assert office.one("SELECT changed FROM quality.validation_run ORDER BY run_id DESC LIMIT 1") == 3
    before, now = asked(office, "甲"), asked(office, "乙")
    assert now[ROOMS].state == "accepted", "what was settled stays settled"
    assert now[ROOMS].same_as == before[ROOMS].finding_id
    assert said(office, now[ROOMS].finding_id) == said(office, before[ROOMS].finding_id)
    assert now[AUDIENCE].same_as is None, "a changed figure is a new question"
    decision = office.one(
        "SELECT who, why, basis FROM quality.decision WHERE finding_id = :id", id=now[ROOMS].finding_id
    )
    assert (decision.who, decision.why) == ("李", "与文旅部年报一致")
    assert "carried over" in decision.basis


def test_a_revision_says_which_cells_it_changed_and_that_the_signature_is_spent(office: Office) -> None:
    deliver(office, "甲", libraries=30)
    deliver(office, "乙", libraries=31)
    (note,) = [row for row in office.findings("乙") if row.rule_id == "duplicate.revised"]
    assert (note.rule_id, note.severity, note.cell) == ("duplicate.revised", "note", "")
    assert note.found == f"{office.cell('乙', 'libraries')} 30 → 31"
    assert "改动 1 格" in note.message_zh
    assert "签章须重新核对" in note.message_zh


def test_a_revision_without_changes_keeps_everything(office: Office) -> None:
    first = deliver(office, "甲")
    ids = [row.finding_id for row in asked(office, "甲").values()]
    decide.accept_findings(office.engine, ids, who="李", why="属实")
    assert office.submission("甲").state == "accepted"
    second = deliver(office, "乙")
    assert changed(office, second, first) == []
    assert office.submission("乙").state == "accepted"


def test_another_version_of_what_was_accepted_waits_for_a_person(office: Office) -> None:
    plain = office.ledger("culture_tourism")
    for name, libraries in (("甲", 30.0), ("乙", 33.0)):
        office.deliver(name, plain, filled(plain, libraries=libraries))
        office.check(name)
        decide.settle_by_rule(office.engine)
    assert office.submission("乙").state == "in_review"
    (question,) = [row for row in office.findings("乙") if row.severity == "ask"]
    assert (question.rule_id, question.cell) == ("duplicate.after_acceptance", "")
    custody.withdraw(office.engine, int(office.submission("乙").submission_id), who="张", why="以前一份为准")
    assert office.submission("甲").state == "accepted"


def test_of_two_versions_that_came_together_one_is_withdrawn_and_the_other_counts(office: Office) -> None:
    plain = office.ledger("culture_tourism")
    for name, libraries in (("甲", 30.0), ("乙", 33.0)):
        office.deliver(name, plain, filled(plain, libraries=libraries))
    office.check("甲", "乙")
    decide.settle_by_rule(office.engine)
    assert {office.submission("甲").state, office.submission("乙").state} == {"returned"}
    custody.withdraw(office.engine, int(office.submission("甲").submission_id), who="张", why="以乙为准")
    store.check(office.engine, [int(office.submission("乙").submission_id)], TODAY)
    decide.settle_by_rule(office.engine)
    assert office.submission("乙").state == "accepted"
    assert office.one("SELECT state FROM intake.obligation WHERE form = 'culture' AND place = '110000'") == "已通过"
    closed = [row.state for row in office.findings("乙") if row.rule_id == "duplicate.token"]
    assert closed == ["closed"], "the finding is kept, and settled"


def test_a_form_that_is_still_wrong_when_checked_anew_is_returned_again(office: Office) -> None:
    plain = office.ledger("culture_tourism")
    office.deliver("甲", plain, filled(plain, libraries=-1.0))
    office.check("甲")
    decide.settle_by_rule(office.engine)
    office.deliver("乙", plain, filled(plain))
    office.check("乙")
    custody.withdraw(office.engine, int(office.submission("乙").submission_id), who="张", why="送错了")
    store.check(office.engine, [int(office.submission("甲").submission_id)], TODAY)
    decide.settle_by_rule(office.engine)
    assert office.submission("甲").state == "returned"
    states = "SELECT state FROM intake.obligation WHERE form = 'culture' AND place = '110000' AND round = :round"
    assert office.one(states, round=ROUND) == "已退回"


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_blank_reason_explains_nothing(office: Office, reason: str) -> None:
    deliver(office, "甲", **{ROOMS: Answer(value=20_000, reason=reason)})
    assert asked(office, "甲")[ROOMS].state == "open"

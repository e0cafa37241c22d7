"""A second delivery: what changed is checked again, what people said of the rest stands, nobody chooses in silence."""

from typing import Any

import pytest
from desk import NOW
from office import KEY, ROUND, SEAL, SIGNED, TODAY, Office, filled
from sqlalchemy import Row, text

from learning_city.collect import custody
from learning_city.model.ledger import Answer
from learning_city.prepare.workbook import write_ledger
from learning_city.reconcile.resolve import resolve
from learning_city.review import decide, settle, signoff
from learning_city.review.decide import Said
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
    settle.settle_by_rule(office.engine)
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
    assert said(office, found[ROOMS].finding_id) == [("含民办书屋", "张（填表人）")]


def test_only_the_changed_cells_of_a_revision_are_checked_again(office: Office) -> None:
    first = deliver(office, "甲", libraries=30)
    decide.accept(office.engine, [asked(office, "甲")[ROOMS].finding_id], Said(who="李", why="与文旅部年报一致"))
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
    decide.accept(office.engine, ids, Said(who="李", why="属实"))
    settle.settle_by_rule(office.engine, undo=NOW)
    assert office.submission("甲").state == "accepted"
    second = deliver(office, "乙")
    settle.settle_by_rule(office.engine)
    assert changed(office, second, first) == []
    assert office.submission("乙").state == "accepted"


def test_another_version_of_what_was_accepted_waits_for_a_person(office: Office) -> None:
    plain = office.ledger("culture_tourism")
    for name, libraries in (("甲", 30.0), ("乙", 33.0)):
        office.deliver(name, plain, filled(plain, libraries=libraries))
        office.check(name)
        settle.settle_by_rule(office.engine)
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
    settle.settle_by_rule(office.engine)
    assert {office.submission("甲").state, office.submission("乙").state} == {"returned"}
    custody.withdraw(office.engine, int(office.submission("甲").submission_id), who="张", why="以乙为准")
    store.check(office.engine, [int(office.submission("乙").submission_id)], TODAY)
    settle.settle_by_rule(office.engine)
    assert office.submission("乙").state == "accepted"
    assert office.one("SELECT state FROM intake.obligation WHERE form = 'culture' AND place = '110000'") == "已通过"
    closed = [row.state for row in office.findings("乙") if row.rule_id == "duplicate.token"]
    assert closed == ["closed"], "the finding is kept, and settled"


def test_a_form_that_is_still_wrong_when_checked_anew_is_returned_again(office: Office) -> None:
    plain = office.ledger("culture_tourism")
    office.deliver("甲", plain, filled(plain, libraries=-1.0))
    office.check("甲")
    settle.settle_by_rule(office.engine)
    office.deliver("乙", plain, filled(plain))
    office.check("乙")
    custody.withdraw(office.engine, int(office.submission("乙").submission_id), who="张", why="送错了")
    store.check(office.engine, [int(office.submission("甲").submission_id)], TODAY)
    settle.settle_by_rule(office.engine)
    assert office.submission("甲").state == "returned"
    states = "SELECT state FROM intake.obligation WHERE form = 'culture' AND place = '110000' AND round = :round"
    assert office.one(states, round=ROUND) == "已退回"


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_blank_reason_explains_nothing(office: Office, reason: str) -> None:
    deliver(office, "甲", **{ROOMS: Answer(value=20_000, reason=reason)})
    assert asked(office, "甲")[ROOMS].state == "open"


def resolved(office: Office) -> None:
    settle.settle_by_rule(office.engine)
    resolve(office.engine, with_synthetic=False)


def current(office: Office, definition: str) -> list[tuple[float | None, str]]:
    sql = "SELECT value, status FROM mart.observation_current WHERE definition = :definition ORDER BY obs_id"
    return [(row.value, row.status) for row in office.rows(sql, definition=definition)]


def give(office: Office, name: str, **changed: float | Answer) -> int:
    """Deliver a plain culture ledger, some of it changed, and check it."""
    ledger = office.ledger("culture_tourism")
    office.deliver(name, ledger, filled(ledger, **changed))
    (one,) = office.check(name)
    return one


def accept(office: Office, name: str) -> None:
    questions = [row.finding_id for row in office.findings(name) if row.severity == "ask"]
    decide.accept(office.engine, questions, Said(who="李", why="以本份为准"))
    settle.settle_by_rule(office.engine, undo=NOW)


def test_a_figure_that_a_revision_takes_back_counts_no_more(office: Office) -> None:
    give(office, "甲", libraries=30.0)
    resolved(office)
    assert current(office, "libraries") == [(30.0, "A")]
    give(office, "乙", libraries=Answer(missing_type="暂缺", reason="重新核实"))
    resolved(office)
    assert current(office, "libraries") == [(30.0, "A")], "until somebody decides"
    accept(office, "乙")
    resolved(office)
    assert current(office, "libraries") == [(None, "L")]
    assert office.rows("SELECT * FROM warehouse.reconciled_value WHERE definition = 'libraries'") == []


def test_what_was_accepted_is_loaded_though_a_revision_came_before_the_load(office: Office) -> None:
    give(office, "甲", libraries=30.0)
    settle.settle_by_rule(office.engine)
    give(office, "乙", libraries=33.0)
    resolved(office)
    assert current(office, "libraries") == [(30.0, "A")]
    accept(office, "乙")
    resolved(office)
    assert current(office, "libraries") == [(33.0, "A")]


def test_paper_that_differs_takes_an_accepted_form_out_and_a_right_reading_brings_it_back(office: Office) -> None:
    one = give(office, "甲", libraries=30.0)
    resolved(office)
    with office.engine.connect() as connection:
        code = signoff.file_code(connection, one)
    signoff.confirm(office.engine, one, f"{(int(code) + 1) % 999_983:06d}", who="张")
    resolved(office)
    assert office.submission("甲").state == "returned"
    assert current(office, "libraries") == []
    signoff.confirm(office.engine, one, code, who="张")
    resolved(office)
    assert office.submission("甲").state == "accepted"
    assert current(office, "libraries") == [(30.0, "A")]
    assert office.one("SELECT state FROM intake.obligation WHERE form = 'culture' AND place = '110000'") == "已通过"
    assert all(code not in row.found + row.message_zh for row in office.findings("甲")), "nobody is told the right code"


def test_the_file_before_last_put_back_is_a_delivery_again(office: Office) -> None:
    ledger = office.ledger("culture_tourism")
    book = office.deliver("甲", ledger, filled(ledger, libraries=30.0))
    first = book.read_bytes()
    office.check("甲")
    write_ledger(book, ledger, KEY, filled(ledger, libraries=31.0), SIGNED)
    office.check("甲")
    assert office.check("甲") == [], "what was read last is known"
    book.write_bytes(first)
    (third,) = office.check("甲")
    value = "SELECT value FROM intake.item WHERE submission_id = :id AND definition = 'libraries'"
    assert office.one(value, id=third) == 30.0
    assert office.one("SELECT revision FROM intake.submission WHERE submission_id = :id", id=third) == 3


def test_a_scan_that_comes_later_makes_a_new_delivery_of_the_same_workbook(office: Office) -> None:
    office.deliver("甲", office.ledger("culture_tourism"))
    scan = office.inbox / "甲" / SEAL
    content = scan.read_bytes()
    scan.unlink()
    office.check("甲")
    settle.settle_by_rule(office.engine)
    scan.write_bytes(content)
    (second,) = office.check("甲")
    settle.settle_by_rule(office.engine)
    assert office.one("SELECT state FROM intake.submission WHERE submission_id = :id", id=second) == "accepted"
    assert office.check("甲") == []


def test_withdrawing_what_superseded_nothing_brings_nothing_back(office: Office) -> None:
    give(office, "甲", libraries=30.0)
    settle.settle_by_rule(office.engine)
    second = give(office, "乙", libraries=33.0)
    ledger = office.ledger("culture_tourism")
    package = office.inbox / "丙"
    package.mkdir()
    (package / SEAL).write_bytes(b"a scan")
    write_ledger(package / "台账.xlsx", ledger, b"another key", filled(ledger), SIGNED)
    (third,) = office.check("丙")
    custody.withdraw(office.engine, third, who="张", why="不是我们的")
    assert office.submission("甲").state == "superseded"
    holder = "SELECT submission_id FROM intake.obligation WHERE form = 'culture' AND place = '110000'"
    assert office.one(holder) == second


def test_what_disappeared_since_the_delivery_before_is_a_change_too(office: Office) -> None:
    first = give(office, "甲")
    second = give(office, "乙")
    with office.engine.begin() as connection:
        connection.execute(
            text("DELETE FROM intake.item WHERE submission_id = :id AND definition = 'libraries'"), {"id": second}
        )
    assert changed(office, second, first) == ["libraries"]

"""Forms are accepted or returned each by itself; a question waits for a person who says why."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from desk import BLANK, LI, NOW, TEXT, deliver, question
from office import Office
from sqlalchemy import text

from learning_city.errors import NeedsAPerson
from learning_city.model.ledger import Answer
from learning_city.reconcile.resolve import resolve
from learning_city.review import audit, decide, settle
from learning_city.review.decide import Said


def states(office: Office) -> dict[str, str]:
    """Form -> what was decided of it."""
    rows = office.rows("SELECT form, action FROM quality.decision WHERE finding_id IS NULL ORDER BY decision_id")
    return {row.form: row.action for row in rows}


def test_forms_without_block_or_question_are_accepted_by_rule(office: Office) -> None:
    deliver(office)
    assert settle.settle_by_rule(office.engine, undo=NOW) == {"accepted": 1}
    assert states(office) == {"culture": "accept_form_by_rule", "statistics": "accept_form_by_rule"}
    owed = office.one("SELECT state, accepted_by FROM intake.obligation WHERE place = '110000' AND form = 'statistics'")
    assert owed == ("已通过", "rule")


def test_a_form_with_a_block_is_returned_whole_and_the_other_form_is_accepted(office: Office) -> None:
    deliver(office, gdp=TEXT)
    assert settle.settle_by_rule(office.engine, undo=NOW) == {"returned": 1}
    assert states(office) == {"culture": "accept_form_by_rule", "statistics": "return_form_by_rule"}
    assert office.one("SELECT state FROM intake.obligation WHERE place = '110000' AND form = 'statistics'") == "已退回"


def test_a_fault_of_the_whole_workbook_returns_every_form(office: Office) -> None:
    ledger = office.ledger()
    office.deliver("北京", replace(ledger, place_name="宁波市"))
    office.check("北京")
    assert settle.settle_by_rule(office.engine, undo=NOW) == {"returned": 1}


def test_a_form_with_a_question_waits_and_the_other_form_is_accepted(office: Office) -> None:
    deliver(office, gdp=BLANK)
    assert settle.settle_by_rule(office.engine, undo=NOW) == {"in_review": 1}
    assert states(office) == {"culture": "accept_form_by_rule"}
    assert office.one("SELECT state FROM intake.obligation WHERE place = '110000' AND form = 'statistics'") == "审核中"


def test_accepting_the_question_accepts_the_form_with_who_and_why(office: Office) -> None:
    submission = deliver(office, gdp=BLANK)
    settle.settle_by_rule(office.engine, undo=NOW)
    assert len(decide.accept(office.engine, [question(office)], LI).decisions) == 1
    settle.settle_by_rule(office.engine, undo=NOW)
    assert states(office)["statistics"] == "accept_form"
    said = office.rows("SELECT who, why FROM quality.decision WHERE action IN ('accept_finding', 'accept_form')")
    assert set(said) == {("李", "尚未公布")}
    assert office.submission("北京").state == "accepted"
    assert office.one("SELECT count(*) FROM quality.outbox WHERE applied_at IS NULL") == 3
    assert office.one("SELECT state FROM quality.finding WHERE submission_id = :n", n=submission) == "accepted"


def test_a_question_beside_a_returned_form_can_still_be_answered(office: Office) -> None:
    deliver(office, gdp=BLANK, libraries=TEXT)
    settle.settle_by_rule(office.engine, undo=NOW)
    assert states(office) == {"culture": "return_form_by_rule"}
    assert decide.open_questions(office.engine) == [question(office)]
    decide.accept(office.engine, [question(office)], LI)
    settle.settle_by_rule(office.engine, undo=NOW)
    assert states(office) == {"culture": "return_form_by_rule", "statistics": "accept_form"}
    assert office.submission("北京").state == "returned"


def test_accepting_a_question_decides_nothing_about_other_workbooks(office: Office) -> None:
    deliver(office, gdp=BLANK)
    settle.settle_by_rule(office.engine, undo=NOW)
    deliver(office, "宁波", "330200")
    decide.accept(office.engine, [question(office)], LI)
    assert office.rows("SELECT * FROM quality.decision AS d WHERE submission_id = 2") == []
    assert settle.settle_by_rule(office.engine, undo=NOW) == {"accepted": 2}
    assert {row.who for row in office.rows("SELECT who FROM quality.decision WHERE submission_id = 2")} == {"rule"}


@pytest.mark.parametrize("why", ["", "  "])
def test_an_acceptance_needs_a_reason(office: Office, why: str) -> None:
    deliver(office, gdp=BLANK)
    with pytest.raises(NeedsAPerson, match="Say why"):
        decide.accept(office.engine, [question(office)], Said(who="李", why=why))
    assert states(office) == {}


def test_a_block_cannot_be_accepted_and_nothing_beside_it_is(office: Office) -> None:
    deliver(office, gdp=BLANK, libraries=TEXT)
    everything = [finding.finding_id for finding in office.findings("北京")]
    with pytest.raises(NeedsAPerson, match="1 of the findings block"):
        decide.accept(office.engine, everything, LI)
    assert {finding.state for finding in office.findings("北京")} == {"open"}


def test_a_person_returns_one_form_with_a_reason(office: Office) -> None:
    submission = deliver(office, gdp=BLANK)
    settle.settle_by_rule(office.engine, undo=NOW)
    with pytest.raises(NeedsAPerson, match="Say why"):
        decide.return_form(office.engine, submission, "statistics", Said(who="李", why=" "))
    decide.return_form(office.engine, submission, "statistics", Said(who="李", why="请补报"))
    assert states(office) == {"culture": "accept_form_by_rule", "statistics": "return_form"}
    assert office.submission("北京").state == "returned"
    (finding,) = office.findings("北京")
    assert finding.state == "returned"


def test_a_sample_decision_is_marked_as_one(office: Office) -> None:
    deliver(office, gdp=BLANK)
    decide.accept(office.engine, [question(office)], Said(who="样例用户", why="样例", is_sample=True))
    assert {row.is_sample for row in office.rows("SELECT is_sample FROM quality.decision")} == {True}


def test_deciding_again_changes_nothing(office: Office) -> None:
    submission = deliver(office, gdp=BLANK, libraries=TEXT)
    everything = (
        "SELECT * FROM quality.decision ORDER BY decision_id",
        "SELECT * FROM quality.outbox ORDER BY decision_id",
        "SELECT submission_id, state FROM intake.submission",
        "SELECT obligation_id, state FROM intake.obligation ORDER BY obligation_id",
    )

    def decide_all() -> None:
        settle.settle_by_rule(office.engine, undo=NOW)
        decide.accept(office.engine, [question(office)], LI)
        decide.return_form(office.engine, submission, "culture", Said(who="李", why="请改正"))
        settle.settle_by_rule(office.engine, undo=NOW)

    decide_all()
    before = [office.rows(sql) for sql in everything]
    decide_all()
    assert [office.rows(sql) for sql in everything] == before


def finding(office: Office, number: int) -> tuple[str, bool]:
    """State of a finding, and whether it waits for a second person."""
    row = office.one("SELECT state, awaits IS NOT NULL FROM quality.finding WHERE finding_id = :n", n=number)
    return row[0], row[1]


def moving(office: Office) -> int:
    """A question whose proposal would move a rank."""
    number = question(office)
    with office.engine.begin() as connection:
        connection.execute(text("UPDATE quality.finding SET moves = true WHERE finding_id = :n"), {"n": number})
    return number


def test_a_form_passes_by_itself_only_when_the_last_decision_can_no_longer_be_undone(office: Office) -> None:
    deliver(office, gdp=BLANK)
    decide.accept(office.engine, [question(office)], LI)
    assert settle.settle_by_rule(office.engine) == {"in_review": 1}
    assert settle.settle_by_rule(office.engine, undo=NOW) == {"accepted": 1}


def test_a_person_lets_a_form_pass_at_once(office: Office) -> None:
    submission = deliver(office, gdp=BLANK)
    with pytest.raises(NeedsAPerson, match="left to settle"):
        settle.pass_form(office.engine, submission, "statistics", who="李")
    decide.accept(office.engine, [question(office)], LI)
    settle.pass_form(office.engine, submission, "statistics", who="王")
    assert (
        office.one("SELECT accepted_by FROM intake.obligation WHERE submission_id = 1 AND form = 'statistics'") == "王"
    )


def test_an_acceptance_is_undone_until_the_form_passed(office: Office) -> None:
    deliver(office, gdp=BLANK)
    number = question(office)
    (made,) = decide.accept(office.engine, [number], LI).decisions
    assert decide.undo(office.engine, made, who="李").decisions
    assert finding(office, number) == ("open", False)
    assert decide.undo(office.engine, made, who="李").gone == 1, "nothing is undone twice"
    (again,) = decide.accept(office.engine, [number], LI).decisions
    settle.settle_by_rule(office.engine, undo=NOW)
    assert decide.undo(office.engine, again, who="李").decisions == (), "the form passed"
    assert finding(office, number) == ("accepted", False)
    assert [row.action for row in office.rows("SELECT action FROM quality.link WHERE who = '李' ORDER BY seq")] == [
        "accept_finding", "undo", "accept_finding", "accept_form",
    ]  # fmt: skip


def test_what_moves_a_rank_counts_only_once_a_second_person_confirmed(office: Office) -> None:
    deliver(office, gdp=BLANK)
    number = moving(office)
    outcome = decide.accept(office.engine, [number], LI)
    assert outcome.pending == 1
    assert finding(office, number) == ("open", True)
    assert settle.settle_by_rule(office.engine, undo=NOW) == {"in_review": 1}
    with pytest.raises(NeedsAPerson, match="second person"):
        decide.confirm(office.engine, outcome.decisions[0], who="李")
    assert decide.confirm(office.engine, outcome.decisions[0], who="王").decisions
    assert finding(office, number) == ("accepted", False)
    assert decide.undo(office.engine, outcome.decisions[0], who="李").decisions == (), "it was confirmed"
    assert decide.confirm(office.engine, outcome.decisions[0], who="赵").gone == 1
    assert settle.settle_by_rule(office.engine, undo=NOW) == {"accepted": 1}


def test_what_waits_for_a_second_person_can_be_undone_and_decided_anew(office: Office) -> None:
    deliver(office, gdp=BLANK)
    number = moving(office)
    (first,) = decide.accept(office.engine, [number], LI).decisions
    assert decide.accept(office.engine, [number], Said(who="王", why="同意")).gone == 1
    decide.undo(office.engine, first, who="李")
    assert decide.accept(office.engine, [number], Said(who="王", why="同意")).pending == 1


def test_a_correction_keeps_the_old_figure_and_brings_the_new_one_into_the_warehouse(office: Office) -> None:
    deliver(office, gdp=BLANK)
    settle.settle_by_rule(office.engine, undo=NOW)
    said = Said(who="李", code="C03", basis="北京统计年鉴 2018 第 3-1 表")
    decide.correct(office.engine, question(office), 28014.9, said)
    assert finding(office, question(office)) == ("corrected", False)
    row = office.one(
        "SELECT old_value, new_value, basis, code, who, why FROM quality.decision WHERE action = 'correct_value'"
    )
    assert row == (None, 28014.9, said.basis, "C03", "李", "漏计或重复计算，有第二来源佐证")
    settle.settle_by_rule(office.engine, undo=NOW)
    resolve(office.engine, with_synthetic=False)
    assert office.one("SELECT value FROM intake.item WHERE definition = 'gdp'") is None, "what came in is never changed"
    assert office.rows("SELECT value, sheet FROM mart.observation_current WHERE definition = 'gdp'") == [(28014.9, "学监统01表")]  # fmt: skip
    assert (
        office.one("SELECT value FROM warehouse.reconciled_value WHERE definition = 'gdp' AND period = '2017'")
        == 28014.9
    )


def test_correcting_what_blocks_brings_a_returned_form_back_under_review(office: Office) -> None:
    deliver(office, gdp=TEXT)
    settle.settle_by_rule(office.engine, undo=NOW)
    (block,) = [row for row in office.findings("北京") if row.severity == "block"]
    decide.correct(office.engine, block.finding_id, 12.0, Said(who="李", code="C02", basis="电话核对 04-11"))
    assert states(office)["statistics"] == "reopen_form"
    assert office.one("SELECT state FROM intake.obligation WHERE place = '110000' AND form = 'statistics'") == "审核中"
    assert settle.settle_by_rule(office.engine, undo=NOW) == {"accepted": 1}


@pytest.mark.parametrize(
    ("value", "said", "match"),
    [
        (float("nan"), {"code": "C02", "basis": "x"}, "not a number"),
        (7.0, {"code": "C02"}, "basis"),
        (7.0, {"code": "C99", "basis": "x"}, "Say why"),
        (7.0, {"code": "A01", "basis": "x"}, "reason code"),
        (7.0, {"code": "Z01", "basis": "x"}, "reason code"),
        (30.0, {"code": "C02", "basis": "x"}, "accept it"),
    ],
)
def test_a_correction_says_what_it_rests_on(office: Office, value: float, said: dict[str, str], match: str) -> None:
    deliver(office, libraries=Answer(value=30.0, evidence="没有的.pdf"))
    (number,) = [row.finding_id for row in office.findings("北京") if row.rule_id == "evidence.absent"]
    with pytest.raises(NeedsAPerson, match=match):
        decide.correct(office.engine, number, value, Said(who="李", **said))
    assert office.rows("SELECT * FROM quality.decision") == []


def test_a_finding_about_the_whole_file_cannot_be_corrected(office: Office) -> None:
    office.put("无名.txt", b"text")
    office.check("无名.txt")
    (one,) = office.findings("无名.txt")
    with pytest.raises(NeedsAPerson, match="no figure"):
        decide.correct(office.engine, one.finding_id, 1.0, Said(who="李", code="C02", basis="x"))


def test_an_undone_return_is_under_review_again(office: Office) -> None:
    submission = deliver(office, gdp=BLANK)
    (made,) = decide.return_form(office.engine, submission, "statistics", Said(who="李", code="R02")).decisions
    assert finding(office, question(office)) == ("returned", False)
    decide.undo(office.engine, made, who="李")
    assert finding(office, question(office)) == ("open", False)
    assert office.one("SELECT state FROM intake.obligation WHERE place = '110000' AND form = 'statistics'") == "审核中"
    assert decide.return_form(office.engine, submission, "statistics", Said(who="李", code="R02")).decisions


def test_many_findings_are_accepted_as_one_link_and_undone_as_one(office: Office) -> None:
    for name, place in (("北京", "110000"), ("宁波", "330200")):
        deliver(office, name, place, gdp=BLANK)
    both = decide.accept(office.engine, [question(office), question(office, "宁波")], LI).decisions
    assert office.rows("SELECT action, decisions FROM quality.link") == [("accept_finding", 2)]
    assert len(decide.undo(office.engine, both[0], who="李").decisions) == 2
    assert audit.verify(office.engine) == []


def test_of_two_people_who_decide_at_once_one_wins_and_the_other_is_told(office: Office) -> None:
    deliver(office, gdp=BLANK)
    number = question(office)
    with ThreadPoolExecutor(8) as pool:
        people = [Said(who=f"审核员{n}", why="属实") for n in range(8)]
        outcomes = list(pool.map(lambda said: decide.accept(office.engine, [number], said), people))
    assert sorted(len(outcome.decisions) for outcome in outcomes) == [0] * 7 + [1]
    assert sorted(outcome.gone for outcome in outcomes) == [0] + [1] * 7
    assert office.one("SELECT count(*) FROM quality.decision WHERE action = 'accept_finding'") == 1

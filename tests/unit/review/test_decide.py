"""Forms are accepted or returned each by itself; a question waits for a person who says why."""

from dataclasses import replace

import pytest
from office import Office, filled

from learning_city.errors import NeedsAPerson
from learning_city.model.ledger import Answer
from learning_city.review import decide

BLANK = Answer()
TEXT = "12人"


def deliver(office: Office, name: str = "北京", place: str = "110000", **changed: float | str | Answer) -> int:
    """One workbook of a department that holds two forms, ``statistics`` and ``culture``; gives its number."""
    statistics, culture = office.ledger(place=place), office.ledger("culture_tourism", place)
    both = replace(statistics, forms=(*culture.forms, *statistics.forms))
    office.deliver(name, both, filled(both, **changed))
    (submission,) = office.check(name)
    return submission


def states(office: Office) -> dict[str, str]:
    """Form -> what was decided of it."""
    rows = office.rows("SELECT form, action FROM quality.decision WHERE finding_id IS NULL ORDER BY decision_id")
    return {row.form: row.action for row in rows}


def question(office: Office, name: str = "北京") -> int:
    (finding,) = [finding for finding in office.findings(name) if finding.severity == "ask"]
    return int(finding.finding_id)


def test_forms_without_block_or_question_are_accepted_by_rule(office: Office) -> None:
    deliver(office)
    assert decide.settle_by_rule(office.engine) == {"accepted": 1}
    assert states(office) == {"culture": "accept_form_by_rule", "statistics": "accept_form_by_rule"}
    owed = office.one("SELECT state, accepted_by FROM intake.obligation WHERE place = '110000' AND form = 'statistics'")
    assert owed == ("已通过", "rule")


def test_a_form_with_a_block_is_returned_whole_and_the_other_form_is_accepted(office: Office) -> None:
    deliver(office, gdp=TEXT)
    assert decide.settle_by_rule(office.engine) == {"returned": 1}
    assert states(office) == {"culture": "accept_form_by_rule", "statistics": "return_form_by_rule"}
    assert office.one("SELECT state FROM intake.obligation WHERE place = '110000' AND form = 'statistics'") == "已退回"


def test_a_fault_of_the_whole_workbook_returns_every_form(office: Office) -> None:
    ledger = office.ledger()
    office.deliver("北京", replace(ledger, place_name="宁波市"))
    office.check("北京")
    assert decide.settle_by_rule(office.engine) == {"returned": 1}


def test_a_form_with_a_question_waits_and_the_other_form_is_accepted(office: Office) -> None:
    deliver(office, gdp=BLANK)
    assert decide.settle_by_rule(office.engine) == {"in_review": 1}
    assert states(office) == {"culture": "accept_form_by_rule"}
    assert office.one("SELECT state FROM intake.obligation WHERE place = '110000' AND form = 'statistics'") == "审核中"


def test_accepting_the_question_accepts_the_form_with_who_and_why(office: Office) -> None:
    submission = deliver(office, gdp=BLANK)
    decide.settle_by_rule(office.engine)
    assert decide.accept_findings(office.engine, [question(office)], who="李", why="尚未公布") == 1
    assert states(office)["statistics"] == "accept_form"
    said = office.rows("SELECT who, why FROM quality.decision WHERE action IN ('accept_finding', 'accept_form')")
    assert set(said) == {("李", "尚未公布")}
    assert office.submission("北京").state == "accepted"
    assert office.one("SELECT count(*) FROM quality.outbox WHERE applied_at IS NULL") == 3
    assert office.one("SELECT state FROM quality.finding WHERE submission_id = :n", n=submission) == "accepted"


def test_a_question_beside_a_returned_form_can_still_be_answered(office: Office) -> None:
    deliver(office, gdp=BLANK, libraries=TEXT)
    decide.settle_by_rule(office.engine)
    assert states(office) == {"culture": "return_form_by_rule"}
    assert decide.open_questions(office.engine) == [question(office)]
    decide.accept_findings(office.engine, [question(office)], who="李", why="尚未公布")
    assert states(office) == {"culture": "return_form_by_rule", "statistics": "accept_form"}
    assert office.submission("北京").state == "returned"


def test_accepting_a_question_decides_nothing_about_other_workbooks(office: Office) -> None:
    deliver(office, gdp=BLANK)
    decide.settle_by_rule(office.engine)
    deliver(office, "宁波", "330200")
    decide.accept_findings(office.engine, [question(office)], who="李", why="尚未公布")
    assert office.rows("SELECT * FROM quality.decision AS d WHERE submission_id = 2") == []
    assert decide.settle_by_rule(office.engine) == {"accepted": 2}
    assert {row.who for row in office.rows("SELECT who FROM quality.decision WHERE submission_id = 2")} == {"rule"}


@pytest.mark.parametrize("why", ["", "  "])
def test_an_acceptance_needs_a_reason(office: Office, why: str) -> None:
    deliver(office, gdp=BLANK)
    with pytest.raises(NeedsAPerson, match="reason"):
        decide.accept_findings(office.engine, [question(office)], who="李", why=why)
    assert states(office) == {}


def test_a_block_cannot_be_accepted_and_nothing_beside_it_is(office: Office) -> None:
    deliver(office, gdp=BLANK, libraries=TEXT)
    everything = [finding.finding_id for finding in office.findings("北京")]
    with pytest.raises(NeedsAPerson, match="1 of the findings block"):
        decide.accept_findings(office.engine, everything, who="李", why="属实")
    assert {finding.state for finding in office.findings("北京")} == {"open"}


def test_a_person_returns_one_form_with_a_reason(office: Office) -> None:
    submission = deliver(office, gdp=BLANK)
    decide.settle_by_rule(office.engine)
    with pytest.raises(NeedsAPerson, match="reason"):
        decide.return_form(office.engine, submission, "statistics", who="李", why=" ")
    decide.return_form(office.engine, submission, "statistics", who="李", why="请补报")
    assert states(office) == {"culture": "accept_form_by_rule", "statistics": "return_form"}
    assert office.submission("北京").state == "returned"
    (finding,) = office.findings("北京")
    assert finding.state == "returned"


def test_a_sample_decision_is_marked_as_one(office: Office) -> None:
    deliver(office, gdp=BLANK)
    decide.accept_findings(office.engine, [question(office)], who="样例用户", why="样例", is_sample=True)
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
        decide.settle_by_rule(office.engine)
        decide.accept_findings(office.engine, [question(office)], who="李", why="尚未公布")
        decide.return_form(office.engine, submission, "culture", who="李", why="请改正")

    decide_all()
    before = [office.rows(sql) for sql in everything]
    decide_all()
    assert [office.rows(sql) for sql in everything] == before

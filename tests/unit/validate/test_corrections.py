"""The rules see a corrected figure: what it mends closes by itself, what it breaks is found."""

from desk import LI, NOW, deliver
from office import TODAY, Office
from sqlalchemy import text

from learning_city.review import decide, settle
from learning_city.review.decide import Said
from learning_city.validate import store
from learning_city.warehouse import deciding

PARTS = {"museums": 30.0, "museums_heritage": 10.0, "museums_industry": 10.0}
BASIS = Said(who="李", code="C02", basis="电话核对")


def open_rules(office: Office) -> set[str]:
    rows = office.rows("SELECT rule_id FROM quality.finding WHERE state IN ('open', 'explained', 'returned')")
    return {row.rule_id for row in rows}


def at(office: Office, rule: str) -> int:
    (found,) = [row.finding_id for row in office.findings("北京") if row.rule_id == rule]
    return int(found)


def test_correcting_the_total_settles_it_and_the_form_passes(office: Office) -> None:
    one = deliver(office, museums_private=40.0, **PARTS)
    settle.settle_by_rule(office.engine, undo=NOW)
    assert "parts.total" in open_rules(office)
    decide.correct(office.engine, at(office, "parts.total"), 60.0, BASIS)
    with office.engine.connect() as connection:
        assert deciding.corrected_since(connection) == [one]
    assert "parts.over_total" in open_rules(office), "until the rules look again"
    store.check(office.engine, [one], TODAY)
    assert not open_rules(office) & {"parts.total", "parts.over_total"}
    with office.engine.begin() as connection:
        deciding.reopen_mended(connection, [one])
    settle.settle_by_rule(office.engine, undo=NOW)
    assert office.one("SELECT action FROM quality.form_decision WHERE form = 'culture'") == "accept_form"


def test_a_correction_that_breaks_another_rule_is_asked_about_anew(office: Office) -> None:
    one = deliver(office, libraries="12人")
    decide.correct(office.engine, at(office, "type.not_a_number"), 90.0, BASIS)
    store.check(office.engine, [one], TODAY)
    assert open_rules(office) == {"range.high"}
    assert office.one("SELECT state FROM quality.finding WHERE rule_id = 'type.not_a_number'") == "corrected"
    decide.accept(office.engine, [at(office, "range.high")], LI)
    settle.settle_by_rule(office.engine, undo=NOW)
    assert office.submission("北京").state == "accepted"


def test_what_an_open_question_says_follows_the_figures_and_stays_explained(office: Office) -> None:
    one = deliver(office, libraries=5_000.0)
    with office.engine.begin() as connection:
        connection.execute(text("UPDATE quality.finding SET expected = 'of before', state = 'explained'"))
    store.check(office.engine, [one], TODAY)
    assert office.rows("SELECT state FROM quality.finding WHERE expected = 'of before' AND state <> 'closed'") == []
    assert {row.state for row in office.findings("北京") if row.severity == "ask"} == {"explained"}

"""A quarter from the workbook to the warehouse: figures become observations, texts stay with the form that said them."""

from dataclasses import replace
from datetime import date

import pytest
from office import KEY, SEAL, SIGNED
from sqlalchemy import Engine, text

from learning_city.collect.reader import Readers
from learning_city.collect.register import register
from learning_city.model.home import Home
from learning_city.model.ledger import Answer, Ledger
from learning_city.prepare import issue, rounds
from learning_city.prepare.workbook import write_ledger
from learning_city.reconcile.resolve import resolve
from learning_city.review import settle
from learning_city.validate import store

ROUND, TODAY = "2018-Q3", date(2018, 10, 12)


@pytest.fixture
def ledger(engine: Engine) -> Ledger:
    """The quarterly form of the education unit of Xicheng."""
    rounds.open_round(engine, ROUND)
    with engine.begin() as connection:
        made = issue.ledgers(connection, ROUND, is_demo=True)
        found = next(one for one in made if one.identity.department == "edu")
        connection.execute(text("UPDATE intake.obligation SET locks = NULL, state = '已下发'"))
    return found


def answered(ledger: Ledger, state: str) -> dict[tuple[str, str], Answer]:
    said: dict[str, float | str] = {
        "citizen_courses_ytd": 120, "class_visits_ytd": 45_600, "progress_edu_state": state,
        "progress_edu_text": "新增社区课堂12个，开课率100%。", "progress_edu_next": "师资不足，拟与区文化委联合排课。",
    }  # fmt: skip
    return {(item.form, item.definition): Answer(value=said[item.definition]) for item in ledger.forms[0].items}


def deliver(home: Home, engine: Engine, readers: Readers, ledger: Ledger, state: str) -> list[tuple[str, str]]:
    """Deliver, register and check; the findings as (rule, definition)."""
    package = home.inbox / ROUND / "西城教育"
    package.mkdir(parents=True)
    (package / SEAL).write_bytes(b"a scan")
    signed = replace(SIGNED, date=date(2018, 10, 10))
    write_ledger(package / "台账.xlsx", ledger, KEY, answered(ledger, state), signed)
    ids = register(engine, home, ROUND, ["西城教育"], KEY, readers)
    store.check(engine, ids, TODAY, is_demo=True)
    with engine.connect() as connection:
        found = connection.execute(text("SELECT rule_id, coalesce(definition, '') FROM quality.finding ORDER BY 1, 2"))
        return [tuple(row) for row in found]


def test_figures_are_reconciled_for_the_quarter_and_texts_are_kept_as_written(
    home: Home, engine: Engine, readers: Readers, ledger: Ledger
) -> None:
    assert deliver(home, engine, readers, ledger, "进行中") == []
    settle.settle_by_rule(engine)
    assert resolve(engine, with_synthetic=False) == [ROUND]
    with engine.connect() as connection:
        values = connection.execute(
            text("SELECT definition, value FROM warehouse.reconciled_value WHERE period = :period ORDER BY 1"),
            {"period": ROUND},
        ).all()
        said = connection.execute(text("SELECT text FROM intake.item WHERE definition = 'progress_edu_text'")).scalar()
    assert [tuple(row) for row in values] == [("citizen_courses_ytd", 120), ("class_visits_ytd", 45_600)]
    assert said == "新增社区课堂12个，开课率100%。"


def test_an_answer_outside_the_choices_blocks_at_its_cell(
    home: Home, engine: Engine, readers: Readers, ledger: Ledger
) -> None:
    assert deliver(home, engine, readers, ledger, "快了") == [("code.choice", "progress_edu_state")]

"""A conflict of definitions is settled by a named person, confirmed by a second, and open again when something new speaks."""

import pytest
from observing import Warehouse
from sqlalchemy import Engine, Row

from learning_city.errors import Refused
from learning_city.reconcile.resolve import resolve
from learning_city.review import audit, conflict, decide
from learning_city.review.decide import Outcome, Said

RESIDENT = "pop_changzhu_y1231"
BULLETIN, OFFICIAL, LEDGER = "bj_bulletin_2017", "bj_lib_2020", "ledger_statistics"
LI = Said(who="李", code="K02")


@pytest.fixture
def disputed(engine: Engine) -> Warehouse:
    warehouse = Warehouse(engine=engine)
    warehouse.observe(RESIDENT, 2170.7, source=OFFICIAL)
    warehouse.observe(RESIDENT, 2171.9, source=LEDGER)
    warehouse.resolve()
    return warehouse


def numbers(warehouse: Warehouse) -> tuple[int, int]:
    official, ledger = (row.obs_ids[0] for row in warehouse.candidates(RESIDENT))
    return official, ledger


def settle(warehouse: Warehouse, picked: int, said: Said = LI) -> Outcome:
    key = {"period": "2017", "place": "110000", "definition": RESIDENT}
    return conflict.settle(warehouse.engine, **key, picked=[picked], said=said)


def confirmed(warehouse: Warehouse, picked: int) -> None:
    (decision,) = settle(warehouse, picked).decisions
    decide.confirm(warehouse.engine, decision, who="王")
    resolve(warehouse.engine, with_synthetic=False)
    with warehouse.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE quality.outbox SET applied_at = now()")


def value(warehouse: Warehouse) -> Row[object]:
    found = warehouse.value(RESIDENT)
    assert found is not None
    return found


def state(warehouse: Warehouse) -> str:
    ((said,),) = warehouse.rows("SELECT state FROM warehouse.conflict")
    return str(said)


def test_the_choice_counts_once_a_second_person_confirms(disputed: Warehouse) -> None:
    _, ledger = numbers(disputed)
    assert settle(disputed, ledger).pending == 1
    resolve(disputed.engine, with_synthetic=False)
    assert (value(disputed).value, value(disputed).verdict, state(disputed)) == (2170.7, "conflict", "open")
    ((decision,),) = disputed.rows("SELECT decision_id FROM quality.conflict_ruling")
    for own in ("李", "李 "):
        with pytest.raises(Refused):
            decide.confirm(disputed.engine, decision, who=own)
    decide.confirm(disputed.engine, decision, who="王")
    resolve(disputed.engine, with_synthetic=False)
    now = value(disputed)
    assert (now.value, now.verdict, now.is_conflict, now.winner) == (2171.9, "可比", False, [ledger])
    assert state(disputed) == "decided"


def test_the_loser_stays_beside_it_and_the_record_is_one_chain(disputed: Warehouse) -> None:
    _, ledger = numbers(disputed)
    confirmed(disputed, ledger)
    assert [row.value for row in disputed.candidates(RESIDENT)] == [2170.7, 2171.9]
    assert audit.verify(disputed.engine) == []
    rows = disputed.rows("SELECT action, who, why, code FROM quality.decision ORDER BY decision_id")
    assert rows[0] == ("settle_conflict", "李", "口径与目标一致", "K02")
    assert rows[1][:2] == ("confirm", "王")


def test_resolving_everything_keeps_what_was_decided(disputed: Warehouse) -> None:
    confirmed(disputed, numbers(disputed)[1])
    disputed.resolve()
    assert (value(disputed).value, state(disputed)) == (2171.9, "decided")


def test_something_new_opens_it_again_and_the_rules_propose(disputed: Warehouse) -> None:
    confirmed(disputed, numbers(disputed)[1])
    disputed.observe(RESIDENT, 2180.0, source=BULLETIN)
    disputed.resolve()
    assert (value(disputed).value, value(disputed).verdict, state(disputed)) == (2170.7, "conflict", "open")


def test_it_can_be_taken_back_until_it_is_confirmed(disputed: Warehouse) -> None:
    (decision,) = settle(disputed, numbers(disputed)[1]).decisions
    assert decide.undo(disputed.engine, decision, who="李").decisions
    assert settle(disputed, numbers(disputed)[0]).pending == 1


def test_of_two_people_one_is_first(disputed: Warehouse) -> None:
    official, ledger = numbers(disputed)
    settle(disputed, ledger)
    assert settle(disputed, official, Said(who="赵", code="K01")).gone == 1


def test_only_a_candidate_can_be_picked_and_only_with_a_reason(disputed: Warehouse) -> None:
    with pytest.raises(Refused):
        settle(disputed, 999_999)
    with pytest.raises(Refused):
        settle(disputed, numbers(disputed)[0], Said(who="李"))
    with pytest.raises(Refused):
        settle(disputed, numbers(disputed)[0], Said(who="李", code="A01"))


def test_a_key_without_a_conflict_cannot_be_ruled_on(disputed: Warehouse) -> None:
    outcome = conflict.settle(
        disputed.engine, period="2016", place="110000", definition=RESIDENT, picked=[1], said=LI
    )  # fmt: skip
    assert (outcome.decisions, outcome.gone) == ((), 1)

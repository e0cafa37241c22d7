"""What one more submission, correction or return changes is resolved alone, and ends as if everything had been."""

from datetime import datetime

from desk import BLANK, LI, NOW, deliver, question
from office import Office

from learning_city.reconcile.resolve import resolve
from learning_city.review import decide, settle
from learning_city.review.decide import Said
from learning_city.warehouse.fingerprint import fingerprint


def taken_in(office: Office) -> list[str]:
    settle.settle_by_rule(office.engine, undo=NOW)
    return resolve(office.engine, with_synthetic=False)


def warehouse(office: Office) -> str:
    with office.engine.connect() as connection:
        return fingerprint(connection)["warehouse"]


def whole(office: Office) -> dict[str, datetime]:
    """When each period was last resolved whole."""
    return {row.period: row.resolved_at for row in office.rows("SELECT * FROM warehouse.resolved")}


def as_if_everything(office: Office) -> bool:
    """Whether resolving everything anew changes nothing."""
    before = warehouse(office)
    resolve(office.engine, with_synthetic=False, everything=True)
    return warehouse(office) == before


def test_another_submission_touches_its_own_keys_only(office: Office) -> None:
    deliver(office)
    assert taken_in(office) == ["2017"]
    before = whole(office)
    deliver(office, "宁波", "330200")
    assert taken_in(office) == ["2017"]
    assert whole(office) == before
    assert office.one("SELECT count(*) > 5 FROM warehouse.reconciled_value WHERE place = '330200'")
    assert as_if_everything(office)


def test_nothing_new_resolves_nothing(office: Office) -> None:
    deliver(office)
    taken_in(office)
    assert taken_in(office) == []


def test_a_correction_and_a_return_after_all_are_resolved_alone(office: Office) -> None:
    deliver(office, "宁波", "330200")
    submission = deliver(office, gdp=BLANK)
    taken_in(office)
    before = whole(office)
    decide.correct(office.engine, question(office), 28014.9, Said(who="李", code="C03", basis="北京统计年鉴 2018"))
    taken_in(office)
    gdp = (
        "SELECT value FROM warehouse.reconciled_value WHERE definition = 'gdp' AND place = '110000' AND period = '2017'"
    )
    assert office.one(gdp) == 28014.9
    decide.return_form(office.engine, submission, "statistics", LI)
    taken_in(office)
    assert office.rows(gdp) == []
    assert whole(office) == before
    assert as_if_everything(office)

"""A second person is another person: however names are written, whoever triggers, whatever was asked for earlier."""

from collections.abc import Callable

import pytest
from building import FRAMEWORK, INDICATOR, PERIOD, UNIT, built, collected, file_of, grant, released, states
from office import Office
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from learning_city.errors import NeedsAPerson, Refused
from learning_city.model.rights import Right
from learning_city.reports import files, life, request
from learning_city.reports.rebuild import frozen, rebuild
from learning_city.review import audit
from learning_city.warehouse import grants

FROM_A_PAGE = {"places": [], "formats": ["xlsx"]}
OTHER_HASH = "repeat('0', 64)"


@pytest.fixture
def year(office: Office) -> Office:
    """An office with one ledger of Beijing taken in."""
    collected(office, "北京", 10)
    return office


def put(office: Office, sql: str) -> None:
    with office.engine.begin() as connection:
        connection.execute(text(sql))


@pytest.mark.parametrize("name", ["hea", " hea ", "HEA", "ｈｅａ", "h\u200bea", "\u202ehea\u202c", "hea\u3000"])
def test_nobody_approves_his_own_build_by_writing_his_name_otherwise(year: Office, name: str) -> None:
    number = built(year, by="hea")
    with pytest.raises(Refused) as refused:
        life.approve(year.engine, number, who=name, why="已核对")
    assert refused.value.because == "own"


@pytest.mark.parametrize(("one", "other"), [("李", "王"), ("li", "li2"), ("li na", "li min")])
def test_other_people_stay_other_people(office: Office, one: str, other: str) -> None:
    assert not office.one("SELECT app.same_person(:one, :other)", one=one, other=other)


def test_a_request_is_carried_out_only_for_who_made_it(year: Office) -> None:
    grant(year, "li", "clerk")
    number = request.ask(year.engine, FRAMEWORK, PERIOD, who="li", **FROM_A_PAGE)  # type: ignore[arg-type]
    with pytest.raises(NeedsAPerson, match="wang"):
        request.carry_out(year.engine, year.home, number, by="wang", run="manual")
    assert year.one("SELECT state, said FROM report.request") == ("queued", "")
    assert year.rows("SELECT FROM report.build") == []


def test_a_request_is_carried_out_once(year: Office) -> None:
    grant(year, "li", "clerk")
    number = request.ask(year.engine, FRAMEWORK, PERIOD, who="li", **FROM_A_PAGE)  # type: ignore[arg-type]
    made = request.carry_out(year.engine, year.home, number, by="li", run="first")
    for run in ("first", "second"):
        with pytest.raises(NeedsAPerson):
            request.carry_out(year.engine, year.home, number, by="li", run=run)
    assert year.one("SELECT state, build_id FROM report.request") == ("done", made)


def test_only_the_run_that_failed_may_try_again(office: Office) -> None:
    grant(office, "li", "clerk")
    number = request.ask(office.engine, FRAMEWORK, "2011", who="li", **FROM_A_PAGE)  # type: ignore[arg-type]
    for run, said in (("first", "还没有算出指标"), ("first", "还没有算出指标"), ("second", "尚未办理")):
        with pytest.raises(NeedsAPerson, match=said):
            request.carry_out(office.engine, office.home, number, by="li", run=run)
    assert "还没有算出指标" in office.one("SELECT said FROM report.request")


@pytest.mark.parametrize(
    ("role", "place", "places", "may"),
    [
        ("head", "110000", ["110000"], True),
        ("head", "110000", ["330200"], False),
        ("head", "110000", ["110000", "330200"], False),
        ("head", "110000", [], False),
        ("clerk", "*", [], True),
        ("reader", "*", ["110000"], False),
    ],
)
def test_nobody_builds_what_he_may_not_see(
    office: Office, role: str, place: str, places: list[str], *, may: bool
) -> None:
    grant(office, "li", role, place)
    said = {"places": places, "formats": ["xlsx"], "who": "li"}
    if may:
        assert request.ask(office.engine, FRAMEWORK, PERIOD, **said)  # type: ignore[arg-type]
        return
    with pytest.raises(Refused) as refused:
        request.ask(office.engine, FRAMEWORK, PERIOD, **said)  # type: ignore[arg-type]
    assert refused.value.because == "not_granted"


def test_a_right_is_asked_of_the_name_as_it_was_granted(office: Office) -> None:
    grant(office, "wang", "head")
    with office.engine.connect() as connection:
        grants.require(connection, "wang", Right.RELEASE)
        with pytest.raises(Refused, match="nobody"):
            grants.require(connection, "nobody", Right.RELEASE)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ("UPDATE report.event SET why = '改过' WHERE action = 'release'", "report.event.why"),
        ("UPDATE report.event SET certified_by = '别家' WHERE action = 'release'", "report.event.certified_by"),
        ("UPDATE report.release SET approved_by = '赵'", "report.release.approved_by"),
        ("UPDATE report.build SET requested_by = '赵'", "report.build.requested_by"),
        (f"UPDATE report.build SET inputs_hash = {OTHER_HASH}", "report.build.inputs_hash"),
        (f"UPDATE report.build SET frozen = {OTHER_HASH}", "report.build.frozen"),
        ("UPDATE report.build SET state = 'draft'", "report.build.state"),
        ("DELETE FROM report.event", "report.event"),
        ("DELETE FROM report.release", "report.release"),
        (f"UPDATE report.artifact SET sha256 = {OTHER_HASH} WHERE format = 'xlsx'", "report.artifact.sha256"),
        ("DELETE FROM report.artifact WHERE format = 'xlsx'", "report.artifact.sha256"),
        ("UPDATE report.event SET decision_id = NULL WHERE action = 'release'", "report.event"),
    ],
)
def test_the_register_is_held_against_the_chain(year: Office, change: str, what: str) -> None:
    number = built(year)
    released(year, number)
    assert audit.verify(year.engine) == []
    put(year, change)
    (fault,) = audit.verify(year.engine)
    assert fault.kind == "report"
    assert f"R-{number:03d}" in fault.says
    assert what in fault.says


def test_the_chain_knows_which_build_was_superseded_and_which_came_back(year: Office) -> None:
    first = built(year)
    released(year, first)
    collected(year, "北京更正", 14)
    second = built(year)
    released(year, second)
    assert audit.verify(year.engine) == []
    life.restore(year.engine, year.home, first, who="王", why="更正有误")
    assert audit.verify(year.engine) == []
    put(year, f"UPDATE report.build SET state = 'superseded' WHERE build_id = {first}")
    (fault,) = audit.verify(year.engine)
    assert "report.build.state" in fault.says


def test_a_build_that_nobody_released_cannot_be_in_force(year: Office) -> None:
    built(year)
    put(year, "UPDATE report.build SET state = 'released'")
    (fault,) = audit.verify(year.engine)
    assert "report.build.state" in fault.says


@pytest.mark.parametrize("damage", [lambda path: path.unlink(), lambda path: path.write_bytes(b"x")])
def test_what_is_gone_or_damaged_is_not_released(year: Office, damage: Callable[[object], object]) -> None:
    number = built(year)
    path = file_of(year, number)
    damage(path)
    with pytest.raises(files.Damaged, match=f"lcm report rebuild {number}") as refused:
        released(year, number)
    assert refused.value.names == [path.name]
    assert states(year) == {number: "draft"}
    rebuild(year.engine, year.home, number)
    released(year, number)
    assert states(year) == {number: "released"}


def test_damage_after_the_release_is_found(year: Office) -> None:
    number = built(year)
    released(year, number)
    with year.engine.connect() as connection:
        assert files.damaged(connection, year.home) == []
        lists = year.one("SELECT frozen FROM report.build")
        (year.home.reports / "frozen" / lists).write_bytes(b"{}")
        (found,) = files.damaged(connection, year.home)
    assert found.names == [f"reports/frozen/{lists}"]


def test_a_damaged_part_is_healed_when_the_same_is_frozen_again(year: Office) -> None:
    number = built(year)
    folder = year.home.reports / "frozen"
    for part in folder.iterdir():
        if part.name != year.one("SELECT frozen FROM report.build"):
            part.write_bytes(b"damaged")
    with pytest.raises(NeedsAPerson, match="备份") as told:
        frozen(year.engine, year.home, number)
    assert str(year.home.root) not in str(told.value)
    assert built(year) == number
    put(year, "UPDATE report.build SET code_version = 'older'")
    built(year)
    assert len(frozen(year.engine, year.home, number).values)


def test_a_rebuild_says_that_the_frozen_list_was_changed(year: Office) -> None:
    first = built(year)
    collected(year, "北京更正", 14)
    second = built(year)
    put(year, f"UPDATE report.build SET frozen = (SELECT frozen FROM report.build WHERE build_id = {second})")
    (one,) = rebuild(year.engine, year.home, first)
    assert "report.build.frozen" in one.why


def test_a_rebuild_says_that_the_registered_hash_was_changed(year: Office) -> None:
    number = built(year)
    put(year, f"UPDATE report.artifact SET sha256 = {OTHER_HASH}")
    (one,) = rebuild(year.engine, year.home, number)
    assert "report.artifact.sha256" in one.why


def test_words_that_show_nothing_are_no_reason(year: Office) -> None:
    number = built(year)
    with pytest.raises(Refused) as refused:
        life.approve(year.engine, number, who="王", why="\u200b\u2060 \ufeff")
    assert refused.value.because == "no_reason"
    with pytest.raises(Refused) as refused:
        life.release(year.engine, year.home, number, who="王", why="好", certified_by="\u200b", despite="x")
    assert refused.value.because == "no_certifier"
    life.release(year.engine, year.home, number, who="王", why="已\u202e核对", certified_by=UNIT, despite="先出")
    assert year.one("SELECT why FROM report.event WHERE action = 'release'") == "已核对"


def test_a_full_disk_is_called_so() -> None:
    assert "磁盘已满" in request._why(OSError(28, "No space left on device"))
    assert "Permission denied" in request._why(PermissionError(13, "Permission denied"))
    assert "KeyError" in request._why(KeyError("x"))


@pytest.mark.parametrize("wrong", ["NaN", "Infinity", "-Infinity"])
def test_an_indicator_has_a_finite_value_or_none(year: Office, wrong: str) -> None:
    with pytest.raises(IntegrityError, match="finite"):
        put(year, f"UPDATE warehouse.indicator_value SET value = '{wrong}' WHERE indicator = '{INDICATOR}'")

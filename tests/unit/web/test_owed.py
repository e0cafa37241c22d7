"""What a round owes, as the board asks: filters of an address, cells, counts, rates; on a database, without pages."""

import pytest
from office import Office
from sqlalchemy import Engine, text

from learning_city.prepare import rounds
from learning_city.web import owed
from learning_city.web.rights import Grant, Right, Viewer

HEAD = Viewer("boss", (Grant("head", "*"),))
BEIJING = Viewer("li", (Grant("clerk", "110000"),))


@pytest.fixture
def opened(engine: Engine, seen: None) -> Engine:
    """The round 2017, due long ago and issued."""
    rounds.open_round(engine, "2017")
    change(engine, "state = '已下发'")
    return engine


def change(engine: Engine, said: str, where: str = "true") -> None:
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE intake.obligation SET {said} WHERE {where}"))


def asked(viewer: Viewer = HEAD, **said: str) -> dict[str, object]:
    return owed.asked(viewer, "2017", owed.understood(said))


def by_state(**said: str) -> dict[str, int]:
    return {row["shown"]: row["fits"] for row in owed.totals(asked(**said)).states if row["fits"]}


def matrix(told: dict[str, object], after: str = "", many: int = owed.PLACES_A_PAGE) -> owed.Matrix:
    return owed.matrix(told, owed.totals(told), after, many)


def test_an_unknown_filter_is_none() -> None:
    wanted = owed.understood({"state": "'; DROP", "due": "ever", "mine": "yes", "other": "1"})
    assert wanted.filters == {"mine": "1"}


def test_the_selection_keeps_its_order_drops_what_is_no_cell_and_has_an_end() -> None:
    assert owed.Wanted(pick="b~y,a~x,b~y,nonsense,~,a ~x").picked == [("b", "y"), ("a", "x")]
    many = ",".join(f"p{number}~d" for number in range(500))
    assert len(owed.Wanted(pick=many).picked) == owed.MOST_PICKED


def test_what_was_issued_and_is_past_its_day_is_overdue(opened: Engine) -> None:
    states = by_state()
    assert list(states) == ["逾期"]
    assert by_state(due="late") == states
    assert by_state(due="week") == {}


def test_what_was_returned_stays_returned_and_counts_as_overdue(opened: Engine) -> None:
    change(opened, "state = '已退回'", "place = '110000' AND department = 'statistics'")
    assert by_state(place="110000", department="statistics") == {"已退回": 1}
    assert by_state(place="110000", department="statistics", state="逾期") == {"已退回": 1}


def test_an_extension_is_not_overdue_until_it_ends(opened: Engine) -> None:
    change(opened, "state = '延期', until = app.today() + 3", "place = '110000'")
    assert set(by_state(place="110000")) == {"延期"}
    assert by_state(place="110000", due="week") == by_state(place="110000")
    change(opened, "until = app.today() - 1", "place = '110000'")
    assert set(by_state(place="110000")) == {"逾期"}


def test_a_clerk_sees_the_places_of_his_grants_only(opened: Engine) -> None:
    found = matrix(asked(BEIJING))
    assert list(found.places) == ["110000"]
    assert [row["place"] for row in owed.codes("2017", ["110000"])["place"]] == ["110000"]
    cells = [("110000", "statistics"), ("310000", "statistics")]
    assert len(owed.in_cells("2017", cells, BEIJING, Right.REMIND)) == 1
    assert owed.in_cells("2017", cells, BEIJING, Right.EXCUSE) == []


def test_a_page_of_places_ends_and_the_next_one_begins_behind_it(opened: Engine) -> None:
    first = matrix(asked(), many=3)
    second = matrix(asked(), first.after, many=3)
    assert len(first.places) == len(second.places) == 3
    assert max(first.places) == first.after < min(second.places)
    assert matrix(asked()).after == ""


def test_a_filtered_cell_still_counts_all_its_forms(opened: Engine) -> None:
    change(opened, "state = '已通过'", "place = '110000' AND department = 'statistics'")
    cells = matrix(asked(place="110000", state="逾期")).places["110000"]["cells"]
    assert cells["statistics"].state is None
    assert cells["statistics"].passed == cells["statistics"].owed == 1
    assert cells["edu"].days_late > 0


@pytest.mark.parametrize("sought", ["学监统", "统计局", "%", "s_atistics", "\\"])
def test_the_search_takes_letters_for_letters(opened: Engine, sought: str) -> None:
    found = matrix(asked(q=sought)).departments
    assert list(found) == (["statistics"] if "统" in sought else [])


def test_what_waits_for_somebody_depends_on_his_role(opened: Engine) -> None:
    change(opened, "state = '审核中'", "place = '110000'")
    reviewer = Viewer("chen", (Grant("reviewer", "*"),))
    assert list(matrix(asked(reviewer, mine="1")).places) == ["110000"]
    assert matrix(asked(BEIJING, mine="1")).places == {}
    reader = Viewer("zhao", (Grant("reader", "*"),))
    assert matrix(asked(reader, mine="1")).places == {}


def test_rates_come_from_what_was_received_and_when(office: Office, seen: None) -> None:
    office.deliver("北京")
    office.register("北京")
    place = matrix(asked()).places["110000"]
    assert float(place["complete"]) == 100
    assert float(place["timely"]) == 0
    assert matrix(asked()).places["310000"]["complete"] is None
    with office.engine.begin() as connection:
        connection.execute(text("UPDATE intake.submission SET received_at = '2018-01-02'"))
    assert float(matrix(asked()).places["110000"]["timely"]) > 0

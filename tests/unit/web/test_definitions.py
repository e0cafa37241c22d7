"""What 口径与冲突 shows: the queue, candidates facet by facet, what does not reach and why, ways, the matrix of definitions."""

from typing import Any

import pytest
from observing import Warehouse
from sqlalchemy import Engine

from learning_city.review import conflict, decide
from learning_city.review.decide import Said
from learning_city.web import definitions_facts, definitions_queue
from learning_city.web.definitions_matrix import matrix, verdict
from learning_city.web.definitions_paths import Heard, Step, names, steps, way
from learning_city.web.definitions_queue import Wanted, counts, key_of, one, rows, understood
from learning_city.web.definitions_table import Column, candidates, loses, recorded_apart, unreached
from learning_city.web.rights import Grant, Viewer

RESIDENT, LOCAL, OTHERS = "pop_changzhu_y1231", "pop_changzhu_huji_y1231", "pop_changzhu_wailai_y1231"
OFFICIAL, OLDER, BULLETIN = "bj_lib_2020", "sh_yearbook", "bj_bulletin_2017"
TAIYUAN, SCHOOLS = "140100", "community_schools"
HEAD = Viewer("boss", (Grant("head", "*"),))
ELSEWHERE = Viewer("li", (Grant("reviewer", TAIYUAN),))


@pytest.fixture
def disputed(engine: Engine, seen: None) -> Warehouse:
    """Two figures of the resident population of Beijing that disagree by 1.2 of 2170.7."""
    warehouse = Warehouse(engine=engine)
    warehouse.observe(RESIDENT, 2170.7, source=OFFICIAL)
    warehouse.observe(RESIDENT, 2171.9, source=BULLETIN)
    return warehouse


def queue(viewer: Viewer = HEAD, period: str = "2017", **said: str) -> list[tuple[str, str]]:
    return [(row["place"], row["definition"]) for row in rows(viewer, Wanted(**said), period)]


def shown(definition: str = RESIDENT) -> tuple[list[Column], list[Column], dict[str, list[dict[str, Any]]]]:
    """Candidates, what does not reach, and everything else that is known of a conflict in Beijing."""
    found = one(HEAD, f"2017~110000~{definition}")
    assert found is not None
    heard = definitions_facts.candidates([found])
    known = definitions_facts.around(HEAD, found, heard, definitions_facts.unit_of(definition))
    by_code = {row["definition"]: row for row in known["definitions"]}
    stages = {row["name"]: row for row in (*known["bridges"], *known["events"])}
    columns = candidates(by_code[definition], heard, by_code, stages)
    return columns, unreached(by_code[definition], known["heard"], by_code, len(columns), ("2017", "110000")), known


def test_the_widest_apart_for_its_size_comes_first(disputed: Warehouse) -> None:
    disputed.observe(SCHOOLS, 104, place=TAIYUAN, source=OFFICIAL)
    disputed.observe(SCHOOLS, 106, place=TAIYUAN, source=BULLETIN)
    disputed.resolve()
    assert queue() == [(TAIYUAN, SCHOOLS), ("110000", RESIDENT)]
    assert [list(row["values"]) for row in rows(HEAD, Wanted(), "2017")] == [[104, 106], [2170.7, 2171.9]]
    assert queue(place="110000") == [("110000", RESIDENT)]


def test_a_conflict_of_another_place_is_not_for_everybodys_eyes(disputed: Warehouse) -> None:
    disputed.resolve()
    assert queue(ELSEWHERE) == []
    assert one(ELSEWHERE, f"2017~110000~{RESIDENT}") is None
    assert counts(ELSEWHERE, "2017").open == 0
    assert counts(HEAD, "2017").open == 1


@pytest.mark.parametrize("key", ["", "~~", "2017", "2017~110000", "2017~110000~", "2017~110000~no_such"])
def test_what_is_no_key_opens_no_conflict(disputed: Warehouse, key: str) -> None:
    assert one(HEAD, key) is None


def test_a_round_without_a_period_lists_every_period(disputed: Warehouse) -> None:
    disputed.observe(SCHOOLS, 104, source=OFFICIAL, period="2016")
    disputed.observe(SCHOOLS, 120, source=BULLETIN, period="2016")
    disputed.resolve()
    assert understood(HEAD, Wanted(), "2017").listed == "2017"
    assert understood(HEAD, Wanted(period="all"), "2017").listed == understood(HEAD, Wanted(), "").listed == ""
    assert len(queue(period="")) == 2
    assert counts(HEAD, "2017").elsewhere == 1


def test_where_the_period_has_nothing_to_settle_the_newest_that_has_is_listed(disputed: Warehouse) -> None:
    disputed.resolve()
    for asked, period, many in (
        (Wanted(), "2017", 1),
        (Wanted(period="2016"), "2016", 0),
        (Wanted(state="all"), "2017", 1),
        (Wanted(state="second"), "2016", 0),
        (Wanted(place=TAIYUAN), "2016", 0),
        (Wanted(key=f"2017~110000~{RESIDENT}"), "2017", 1),
    ):
        wanted = understood(HEAD, asked, "2016")
        found = rows(HEAD, wanted, wanted.listed)
        assert (wanted.listed, len(found)) == (period, many), asked
    assert understood(ELSEWHERE, Wanted(), "2016") == Wanted(period="2016", state="open")


def test_the_second_person_and_what_is_settled_are_led_to_their_period(disputed: Warehouse) -> None:
    disputed.resolve()
    picked = [int(number) for number in shown()[0][1].picked.split(",")]
    about = {"period": "2017", "place": "110000", "definition": RESIDENT}
    (ruling,) = conflict.settle(disputed.engine, **about, picked=picked, said=Said(who="李", code="K02")).decisions
    assert understood(HEAD, Wanted(state="second"), "2016").query["period"] == "2017"
    decide.confirm(disputed.engine, ruling, who="王")
    disputed.resolve()
    settled = Wanted(period="2017", state="decided")
    assert understood(HEAD, Wanted(), "2016") == settled
    assert understood(HEAD, Wanted(period="2017"), "2016") == settled
    assert counts(HEAD, "2016", "decided").elsewhere == 1


def test_a_ruling_moves_a_conflict_from_open_to_awaiting_to_settled(disputed: Warehouse) -> None:
    disputed.resolve()
    columns, _, _ = shown()
    picked = [int(number) for number in columns[1].picked.split(",")]
    said = Said(who="李", code="K02")
    (ruling,) = conflict.settle(
        disputed.engine, period="2017", place="110000", definition=RESIDENT, picked=picked, said=said
    ).decisions
    assert (len(queue()), len(queue(state="second")), counts(HEAD, "2017").second) == (1, 1, 1)
    assert shown()[2]["rulings"][0]["picked"] == picked
    decide.confirm(disputed.engine, ruling, who="王")
    assert shown()[2]["rulings"][0]["waits"] is True
    disputed.resolve()
    assert (queue(), queue(state="decided"), queue(state="second")) == ([], [("110000", RESIDENT)], [])


def test_candidates_say_by_which_rule_they_lost(disputed: Warehouse) -> None:
    disputed.observe(RESIDENT, 2175, source=OLDER, day=-3)
    disputed.observe(RESIDENT, 2180, source="ledger_statistics", day=5)
    disputed.observe(LOCAL, 1359.2, source=OFFICIAL)
    disputed.observe(OTHERS, 794.3, source=OFFICIAL)
    disputed.resolve()
    columns, _, _ = shown()
    by_value = {round(column.value, 1): column for column in columns}
    assert (columns[0].letter, columns[0].lost) == ("A", "")
    assert by_value[2153.5].lost == "method"
    assert by_value[2153.5].verdict == "调整后可比"
    assert {column.verdict for column in columns if column.method == "direct"} == {"可比"}
    assert [by_value[value].lost for value in (2175.0, 2180.0)] == ["older", "source"]


def test_parts_that_are_added_show_where_they_differ_and_what_they_are_made_of(disputed: Warehouse) -> None:
    disputed.observe(LOCAL, 1359.2, source=OFFICIAL)
    disputed.observe(OTHERS, 794.3, source=OFFICIAL)
    disputed.resolve()
    (added,) = [column for column in shown()[0] if column.method == "sum"]
    assert added.facets == ("population",)
    assert added.cells["population"].codes == ("changzhu_huji", "changzhu_wailai")
    assert added.cells["population"].sign == "near"
    assert added.cells["time"].sign == ""
    assert isinstance(added.way, Step)
    assert [part.figure["value"] for part in added.way.parts if isinstance(part, Heard) and part.figure] == [
        1359.2,
        794.3,
    ]
    assert added.way.bridge is not None
    assert added.way.bridge["type"] == "sum"
    assert "恒等式" in added.way.bridge["source"]


@pytest.mark.parametrize(
    ("definition", "said", "facets"),
    [
        ("pop_huji_y1231", {}, ("population",)),
        ("pop_total_unstated", {"period": "unstated@a"}, ("population", "time")),
        ("pop_changzhu_y1101", {}, ("time", "scope")),
        (RESIDENT, {"kind": "target"}, ("kind",)),
        (RESIDENT, {"kind": "forecast"}, ("kind",)),
        (RESIDENT, {"period": "unstated@a"}, ("time",)),
    ],
)
def test_what_does_not_reach_names_the_facets_that_differ(
    disputed: Warehouse, definition: str, said: dict[str, str], facets: tuple[str, ...]
) -> None:
    disputed.observe(definition, 2300, source=BULLETIN, **said)  # type: ignore[arg-type]
    disputed.resolve()
    columns, (beside,), _ = shown()
    assert beside.facets == facets
    assert (beside.verdict, beside.letter, beside.method) == ("不可比", "C", "")
    marked = {facet for facet, cell in beside.cells.items() if cell.sign == "differ"}
    assert marked == set(facets)
    assert len(columns) == 2


def test_another_place_or_period_stands_beside_nothing(disputed: Warehouse) -> None:
    disputed.observe("pop_huji_y1231", 300, place=TAIYUAN)
    disputed.observe("pop_huji_y1231", 300, period="2016")
    disputed.resolve()
    assert shown()[1] == []


def test_precedents_are_rulings_in_force_of_the_same_measure_or_place(disputed: Warehouse) -> None:
    disputed.observe(SCHOOLS, 104, source=OFFICIAL)
    disputed.observe(SCHOOLS, 140, source=BULLETIN)
    disputed.resolve()
    columns, _, _ = shown(SCHOOLS)
    said = {"period": "2017", "place": "110000", "definition": SCHOOLS}
    picked = [int(columns[0].picked)]
    (ruling,) = conflict.settle(disputed.engine, **said, picked=picked, said=Said(who="李", code="K01")).decisions
    assert shown()[2]["precedents"] == []
    decide.confirm(disputed.engine, ruling, who="王")
    disputed.resolve()
    (precedent,) = shown()[2]["precedents"]
    assert (precedent["definition"], precedent["code"], precedent["value"]) == (SCHOOLS, "K01", columns[0].value)


@pytest.mark.parametrize(
    ("route", "tree"),
    [
        ("a", Heard(definition="a")),
        ("a@110102", Heard(definition="a", place="110102")),
        ("a@110101_2009-2", Heard(definition="a", place="110101_2009", back=2)),
        ("x(a)", Step(name="x", parts=(Heard(definition="a"),))),
        ("place:110119(a@110229)", Step(name="place:110119", parts=(Heard(definition="a", place="110229"),))),
        (
            "x(#,y(#,#)) ← a-1, z(b), c",
            Step(
                name="x",
                parts=(
                    Heard(definition="a", back=1),
                    Step(name="y", parts=(Step(name="z", parts=(Heard(definition="b"),)), Heard(definition="c"))),
                ),
            ),
        ),
    ],
)
def test_the_words_of_a_route_are_read_as_steps_and_parts(route: str, tree: Heard | Step) -> None:
    assert way(route, (), {}) == tree


def test_steps_come_in_the_order_in_which_they_are_taken() -> None:
    route = "x(#,y(#,#)) ← a-1, z(b), c"
    assert [step.name for step in steps(way(route, (), {}))] == ["z", "y", "x"]
    assert names([route, "a", "place:110119(a@110229)"]) == ["place:110119", "x", "y", "z"]


def test_definitions_are_comparable_where_all_agrees_and_adjustable_where_a_way_leads() -> None:
    base = {"definition": "a", "measure": "m", "population": "changzhu", "time": "Y1231", "unit": "人"}
    same, later = base | {"definition": "b"}, base | {"definition": "c", "time": "Y1101"}
    assert verdict(base, same, set()).verdict == "可比"
    assert (verdict(base, later, set()).verdict, verdict(base, later, set()).facet) == ("不可比", "time")
    assert verdict(base, later, {("c", "a")}).verdict == verdict(later, base, {("c", "a")}).verdict == "调整后可比"
    shown = matrix("c", [base, same, later], "m", {"b"}, set())
    assert [row["definition"] for row in shown.definitions] == ["c", "b", "a"]
    assert [[found.verdict if found else None for found in verdicts] for _, verdicts in shown.rows] == [
        ["不可比", "不可比"],
        [None, "可比"],
    ]


def test_a_part_alone_is_not_comparable_with_its_total(disputed: Warehouse) -> None:
    disputed.resolve()
    leads = {(row["from_definition"], row["to_definition"]) for row in shown()[2]["leads"]}
    assert ("pop_changzhu_y1231_persons", RESIDENT) in leads
    assert (LOCAL, RESIDENT) not in leads


def test_the_queue_knows_what_stands_before_and_after() -> None:
    listed = [{"period": "2017", "place": "110000", "definition": name} for name in "abc"]
    keys = [key_of(row) for row in listed]
    assert definitions_queue.neighbours(listed, keys[1]) == {"previous": keys[0], "next": keys[2]}
    assert definitions_queue.neighbours(listed, keys[2])["next"] == ""
    assert definitions_queue.neighbours(listed, "gone") == {"previous": "", "next": ""}


@pytest.mark.parametrize(
    ("other", "apart", "rule"),
    [
        ("2017-05-01 04:14:00", ("2017-05-01 04:15", "2017-05-01 04:14"), "older"),
        ("2017-05-01 04:15:07", ("2017-05-01 04:15:09", "2017-05-01 04:15:07"), "older"),
        ("2017-05-01 04:15:09", ("2017-05-01 04:15:09", "2017-05-01 04:15:09"), "value"),
    ],
)
def test_moments_are_shown_as_fine_as_it_takes_to_tell_them_apart(
    other: str, apart: tuple[str, str], rule: str
) -> None:
    first, second = (_column(when, value) for when, value in (("2017-05-01 04:15:09", 1.0), (other, 2.0)))
    assert recorded_apart(first, second) == apart
    assert loses(first, second) == rule
    assert loses(first, first) == "order"


def _column(when: str, value: float) -> Column:
    figure = {"recorded_at": when, "status": "A", "kind": "actual"}
    return Column(
        letter="A", value=value, low=value, high=value, unit="", cells={}, figures=[figure], source_rank=1, verdict="",
        facets=(), way=Heard(definition="a"), method="direct",
    )  # fmt: skip

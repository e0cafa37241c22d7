"""Indicators by formula: what a hand calculation gives, and nothing where an input is missing."""

from dataclasses import replace
from typing import Any

import pytest
from observing import Warehouse
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from learning_city.catalogue.read import read
from learning_city.indicators.compute import compute
from learning_city.warehouse import ref
from learning_city.warehouse.statements import SQL

RESIDENT = "pop_changzhu_y1231"


@pytest.fixture
def warehouse(engine: Engine) -> Warehouse:
    return Warehouse(engine=engine)


def with_formula(warehouse: Warehouse, formula: str, expression: str, **changes: object) -> None:
    """A new edition, stored unchecked, in which one formula reads otherwise."""
    edition = read(SQL / "reference")
    rows = [
        row | {"expression": expression, **changes} if row["formula"] == formula else row
        for row in edition.tables["formula"]
    ]
    with warehouse.engine.begin() as connection:
        ref.store(connection, replace(edition, tables={**edition.tables, "formula": rows}), who="clerk", why="a test")


def computed(warehouse: Warehouse, formula: str, **key: str) -> Any:
    """The value of the indicator of a formula, after reconciling and computing."""
    warehouse.resolve(with_synthetic=True)
    compute(warehouse.engine, ["2016", "2017"])
    said = {"period": "2017", "place": "110000", **key}
    (row,) = warehouse.rows(
        """SELECT value, status, verdict, kind, missing FROM warehouse.indicator_value
           WHERE formula = :formula AND period = :period AND place = :place""",
        formula=formula, **said,
    )  # fmt: skip
    return row


def test_a_formula_gives_what_a_hand_calculation_gives(warehouse: Warehouse) -> None:
    warehouse.observe("lib_seats", 16_275)
    warehouse.observe(RESIDENT, 2170.7)
    row = computed(warehouse, "library_seats_per_10k")
    assert row.value == pytest.approx(16_275 / 2170.7, rel=1e-12)
    assert (row.status, row.verdict, row.kind, row.missing) == ("A", "可比", "actual", [])


def test_a_bridged_input_makes_the_indicator_comparable_after_adjustment(warehouse: Warehouse) -> None:
    warehouse.observe("lib_seats", 16_275)
    warehouse.observe("pop_changzhu_huji_y1231", 1312.1)
    warehouse.observe("pop_changzhu_wailai_y1231", 802.7)
    assert computed(warehouse, "library_seats_per_10k").verdict == "调整后可比"


def test_a_contested_input_makes_the_indicator_contested(warehouse: Warehouse) -> None:
    warehouse.observe("lib_seats", 16_275)
    warehouse.observe(RESIDENT, 2170.7, source="bj_lib_2020")
    warehouse.observe(RESIDENT, 2300.0)
    assert computed(warehouse, "library_seats_per_10k").verdict == "conflict"


def test_a_missing_input_stays_missing_and_is_named(warehouse: Warehouse) -> None:
    warehouse.observe("lib_seats", 16_275)
    row = computed(warehouse, "library_seats_per_10k")
    assert (row.value, row.status, row.verdict, row.missing) == (None, "O", "不可比", [RESIDENT])


@pytest.mark.parametrize(
    "expression",
    [
        f"least(lib_seats, {RESIDENT})",
        f"greatest(lib_seats, {RESIDENT})",
        f"CASE WHEN {RESIDENT} > 0 THEN lib_seats / {RESIDENT} ELSE lib_seats END",
    ],
)
def test_no_function_makes_up_for_a_missing_input(warehouse: Warehouse, expression: str) -> None:
    with_formula(warehouse, "library_seats_per_10k", expression)
    warehouse.observe("lib_seats", 16_275)
    row = computed(warehouse, "library_seats_per_10k")
    assert (row.value, row.missing) == (None, [RESIDENT])


@pytest.mark.parametrize("expression", [f"lib_seats / {RESIDENT}", f"lib_seats / nullif({RESIDENT}, 0)"])
def test_a_division_by_zero_is_missing(warehouse: Warehouse, expression: str) -> None:
    with_formula(warehouse, "library_seats_per_10k", expression)
    warehouse.observe("lib_seats", 16_275)
    warehouse.observe(RESIDENT, 0)
    row = computed(warehouse, "library_seats_per_10k")
    assert (row.value, row.status, row.missing) == (None, "O", [])


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (f"round(lib_seats / {RESIDENT})", 7),
        (f"greatest(lib_seats, {RESIDENT}) - least(lib_seats, {RESIDENT})", 14_104.3),
        (f"CASE WHEN lib_seats >= {RESIDENT} THEN 1 ELSE 0 END", 1),
        ("-lib_seats + 2 * (lib_seats - 1)", 16_273),
        (f"7 / 2 + 0 * {RESIDENT}", 3.5),
    ],
)
def test_everything_a_formula_may_say_runs_in_the_database(
    warehouse: Warehouse, expression: str, expected: float
) -> None:
    with_formula(warehouse, "library_seats_per_10k", expression)
    warehouse.observe("lib_seats", 16_275)
    warehouse.observe(RESIDENT, 2170.7)
    assert computed(warehouse, "library_seats_per_10k").value == pytest.approx(expected)


def test_a_synthetic_input_makes_the_indicator_synthetic(warehouse: Warehouse) -> None:
    warehouse.observe("lib_seats", 16_275)
    warehouse.observe(RESIDENT, 2170.7, kind="synthetic")
    assert computed(warehouse, "library_seats_per_10k").kind == "synthetic"


def test_a_real_indicator_beside_synthetic_figures_of_other_places_stays_real(warehouse: Warehouse) -> None:
    warehouse.observe("lib_seats", 16_275)
    warehouse.observe(RESIDENT, 2170.7)
    warehouse.observe(RESIDENT, 800, kind="synthetic", place="330200")
    assert computed(warehouse, "library_seats_per_10k").kind == "actual"


def test_the_version_in_force_at_the_end_of_the_period_is_used(warehouse: Warehouse) -> None:
    edition = read(SQL / "reference")
    (old,) = [row for row in edition.tables["formula"] if row["formula"] == "library_seats_per_10k"]
    start = old["valid_from"].replace(year=2017)  # type: ignore[attr-defined]
    rows = [row for row in edition.tables["formula"] if row is not old]
    rows += [{**old, "valid_to": start}, {**old, "version": 2, "valid_from": start, "expression": "lib_seats"}]
    with warehouse.engine.begin() as connection:
        ref.store(connection, replace(edition, tables={**edition.tables, "formula": rows}), who="clerk", why="a test")
    for period in ("2016", "2017"):
        warehouse.observe("lib_seats", 16_000, period=period)
        warehouse.observe(RESIDENT, 2000, period=period)
    assert computed(warehouse, "library_seats_per_10k", period="2016").value == 8
    assert computed(warehouse, "library_seats_per_10k", period="2017").value == 16_000


@pytest.mark.parametrize(
    "expression", ["(SELECT max(value) FROM warehouse.observation)", "(SELECT count(*) FROM ref.edition)"]
)
def test_a_formula_that_slipped_through_every_check_still_cannot_read_a_table(
    warehouse: Warehouse, expression: str
) -> None:
    with_formula(warehouse, "library_seats_per_10k", expression)
    warehouse.observe("lib_seats", 16_275)
    with pytest.raises(DBAPIError, match="permission denied"):
        computed(warehouse, "library_seats_per_10k")


def test_computing_again_changes_nothing(warehouse: Warehouse) -> None:
    warehouse.observe("lib_seats", 16_275)
    warehouse.observe(RESIDENT, 2170.7)
    computed(warehouse, "library_seats_per_10k")
    everything = "SELECT * FROM warehouse.indicator_value ORDER BY framework, indicator, place, period"
    before = warehouse.rows(everything)
    computed(warehouse, "library_seats_per_10k")
    assert warehouse.rows(everything) == before
    assert len(before) > 8


def test_only_what_a_new_figure_reaches_is_written_again(warehouse: Warehouse) -> None:
    warehouse.observe("lib_seats", 16_275)
    computed(warehouse, "library_seats_per_10k")
    before = dict(warehouse.rows(_WRITTEN))
    warehouse.observe(RESIDENT, 2170.7)
    assert computed(warehouse, "library_seats_per_10k").value is not None
    after = dict(warehouse.rows(_WRITTEN))
    rewritten = {key for key in after if after[key] != before[key]}
    assert before.keys() == after.keys()
    assert {key.split()[1:] == ["110000", "2017"] for key in rewritten} == {True}
    assert len(rewritten) < len(after) / 10


_WRITTEN = (
    "SELECT concat_ws(' ', framework || '/' || indicator, place, period), xmin::text FROM warehouse.indicator_value"
)


def test_a_period_without_a_year_is_never_computed(warehouse: Warehouse) -> None:
    assert compute(warehouse.engine, ["unstated@doc"]) == 0

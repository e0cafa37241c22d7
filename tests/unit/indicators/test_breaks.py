"""Breaks of series: status B in the first period after, why, and the last value before, in every table."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from observing import Warehouse
from sqlalchemy import Engine

from learning_city.catalogue.read import read
from learning_city.indicators.compute import compute
from learning_city.warehouse import ref
from learning_city.warehouse.statements import SQL

SEATS, RESIDENT = "lib_seats", "pop_changzhu_y1231"
BEIJING, HANGZHOU = "110000", "330100"
YEARS = ("2014", "2015", "2017", "2018")


@pytest.fixture
def warehouse(engine: Engine) -> Warehouse:
    """Seats and people of two cities in four years: a seat more each year for a thousand people."""
    made = Warehouse(engine=engine)
    for place in (BEIJING, HANGZHOU):
        for year in YEARS:
            made.observe(SEATS, int(year), period=year, place=place)
            made.observe(RESIDENT, 1000, period=year, place=place)
    return made


def with_definitions(warehouse: Warehouse, *definitions: str, **changes: object) -> None:
    """A new edition in which some definitions say otherwise."""
    edition = read(SQL / "reference")
    rows = [row | changes if row["definition"] in definitions else row for row in edition.tables["definition"]]
    with warehouse.engine.begin() as connection:
        changed = replace(edition, tables={**edition.tables, "definition": rows})
        ref.store(connection, changed, who="clerk", why="a test")


def broken(warehouse: Warehouse, formula: str = "library_seats_per_10k") -> dict[tuple[str, str], Any]:
    """The values of a formula whose series breaks, by place and period, after computing."""
    compute(warehouse.engine, warehouse.resolve())
    rows = warehouse.rows(
        "SELECT * FROM mart.indicator_table WHERE formula = :formula AND status = 'B' AND framework = 'national_62'",
        formula=formula,
    )
    return {(row.place, row.period): row for row in rows}


def test_a_series_without_a_break_has_none(warehouse: Warehouse) -> None:
    assert broken(warehouse) == {}


def test_a_new_threshold_breaks_the_series_everywhere_in_its_first_year(warehouse: Warehouse) -> None:
    with_definitions(warehouse, SEATS, threshold="training_deduction_cap")
    found = broken(warehouse)
    assert set(found) == {(BEIJING, "2018"), (HANGZHOU, "2018")}
    row = found[BEIJING, "2018"]
    assert (row.value, row.break_facet, row.before_period, row.before_value) == (2.018, "scope", "2017", 2.017)
    assert "财税〔2018〕51号" in row.break_zh


def test_another_territory_breaks_the_series_of_its_place_alone(warehouse: Warehouse) -> None:
    with_definitions(warehouse, SEATS, RESIDENT, boundary="as_then")
    with warehouse.engine.begin() as connection:
        edition = ref.current(connection)
        content = ref.load(connection, edition)
        event = content.tables["place_event"][0] | {
            "date": date(2015, 2, 15), "type": "merge", "old_place": "330183", "new_place": HANGZHOU, "source": "国函〔2014〕157号",
        }  # fmt: skip
        tables = {**content.tables, "place_event": [*content.tables["place_event"], event]}
        ref.store(connection, replace(content, tables=tables), who="clerk", why="a test")
    found = broken(warehouse)
    assert set(found) == {(HANGZHOU, "2015")}
    row = found[HANGZHOU, "2015"]
    assert (row.break_facet, row.break_zh, row.before_period) == ("boundary", "国函〔2014〕157号", "2014")


def test_another_version_of_the_formula_breaks_the_series(warehouse: Warehouse) -> None:
    for year, urban, rural in (("2012", "income_urban_before_2013", "income_rural_net_before_2013"),
                               ("2013", "income_urban", "income_rural")):  # fmt: skip
        warehouse.observe(urban, 40_000, period=year)
        warehouse.observe(rural, 16_000, period=year)
    row = broken(warehouse, "urban_rural_income_ratio")[BEIJING, "2013"]
    assert (row.value, row.before_period, row.before_value, row.break_facet) == (2.5, "2012", 2.5, "formula")
    assert "公式改版" in row.break_zh


def test_a_forecast_does_not_reach_over_a_break(warehouse: Warehouse) -> None:
    with_definitions(warehouse, SEATS, threshold="training_deduction_cap")
    broken(warehouse)
    (row,) = warehouse.rows(
        """SELECT (warehouse.forecast(v, '2020')).value FROM warehouse.indicator_value AS v
           WHERE v.place = :place AND v.period = '2018' AND v.formula = 'library_seats_per_10k' LIMIT 1""",
        place=BEIJING,
    )
    assert row.value is None

"""Basic requirements: met, not met, or not assessed while the missing figures could decide either way."""

from typing import Any

import pytest
from observing import BEIJING
from sqlalchemy import Engine, text

from learning_city.indicators.compute import compute_in

NEEDED = {
    "communities": 100, "communities_with_school": 70, "budget_spend": 100, "edu_spend": 20, "comm_teachers": 100,
    "comm_teachers_degree": 70, "lib_collection": 100, "pop_changzhu_y1231": 100, "cultural_stations": 100,
    "stations_standard": 90, "income_urban": 40_000, "income_rural": 20_000,
}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "is_met", "failing"),
    [
        ({}, True, []),
        ({"edu_spend": 10, "stations_standard": 10}, True, ["n1_3_1", "n4_1_8"]),
        ({"edu_spend": 10, "stations_standard": 10, "lib_collection": 1}, False, ["n1_3_1", "n4_1_2", "n4_1_8"]),
        ({"communities_with_school": 10}, False, ["n2_2_4"]),
        ({"communities_with_school": None}, None, []),
        ({"income_rural": None, "edu_spend": None}, True, []),
        ({"income_rural": None, "edu_spend": None, "lib_collection": None}, None, []),
    ],
)
def test_a_city_meets_the_basic_requirement(
    engine: Engine, changed: dict[str, float | None], is_met: bool | None, failing: list[str]
) -> None:
    row = required(engine, NEEDED | changed)
    assert (row.is_met, row.failing) == (is_met, failing)
    assert (row.at_least, row.indicators, row.provenance) == (4, 6, "C")
    assert row.met + row.not_met + row.not_assessed == row.indicators


def test_the_shipped_requirement_says_that_it_is_not_official(engine: Engine) -> None:
    row = required(engine, NEEDED)
    assert "非官方" in row.name_zh
    assert "认定单位" in row.certified_by


def required(engine: Engine, figures: dict[str, Any]) -> Any:
    """The requirement's row for Beijing in 2017 under these figures."""
    with engine.connect() as connection:
        connection.execute(text("SELECT warehouse.ensure_period('2017')"))
        known = [{"definition": name, "value": value} for name, value in figures.items() if value is not None]
        connection.execute(text(_VALUE), known)
        compute_in(connection, ["2017"])
        row = connection.execute(
            text("SELECT * FROM mart.requirement WHERE place = :place AND period = '2017'"), {"place": BEIJING}
        ).one()
        connection.rollback()
        return row


_VALUE = f"""
INSERT INTO warehouse.reconciled_value (period, place, measure, definition, value, low, high, status, verdict, method, kind,
                                        winner, candidates, is_conflict)
SELECT '2017', '{BEIJING}', measure, definition, :value, 0, 0, 'A', '可比', 'direct', 'actual', '{{}}', 1, false
FROM ref.definition WHERE definition = :definition
"""

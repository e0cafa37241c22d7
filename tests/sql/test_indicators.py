"""Worked cases of formulas: what a folder of CSV files puts in, and what a hand calculation says comes out.

``input.csv`` holds reconciled values. ``expect.csv`` holds rows of one place and period with the columns the case is about;
several things in a cell are separated by ``;``, an empty cell means that there is nothing. Beside them may stand
``place.csv`` (places that are added, or whether all places below one are listed) and ``target.csv`` (one more target).
"""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from learning_city.indicators.compute import compute_in
from learning_city.warehouse.engine import connect
from learning_city.warehouse.statements import SQL

HERE = Path(__file__).parent / "indicators"
CASES = sorted(path.parent for path in HERE.glob("*/*/expect.csv"))
OF_TARGETS = {"is_met", "progress", "forecast", "forecast_years"}
Told = dict[str, str]


@pytest.fixture(scope="module")
def owner(new_home: Any) -> Iterator[Engine]:
    with new_home() as home:
        yield connect(home)


def rows(path: Path) -> list[Told]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}/{case.name}")
def test_a_formula_gives_what_was_worked_out_by_hand(owner: Engine, case: Path) -> None:
    expected = rows(case / "expect.csv")
    with owner.connect() as connection:
        put(connection, case)
        periods = sorted({row["period"] for row in [*rows(case / "input.csv"), *expected]})
        compute_in(connection, periods)
        for row in expected:
            assert got(connection, case.parent.name, row) == [
                {column: known(column, said) for column, said in row.items()}
            ]
        connection.rollback()


@pytest.mark.parametrize("formula", sorted({row["formula"] for row in rows(SQL / "reference" / "formulas.csv")}))
def test_every_formula_has_a_worked_case(formula: str) -> None:
    assert list(HERE.glob(f"{formula}/*/expect.csv")), f"add a case under {HERE / formula}"


def put(connection: Connection, case: Path) -> None:
    """The case's values, places and target, into the newest edition of an open transaction."""
    for row in rows(case / "place.csv"):
        connection.execute(text(_PLACE_PARTS), row)
        connection.execute(text(_PLACE), row)
    for period in {row["period"] for row in rows(case / "input.csv")}:
        connection.execute(text("SELECT warehouse.ensure_period(:period)"), {"period": period})
    connection.execute(text(_VALUE), rows(case / "input.csv"))
    for row in rows(case / "target.csv"):
        connection.execute(text(_TARGET), {**row, "formula": case.parent.name})


def got(connection: Connection, formula: str, row: Told) -> list[dict[str, object]]:
    """The different answers of all indicators of a formula for a place and period, in the columns of ``row``."""
    source = _ATTAINED if OF_TARGETS & set(row) else _COMPUTED
    listed = ", ".join(row)
    found = connection.execute(
        text(f"SELECT DISTINCT {listed} FROM ({source}) AS v WHERE place = :place AND period = :period"),
        {"formula": formula, "place": row["place"], "period": row["period"]},
    )
    return [{column: comparable(value) for column, value in one.items()} for one in found.mappings()]


def known(column: str, said: str) -> object:
    """A cell of ``expect.csv`` as a comparable value."""
    if column in ("place", "period", "status", "verdict", "kind"):
        return said
    if column == "is_met":
        return {"yes": True, "no": False, "": None}[said]
    if column in ("missing", "aggregated", "places_unknown", "forecast_years"):
        return said
    return pytest.approx(float(said), rel=1e-9) if said else None


def comparable(value: object) -> object:
    return ";".join(value) if isinstance(value, list) else value


_EDITION = "(SELECT max(edition) FROM ref.edition)"
_PLACE_PARTS = f"UPDATE ref.place SET parts = nullif(:parts, '') WHERE edition = {_EDITION} AND place = :place"
_PLACE = f"""
INSERT INTO ref.place (edition, place, name_zh, name_en, parent, level, parts, valid_from)
SELECT {_EDITION}, :place, :place, :place, :parent, :level, nullif(:parts, ''), '1949-10-01'
WHERE NOT EXISTS (SELECT 1 FROM ref.place WHERE edition = {_EDITION} AND place = :place)
"""
_VALUE = f"""
INSERT INTO warehouse.reconciled_value (period, place, measure, definition, value, low, high, status, verdict, method, kind,
                                        winner, candidates, is_conflict)
SELECT :period, :place, d.measure, d.definition, CAST(:value AS float8), CAST(:value AS float8), CAST(:value AS float8),
       :status, :verdict, :method, :kind, '{{}}', 1, :verdict = 'conflict'
FROM ref.definition AS d WHERE d.edition = {_EDITION} AND d.definition = :definition
"""
_TARGET = f"""
INSERT INTO ref.target (edition, target, framework, indicator, place, due, direction, value, low, high, baseline, unit,
                        set_by, source, valid_from)
SELECT {_EDITION}, 'case_' || i.framework || i.indicator, i.framework, i.indicator, :place, :due, :direction,
       CAST(nullif(:value, '') AS float8), CAST(nullif(:low, '') AS float8), CAST(nullif(:high, '') AS float8),
       CAST(nullif(:baseline, '') AS float8), i.unit, 'a test', 'a test', '1949-10-01'
FROM ref.indicator AS i WHERE i.edition = {_EDITION} AND i.formula = :formula
"""
_COMPUTED = "SELECT * FROM warehouse.indicator_value WHERE formula = :formula"
_ATTAINED = f"""
SELECT a.place, a.period, a.value, a.verdict, a.is_met, a.progress, a.forecast, coalesce(a.forecast_years, '{{}}') AS forecast_years
FROM mart.attainment AS a JOIN ref.indicator AS i ON i.edition = {_EDITION} AND i.framework = a.framework
  AND i.indicator = a.indicator
WHERE i.formula = :formula AND a.target LIKE 'case_%'
"""

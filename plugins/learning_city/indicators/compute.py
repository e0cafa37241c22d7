"""Run the formulas in force: one pivot of the definitions they read, one statement for all places and periods."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Engine, RowMapping, text

from learning_city.catalogue import formulas
from learning_city.model.period import last_day
from learning_city.warehouse import ref
from learning_city.warehouse.copy import copy
from learning_city.warehouse.engine import alone, alone_in
from learning_city.warehouse.statements import load

TIMEOUT = "60s"
_SETTINGS = ("enable_nestloop = off", "enable_mergejoin = off", "jit = off", "work_mem = '256MB'")
"""Dates as ranges mislead the planner; a pivot of thousands of rows is sorted in memory, faster than code is generated."""
UPWARDS = ("city", "region")
"""Levels that are filled from the level below, in this order: cities from districts, then regions from cities."""


def compute(engine: Engine, periods: list[str]) -> int:
    """Compute every quantitative indicator of every framework for these periods; returns the rows that were made.

    Half of the periods at a time beside the other half, each in a transaction: one pivot and one statement for all its
    places, under the role ``lcm_formula`` (it may read the pivot and write the result, nothing else). A missing input leaves the indicator missing, naming what is missing; status,
    comparability and synthetic kind of the inputs carry over, the worst first.
    """
    halves = [half for half in (periods[::2], periods[1::2]) if half]
    with alone(engine, "values"), ThreadPoolExecutor(len(halves) or 1) as threads:
        return sum(threads.map(partial(_compute_half, engine), halves))


def compute_in(connection: Connection, periods: list[str]) -> int:
    """``compute`` inside the caller's transaction, under the newest edition that it sees."""
    alone_in(connection, "values")
    return _compute(connection, periods)


def _compute_half(engine: Engine, periods: list[str]) -> int:
    with engine.begin() as connection:
        return _compute(connection, periods)


def _compute(connection: Connection, periods: list[str]) -> int:
    for setting in _SETTINGS:
        connection.execute(text(f"SET LOCAL {setting}"))
    edition = ref.current(connection)
    used = used_formulas(connection, edition)
    days = {period: last_day(period) for period in periods if last_day(period)}
    if not days:
        return 0
    said = {"edition": edition, "periods": list(days)}
    for table in ("aggregated_value", "indicator_break"):
        connection.execute(text(f"DELETE FROM warehouse.{table} WHERE period = ANY(:periods)"), said)
    names = _tables(connection, edition, days, used)
    if used:
        _pivot(connection, edition, names)
        run(connection, used, marked=names)
    made = sum(int(connection.execute(load(f"indicators/{one}"), said).rowcount) for one in ("values", "shares"))
    _store(connection, said, made)
    return made


def _store(connection: Connection, said: dict[str, Any], made: int) -> None:
    """Only what changed is written: a year of which one figure is new keeps its other rows."""
    connection.execute(text("ANALYZE made (framework, indicator, place, period)"))
    connection.execute(load("indicators/forget"), said)
    if connection.execute(text(_STANDS), said).scalar() != made:
        connection.execute(load("indicators/store"), said)
    connection.execute(load("indicators/breaks"), said)


def run(
    connection: Connection, used: Sequence[RowMapping], keys: str = "at, period", marked: Sequence[str] = ()
) -> None:
    """All formulas for every row of the pivot in one statement, under the role that may do nothing else.

    ``keys`` are the columns of ``pg_temp.pivot`` that ``pg_temp.computed`` repeats; ``marked`` are the definitions in
    the order of the pivot's ``marks``, where it has them. Ids and expressions come from a checked edition: ids are
    identifiers, expressions rendered from their tree.
    """
    branches = ", ".join(
        f"('{row['formula']}', {row['version']}, {formulas.rendered(row['expression'])}, {_marks(row, marked)})"
        for row in used
    )
    for table, right in (("pivot", "SELECT"), ("computed", "INSERT")):
        connection.execute(text(f"GRANT {right} ON pg_temp.{table} TO lcm_formula"))
    connection.execute(text(f"SET LOCAL statement_timeout = '{TIMEOUT}'"))
    connection.execute(text("SET LOCAL ROLE lcm_formula"))
    connection.exec_driver_sql(
        f"INSERT INTO pg_temp.computed ({keys}, formula, version, value, marks) "
        f"SELECT {keys}, v.formula, v.version, v.value, v.marks FROM pg_temp.pivot AS p "
        f"CROSS JOIN LATERAL (VALUES {branches}) AS v (formula, version, value, marks)"
    )
    connection.execute(text("RESET ROLE"))
    connection.execute(text("SET LOCAL statement_timeout = 0"))
    connection.execute(text("ANALYZE computed"))


def used_formulas(connection: Connection, edition: int) -> Sequence[RowMapping]:
    """The formulas that indicators of an edition name: formula, version, expression."""
    return connection.execute(text(_FORMULAS), {"edition": edition}).mappings().all()


def inputs_of(used: Sequence[RowMapping]) -> pd.DataFrame:
    """The definitions each formula reads: formula, version, definition."""
    inputs = [(row["formula"], row["version"], name) for row in used for name in formulas.inputs(row["expression"])]
    return pd.DataFrame(inputs, columns=["formula", "version", "definition"])


def _marks(row: RowMapping, marked: Sequence[str]) -> str:
    """The marks of all inputs of a formula together."""
    at = [marked.index(name) + 1 for name in formulas.inputs(row["expression"]) if name in marked]
    return " | ".join(f"p.marks[{n}]" for n in at) or "0"


def _tables(
    connection: Connection, edition: int, days: Mapping[str, date | None], used: Sequence[RowMapping]
) -> list[str]:
    """The temporary tables of one computation, the values it reads among them; gives the definitions in order."""
    for statement in _TEMPORARY:
        connection.execute(text(statement))
    connection.execute(
        text("INSERT INTO day VALUES (:period, :day)"), [{"period": p, "day": d} for p, d in days.items()]
    )
    frame = inputs_of(used)
    names = sorted(set(frame["definition"]))
    copy(connection, "pg_temp.formula_input", frame.assign(n=frame["definition"].map(names.index) + 1))
    for statement in ("places", "known"):
        connection.execute(load(f"indicators/{statement}"), {"edition": edition, "periods": list(days)})
    for table in ("formula_input", "day", "place_day"):
        connection.execute(text(f"ANALYZE {table}"))
    for level in UPWARDS:
        connection.execute(load("indicators/aggregate"), {"edition": edition, "level": level})
    return names


def _pivot(connection: Connection, edition: int, names: Sequence[str]) -> None:
    """A row a period and place: each definition's value under its own name, and the marks of all of them."""
    columns = "".join(f', g."values"[{n}] AS "{name}"' for n, name in enumerate(names, start=1))
    connection.execute(text(_PIVOT.replace("/* columns */", columns)), {"edition": edition, "many": len(names)})


_TEMPORARY = (
    """DROP TABLE IF EXISTS pg_temp.day, pg_temp.formula_input, pg_temp.place_day, pg_temp.known, pg_temp.pivot,
       pg_temp.computed, pg_temp.made""",
    "CREATE TEMP TABLE day (period text, day date) ON COMMIT DROP",
    "CREATE TEMP TABLE formula_input (formula text, version smallint, definition text, n smallint) ON COMMIT DROP",
    """CREATE TEMP TABLE place_day (at integer, period text, place text, level text, parent text, is_whole boolean)
       ON COMMIT DROP""",
    "CREATE TEMP TABLE known (at integer, n integer, value double precision, marks integer, kind text) ON COMMIT DROP",
    """CREATE TEMP TABLE computed (at integer, period text, formula text, version smallint, value double precision, marks integer)
       ON COMMIT DROP""",
    "CREATE TEMP TABLE made (LIKE warehouse.indicator_value INCLUDING DEFAULTS) ON COMMIT DROP",
)
_STANDS = "SELECT count(*) FROM warehouse.indicator_value WHERE period = ANY(:periods)"
_PIVOT = """
CREATE TEMP TABLE pivot ON COMMIT DROP AS
SELECT g.at, g.period, g.marks /* columns */
FROM (
  SELECT w.at, w.period, array_agg(w.value) AS "values", array_agg(w.marks) AS marks
  FROM (
    SELECT p.at, p.period, k.value, coalesce(k.marks, 1 << 22) AS marks
    FROM place_day AS p
    CROSS JOIN generate_series(1, :many) AS n (n)
    LEFT JOIN known AS k ON k.at = p.at AND k.n = n.n
    ORDER BY p.at, p.period, n.n
  ) AS w
  GROUP BY w.at, w.period
) AS g
"""
_FORMULAS = """
SELECT DISTINCT f.formula, f.version, f.expression FROM ref.formula AS f
JOIN ref.indicator AS i ON i.edition = f.edition AND i.formula = f.formula
WHERE f.edition = :edition ORDER BY f.formula, f.version
"""

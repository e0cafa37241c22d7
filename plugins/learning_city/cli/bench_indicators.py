"""All indicators of a country's ten years, beside a pandas recomputation from frames in the same run."""

import re
import time
from collections.abc import Callable, Sequence

import pandas as pd
from rich.console import Console
from sqlalchemy import Engine, RowMapping, text

from learning_city.catalogue import formulas
from learning_city.catalogue.read import read
from learning_city.cli.scratch import scratch_home
from learning_city.indicators import compute
from learning_city.warehouse import engine, ref
from learning_city.warehouse.statements import SQL

PLACES, PERIODS = 337, [str(year) for year in range(2013, 2023)]


def measure(console: Console) -> None:
    """Fill a warehouse with reconciled values, compute every indicator, and compare values and time with pandas."""
    with scratch_home() as home:
        warehouse = engine.connect(home)
        used = fill(warehouse)
        compute.compute(warehouse, PERIODS[:1])
        first, *ours = [_timed(lambda: compute.compute(warehouse, PERIODS)) for _ in range(4)]
        with warehouse.connect() as connection:
            values = pd.read_sql(text("SELECT * FROM warehouse.reconciled_value"), connection)
            stored = pd.read_sql(text(_STORED), connection)
        plain: list[pd.DataFrame] = []
        theirs = [_timed(lambda: plain.append(plainly(values, used))) for _ in range(3)]
        both = stored.merge(plain[-1], on=["formula", "version", "place", "period"], suffixes=("", "_plain"))
        same = len(both) == len(stored) and bool((both["value"] - both["value_plain"]).abs().max() < 1e-9)
        with warehouse.connect() as connection:
            many = connection.execute(text("SELECT count(*) FROM warehouse.indicator_value")).scalar_one()
        console.print(
            f"{len(values):,} reconciled values → {many:,} indicator values, with status, verdict, inputs: "
            f"{first:.2f} s into an empty year, {min(ours):.2f} s computed again (best of 3, only what changed is written); pandas, values only, in memory: {min(theirs):.2f} s = {min(theirs) / min(ours):.2f}x ours; "
            f"{'every value agrees' if same else 'VALUES DIFFER'}"
        )


def fill(warehouse: Engine) -> Sequence[RowMapping]:
    """The starter catalogue with cities up to ``PLACES``, and a value for 97 % of what formulas read; gives the formulas."""
    with warehouse.begin() as connection:
        edition = ref.store(connection, read(SQL / "reference"), who="bench", why="bench")
        connection.execute(text(_CITIES), {"edition": edition, "places": PLACES})
        used = compute.used_formulas(connection, edition)
        names = sorted(set(compute.inputs_of(used)["definition"]))
        for period in PERIODS:
            connection.execute(text("SELECT warehouse.ensure_period(:period)"), {"period": period})
            connection.execute(text(_VALUES), {"edition": edition, "period": period, "names": names})
    with warehouse.begin() as connection:
        connection.execute(text("ANALYZE"))
    return used


def plainly(values: pd.DataFrame, used: Sequence[RowMapping]) -> pd.DataFrame:
    """Every formula evaluated by pandas over one column a definition: formula, version, place, period, value."""
    wide = values.pivot_table(index=["place", "period"], columns="definition", values="value")
    wide = wide.reindex(columns=sorted(set(compute.inputs_of(used)["definition"])))
    found = [
        wide.eval(_pythonic(row["expression"])).rename("value").reset_index().assign(formula=row["formula"], version=row["version"])
        for row in used
        if not formulas.is_condition(row["expression"])
    ]  # fmt: skip
    return pd.concat(found).dropna()


def _pythonic(expression: str) -> str:
    return re.sub(r"nullif\((.*), 0\)", r"(\1)", expression)


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


_STORED = """
SELECT DISTINCT formula, formula_version AS version, place, period, value FROM warehouse.indicator_value
WHERE value IS NOT NULL AND places_met IS NULL
"""
_CITIES = """
INSERT INTO ref.place (edition, place, name_zh, name_en, parent, level, valid_from)
SELECT :edition, 'x' || n, '', '', '100000', 'city', '1949-10-01'
FROM generate_series(1, :places - (SELECT count(*) FROM ref.place WHERE edition = :edition AND level = 'city')::int) AS n
"""
_VALUES = """
INSERT INTO warehouse.reconciled_value (period, place, measure, definition, value, low, high, status, verdict, method, kind,
                                        winner, candidates, is_conflict)
SELECT :period, p.place, d.measure, d.definition, 1 + h % 5000, 0, 0, CASE WHEN h % 20 = 0 THEN 'E' ELSE 'A' END,
       CASE WHEN h % 10 = 0 THEN '调整后可比' ELSE '可比' END, 'direct', 'actual', '{}', 1, false
FROM ref.place AS p
JOIN ref.definition AS d ON d.edition = p.edition AND d.definition = ANY(:names)
  AND daterange(d.valid_from, d.valid_to) @> intake.last_day(:period)
CROSS JOIN LATERAL (SELECT abs(hashtext(p.place || d.definition || :period)::bigint) AS h) AS x
WHERE p.edition = :edition AND p.level = 'city' AND h % 33 <> 0
"""

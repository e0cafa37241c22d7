"""Run the formulas in force: one pivot of the definitions they read, one statement for all places of a period."""

from collections.abc import Mapping, Sequence
from datetime import date

import pandas as pd
from sqlalchemy import Connection, Engine, RowMapping, text

from learning_city.catalogue import formulas
from learning_city.model.period import last_day
from learning_city.warehouse import ref
from learning_city.warehouse.copy import copy

TIMEOUT = "60s"


def compute(engine: Engine, periods: list[str]) -> int:
    """Compute every quantitative indicator of every framework for these periods; returns the values that exist.

    One pivot and one statement for all places and periods, under the role ``lcm_formula`` (it may read the pivot and
    write the result, nothing else). A missing input leaves the indicator missing, naming what is missing;
    synthetic inputs make it synthetic.
    """
    with engine.begin() as connection:
        return compute_in(connection, periods)


def compute_in(connection: Connection, periods: list[str]) -> int:
    """``compute`` inside the caller's transaction, under the newest edition that it sees."""
    connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('learning_city.values'))"))
    connection.execute(text("SET LOCAL enable_nestloop = off"))  # dates as ranges mislead the planner
    edition = ref.current(connection)
    used = used_formulas(connection, edition)
    days = {period: last_day(period) for period in periods if last_day(period)}
    connection.execute(
        text("DELETE FROM warehouse.indicator_value WHERE period = ANY(:periods)"), {"periods": list(days)}
    )
    if not used or not days:
        return 0
    _tables(connection, edition, days, used)
    run(connection, used)
    return int(connection.execute(text(_STORE), {"edition": edition}).rowcount)


def run(connection: Connection, used: Sequence[RowMapping], keys: str = "period, place") -> None:
    """All formulas for every row of the pivot in one statement, under the role that may do nothing else.

    ``keys`` are the columns of ``pg_temp.pivot`` that ``pg_temp.computed`` repeats. Ids and expressions come from a
    checked edition: ids are identifiers, expressions rendered from their tree.
    """
    branches = ", ".join(
        f"('{row['formula']}', {row['version']}, {formulas.rendered(row['expression'])})" for row in used
    )
    for table, right in (("pivot", "SELECT"), ("computed", "INSERT")):
        connection.execute(text(f"GRANT {right} ON pg_temp.{table} TO lcm_formula"))
    connection.execute(text(f"SET LOCAL statement_timeout = '{TIMEOUT}'"))
    connection.execute(text("SET LOCAL ROLE lcm_formula"))
    connection.exec_driver_sql(
        f"INSERT INTO pg_temp.computed ({keys}, formula, version, value) "
        f"SELECT {keys}, v.formula, v.version, v.value FROM pg_temp.pivot AS p "
        f"CROSS JOIN LATERAL (VALUES {branches}) AS v (formula, version, value)"
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


def _tables(connection: Connection, edition: int, days: Mapping[str, date | None], used: Sequence[RowMapping]) -> None:
    """The temporary tables of one computation: days, formula inputs, the pivot, and where results go."""
    for statement in _TEMPORARY:
        connection.execute(text(statement))
    connection.execute(
        text("INSERT INTO day VALUES (:period, :day)"), [{"period": p, "day": d} for p, d in days.items()]
    )
    frame = inputs_of(used)
    copy(connection, "pg_temp.formula_input", frame)
    names = sorted(set(frame["definition"]))
    columns = "".join(f", max(v.value) FILTER (WHERE v.definition = '{name}') AS \"{name}\"" for name in names)
    connection.execute(text(_PIVOT.replace("/* columns */", columns)), {"edition": edition})
    for table in ("pivot", "formula_input", "day"):
        connection.execute(text(f"ANALYZE {table}"))


_TEMPORARY = (
    "DROP TABLE IF EXISTS pg_temp.day, pg_temp.formula_input, pg_temp.pivot, pg_temp.computed",
    "CREATE TEMP TABLE day (period text, day date) ON COMMIT DROP",
    "CREATE TEMP TABLE formula_input (formula text, version smallint, definition text) ON COMMIT DROP",
    """CREATE TEMP TABLE computed (period text, place text, formula text, version smallint, value double precision)
       ON COMMIT DROP""",
)
_PIVOT = """
CREATE TEMP TABLE pivot ON COMMIT DROP AS
SELECT y.period, p.place /* columns */
FROM day AS y
JOIN ref.place AS p ON p.edition = :edition AND p.level IN ('city', 'district')
  AND daterange(p.valid_from, p.valid_to) @> y.day
LEFT JOIN warehouse.reconciled_value AS v ON v.period = y.period AND v.place = p.place
GROUP BY y.period, p.place
"""
_FORMULAS = """
SELECT DISTINCT f.formula, f.version, f.expression FROM ref.formula AS f
JOIN ref.indicator AS i ON i.edition = f.edition AND i.formula = f.formula
WHERE f.edition = :edition ORDER BY f.formula, f.version
"""
_STORE = """
WITH wanted AS (
  SELECT formula, version, array_agg(definition ORDER BY definition) AS inputs
  FROM formula_input GROUP BY formula, version
), facts AS MATERIALIZED (
  SELECT v.period, v.place, fi.formula, fi.version,
         array_agg(v.definition) AS present,
         bool_or(v.kind = 'synthetic') AS is_synthetic,
         bool_or(v.is_conflict) AS is_conflict,
         bool_or(v.verdict = '调整后可比') AS is_adjusted,
         max(v.status) AS status
  FROM day AS y
  JOIN warehouse.reconciled_value AS v ON v.period = y.period
  JOIN formula_input AS fi ON fi.definition = v.definition
  GROUP BY v.period, v.place, fi.formula, fi.version
)
INSERT INTO warehouse.indicator_value (framework, indicator, place, period, value, status, verdict, kind, formula,
                                       formula_version, inputs, missing, edition)
SELECT i.framework, i.indicator, c.place, c.period, g.value,
       CASE WHEN g.value IS NULL THEN 'O' ELSE coalesce(x.status, 'A') END,
       CASE WHEN g.value IS NULL THEN '不可比' WHEN x.is_conflict THEN 'conflict'
            WHEN x.is_adjusted THEN '调整后可比' ELSE '可比' END,
       CASE WHEN x.is_synthetic THEN 'synthetic' ELSE 'actual' END,
       f.formula, f.version, w.inputs,
       m.missing, :edition
FROM pg_temp.computed AS c
JOIN day AS y ON y.period = c.period
JOIN wanted AS w ON w.formula = c.formula AND w.version = c.version
LEFT JOIN facts AS x ON x.period = c.period AND x.place = c.place AND x.formula = c.formula AND x.version = c.version
CROSS JOIN LATERAL (
  SELECT ARRAY(SELECT i FROM unnest(w.inputs) AS i WHERE i <> ALL (coalesce(x.present, '{}')) ORDER BY i) AS missing
) AS m
CROSS JOIN LATERAL (SELECT CASE WHEN m.missing = '{}' THEN c.value END AS value) AS g
JOIN ref.formula AS f ON f.edition = :edition AND f.formula = c.formula AND f.version = c.version
  AND daterange(f.valid_from, f.valid_to) @> y.day
JOIN ref.indicator AS i ON i.edition = :edition AND i.formula = c.formula
  AND daterange(i.valid_from, i.valid_to) @> y.day
JOIN ref.place AS p ON p.edition = :edition AND p.place = c.place AND p.level = coalesce(i.scope, 'city')
  AND daterange(p.valid_from, p.valid_to) @> y.day
ORDER BY i.framework, i.indicator, c.place, c.period
"""

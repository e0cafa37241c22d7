"""Run the formulas in force: one pivot of the definitions they read, one statement for all places of a period."""

from sqlalchemy import Connection, Engine, text

from learning_city.catalogue import formulas
from learning_city.model.period import last_day
from learning_city.warehouse import ref

TIMEOUT = "60s"


def compute(engine: Engine, periods: list[str]) -> int:
    """Compute every quantitative indicator of every framework for these periods; returns the values that exist.

    A formula runs under the role ``lcm_formula`` (it may read the pivot and write the result, nothing else).
    A missing input leaves the indicator missing, naming what is missing; synthetic inputs make it synthetic.
    """
    with engine.begin() as connection:
        edition = ref.current(connection)
        return sum(_compute_period(connection, edition, period) for period in periods)


def _compute_period(connection: Connection, edition: int, period: str) -> int:
    used = connection.execute(text(_FORMULAS), {"edition": edition, "day": last_day(period)}).mappings().all()
    if not used:
        return 0
    inputs = sorted({name for row in used for name in formulas.inputs(row["expression"])})
    _pivot(connection, edition, period, inputs)
    connection.execute(text("DROP TABLE IF EXISTS pg_temp.computed"))
    connection.execute(text("CREATE TEMP TABLE computed (place text, formula text, value double precision)"))
    connection.execute(text("GRANT SELECT ON pg_temp.pivot TO lcm_formula"))
    connection.execute(text("GRANT INSERT ON pg_temp.computed TO lcm_formula"))
    branches = ", ".join(f"('{row['formula']}', {formulas.rendered(row['expression'])})" for row in used)
    connection.execute(text(f"SET LOCAL statement_timeout = '{TIMEOUT}'"))
    connection.execute(text("SET LOCAL ROLE lcm_formula"))
    # formula ids and expressions come from a checked edition: ids are identifiers, expressions rendered from a tree
    connection.exec_driver_sql(
        "INSERT INTO pg_temp.computed (place, formula, value) SELECT p.place, v.formula, v.value "
        f"FROM pg_temp.pivot AS p CROSS JOIN LATERAL (VALUES {branches}) AS v (formula, value)"  # noqa: S608
    )
    connection.execute(text("RESET ROLE"))
    connection.execute(text("SET LOCAL statement_timeout = 0"))
    _inputs_of(connection, [(row["formula"], name) for row in used for name in formulas.inputs(row["expression"])])
    said = {"edition": edition, "period": period, "day": last_day(period)}
    connection.execute(text("DELETE FROM warehouse.indicator_value WHERE period = :period"), said)
    return int(connection.execute(text(_STORE), said).rowcount)


def _pivot(connection: Connection, edition: int, period: str, inputs: list[str]) -> None:
    """One row a place, one column a definition; names are catalogue identifiers, checked on load."""
    columns = "".join(f", max(v.value) FILTER (WHERE v.definition = '{name}') AS \"{name}\"" for name in inputs)
    connection.execute(text("DROP TABLE IF EXISTS pg_temp.pivot"))
    connection.execute(
        text(
            f"""CREATE TEMP TABLE pivot AS
            SELECT p.place{columns} FROM ref.place AS p
            LEFT JOIN warehouse.reconciled_value AS v ON v.period = :period AND v.place = p.place
            WHERE p.edition = :edition AND p.level IN ('city', 'district')
              AND daterange(p.valid_from, p.valid_to) @> CAST(:day AS date)
            GROUP BY p.place"""  # noqa: S608
        ),
        {"period": period, "edition": edition, "day": last_day(period)},
    )


def _inputs_of(connection: Connection, pairs: list[tuple[str, str]]) -> None:
    connection.execute(text("DROP TABLE IF EXISTS pg_temp.formula_input"))
    connection.execute(text("CREATE TEMP TABLE formula_input (formula text, definition text)"))
    connection.execute(
        text("INSERT INTO pg_temp.formula_input VALUES (:formula, :definition)"),
        [{"formula": formula, "definition": definition} for formula, definition in pairs],
    )


_FORMULAS = """
SELECT DISTINCT f.formula, f.version, f.expression FROM ref.formula AS f
JOIN ref.indicator AS i ON i.edition = f.edition AND i.formula = f.formula
WHERE f.edition = :edition AND daterange(f.valid_from, f.valid_to) @> CAST(:day AS date)
ORDER BY f.formula
"""
_STORE = """
WITH facts AS (
  SELECT p.place, fi.formula,
         array_agg(fi.definition ORDER BY fi.definition) AS inputs,
         coalesce(array_agg(fi.definition ORDER BY fi.definition) FILTER (WHERE v.value IS NULL), '{}') AS missing,
         bool_or(v.kind = 'synthetic') AS is_synthetic,
         bool_or(v.is_conflict) AS is_conflict,
         bool_or(v.verdict = '调整后可比') AS is_adjusted,
         max(v.status) AS status
  FROM pg_temp.pivot AS p
  CROSS JOIN pg_temp.formula_input AS fi
  LEFT JOIN warehouse.reconciled_value AS v
    ON v.period = :period AND v.place = p.place AND v.definition = fi.definition
  GROUP BY p.place, fi.formula
)
INSERT INTO warehouse.indicator_value (framework, indicator, place, period, value, status, verdict, kind, formula,
                                       formula_version, inputs, missing, edition)
SELECT i.framework, i.indicator, c.place, :period, c.value,
       CASE WHEN c.value IS NULL THEN 'O' ELSE coalesce(x.status, 'A') END,
       CASE WHEN c.value IS NULL THEN '不可比' WHEN x.is_conflict THEN 'conflict'
            WHEN x.is_adjusted THEN '调整后可比' ELSE '可比' END,
       CASE WHEN x.is_synthetic THEN 'synthetic' ELSE 'actual' END,
       f.formula, f.version, x.inputs, x.missing, :edition
FROM pg_temp.computed AS c
JOIN facts AS x ON x.place = c.place AND x.formula = c.formula
JOIN ref.formula AS f ON f.edition = :edition AND f.formula = c.formula
  AND daterange(f.valid_from, f.valid_to) @> CAST(:day AS date)
JOIN ref.indicator AS i ON i.edition = :edition AND i.formula = c.formula
  AND daterange(i.valid_from, i.valid_to) @> CAST(:day AS date)
JOIN ref.place AS p ON p.edition = :edition AND p.place = c.place AND p.level = coalesce(i.scope, 'city')
  AND daterange(p.valid_from, p.valid_to) @> CAST(:day AS date)
ORDER BY i.framework, i.indicator, c.place
"""

"""What a finding weighs: how far indicators would move if its figure were replaced by its proposal, or dropped."""

from collections.abc import Sequence

from sqlalchemy import Connection, Engine, text

from learning_city.indicators.compute import inputs_of, run, used_formulas
from learning_city.warehouse import ref
from learning_city.warehouse.copy import copy
from learning_city.warehouse.statements import load


def weigh(engine: Engine, submissions: Sequence[int]) -> int:
    """Store ``effect``, ``moves`` and ``impact`` of the open findings of these submissions; returns how many weigh at all.

    Effect is the largest change over all indicators that read the figure: places in the rank among places of its level,
    1 for an attainment that flips, hundredths of progress; 0.1 where only the figure itself would go missing. What
    departments reported stands for what counts, so that a new figure is weighed before it is accepted. ``moves``: the
    proposal flips an attainment or moves a rank. One statement with the formulas in use for all findings.
    """
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL enable_nestloop = off"))  # dates as ranges mislead the planner
        edition = ref.current(connection)
        used = used_formulas(connection, edition)
        if not used:
            return 0
        said = {"ids": list(submissions), "edition": edition}
        for statement in _TABLES:
            connection.execute(text(statement), said)
        inputs = inputs_of(used)
        copy(connection, "pg_temp.formula_input", inputs)
        connection.execute(load("indicators/weighed"), said)
        _pivot(connection, sorted(set(inputs["definition"])), said)
        run(connection, used, keys="finding_id, variant, period, place")
        return int(connection.execute(load("indicators/effect"), said).rowcount)


def _pivot(connection: Connection, definitions: Sequence[str], said: dict[str, object]) -> None:
    """A row a place and period as things stand, and one a finding and variant with its one figure changed.

    Names of definitions are identifiers of a checked edition.
    """
    for table in ("weighed", "formula_input"):
        connection.execute(text(f"ANALYZE {table}"))
    connection.execute(load("indicators/reported"), said)
    stands = "".join(f", max(r.value) FILTER (WHERE r.definition = '{name}') AS \"{name}\"" for name in definitions)
    changed = "".join(
        f', CASE WHEN w.definition = \'{name}\' THEN w.value ELSE p."{name}" END AS "{name}"' for name in definitions
    )
    connection.execute(text(_STANDS.replace("/* columns */", stands)))
    connection.execute(text("ANALYZE pivot"))
    connection.execute(text(_CHANGED.replace("/* columns */", changed)))
    connection.execute(text("ANALYZE pivot"))


_TABLES = (
    "DROP TABLE IF EXISTS pg_temp.formula_input, pg_temp.weighed, pg_temp.reported, pg_temp.pivot, pg_temp.computed",
    "CREATE TEMP TABLE formula_input (formula text, version smallint, definition text) ON COMMIT DROP",
    """CREATE TEMP TABLE weighed (finding_id bigint, variant text, place text, period text, definition text,
       value double precision) ON COMMIT DROP""",
    """CREATE TEMP TABLE reported (place text, period text, definition text, value double precision) ON COMMIT DROP""",
    """CREATE TEMP TABLE computed (finding_id bigint, variant text, period text, place text, formula text,
       version smallint, value double precision, marks integer) ON COMMIT DROP""",
)
_STANDS = """
CREATE TEMP TABLE pivot ON COMMIT DROP AS
SELECT CAST(NULL AS bigint) AS finding_id, CAST('stands' AS text) AS variant, r.period, r.place /* columns */
FROM reported AS r GROUP BY r.period, r.place
"""
_CHANGED = """
INSERT INTO pivot
SELECT w.finding_id, w.variant, w.period, w.place /* columns */
FROM weighed AS w JOIN pivot AS p ON p.variant = 'stands' AND p.place = w.place AND p.period = w.period
"""

"""Resolve what was accepted: observations in, one value per key out, set-based, a period at a time."""

import pandas as pd
from sqlalchemy import Connection, Engine, text

from learning_city.model import units
from learning_city.model.period import last_day, year_before
from learning_city.warehouse import ref
from learning_city.warehouse.statements import load

METHOD_RANK = {"direct": 1, "unit": 2, "sum": 3, "difference": 4, "average": 5}
"""Exact methods, best first; a place merge ranks after them."""


def resolve(engine: Engine, *, with_synthetic: bool, everything: bool = False) -> list[str]:
    """Load accepted items as observations and reconcile every period they touch (all with ``everything``).

    Synthetic values are candidates among themselves only, and only where ``with_synthetic`` (a demonstration).
    Returns the periods reconciled. Running it again changes nothing.
    """
    with engine.begin() as connection:
        return resolve_in(connection, with_synthetic=with_synthetic, everything=everything)


def resolve_in(connection: Connection, *, with_synthetic: bool, everything: bool = False) -> list[str]:
    """``resolve`` inside the caller's transaction, under the newest edition that it sees."""
    connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('learning_city.values'))"))
    connection.execute(text("SET LOCAL enable_nestloop = off"))  # dates as ranges mislead the planner
    connection.execute(text("ANALYZE quality.decision"))
    for period in connection.execute(load("reconcile/accepted_periods")).scalars().all():
        connection.execute(text("SELECT warehouse.ensure_period(:period)"), {"period": period})
    touched = set(connection.execute(load("reconcile/accept_observations")).scalars())
    touched |= set(connection.execute(load("reconcile/accept_corrections")).scalars())
    touched |= set(connection.execute(load("reconcile/retired_periods")).scalars())
    if touched:
        connection.execute(text("ANALYZE warehouse.observation, warehouse.superseded"))
    if everything:
        touched |= set(connection.execute(text("SELECT DISTINCT period FROM warehouse.observation")).scalars())
    known = set(connection.execute(text("SELECT DISTINCT period FROM warehouse.observation")).scalars())
    # an average of two year-ends also speaks for the year after
    after = {period for period in known if year_before(period) in touched}
    periods = sorted(period for period in touched | after if last_day(period))
    edition = ref.current(connection)
    _prepare(connection, edition)
    for unstated in sorted(period for period in touched if not last_day(period)):
        connection.execute(load("reconcile/supersede"), {"period": unstated})
    for period in periods:
        resolve_period(connection, period, edition, with_synthetic=with_synthetic)
    connection.execute(text("ANALYZE warehouse.reconciled_value"))
    return periods


def resolve_period(connection: Connection, period: str, edition: int, *, with_synthetic: bool) -> None:
    """Reconcile one period anew inside the caller's transaction; readers see the old values until it commits."""
    said = {"period": period, "before": year_before(period), "edition": edition, "with_synthetic": with_synthetic}
    _places(connection, period, edition)
    connection.execute(load("reconcile/supersede"), said)
    for table in ("candidate", "reconciled_value"):
        connection.execute(text(f"DELETE FROM warehouse.{table} WHERE period = :period"), said)  # noqa: S608 - our names
    connection.execute(load("reconcile/candidates"), said)
    connection.execute(text("ANALYZE warehouse.candidate"))
    for statement in ("values", "conflicts", "close_conflicts"):
        connection.execute(load(f"reconcile/{statement}"), said)


def _prepare(connection: Connection, edition: int) -> None:
    """Temporary tables of this run: routes between definitions, unit factors."""
    definitions = ref.frame(connection, "definition", edition)[["definition", "measure", "unit"]].drop_duplicates()
    _temporary(connection, "definition_measure", definitions)
    _temporary(connection, "route", routes(definitions, ref.frame(connection, "bridge", edition)))
    seen = connection.execute(text("SELECT DISTINCT unit FROM warehouse.observation")).scalars()
    pairs = [(a, b, units.factor(a, b)) for a in seen for b in sorted(set(definitions["unit"]))]
    factors = pd.DataFrame(pairs, columns=["from_unit", "to_unit", "factor"]).dropna()
    _temporary(connection, "unit_factor", factors)


def routes(definitions: pd.DataFrame, bridges: pd.DataFrame) -> pd.DataFrame:
    """Direct routes of every definition, and the exact bridges, one row a part.

    ``dy`` is −1 where a part is taken from the year before (average of two year-ends); ``factor`` carries the sign
    of a difference; ``place``, ``valid_from``, ``valid_to`` say where and when a bridge holds (empty: everywhere, always).
    """
    direct = pd.DataFrame(
        {
            "bridge": "direct",
            "method": "direct",
            "from_definition": definitions["definition"],
            "to_definition": definitions["definition"],
            "part": 1,
            "parts": 1,
            "dy": 0,
            "factor": 1.0,
            "place": None,
            "valid_from": None,
            "valid_to": None,
        }
    )
    exact = bridges[bridges["type"].isin(METHOD_RANK)].rename(columns={"type": "method"})
    factor = exact["factor"].astype("float64").fillna(exact["method"].map({"average": 0.5}).fillna(1.0))
    sign = 1.0 - 2.0 * ((exact["method"] == "difference") & (exact["part"] > 1))
    exact = exact.assign(factor=factor * sign, dy=-((exact["method"] == "average") & (exact["part"] == 1)).astype(int))
    both = pd.concat([direct, exact[list(direct.columns)]], ignore_index=True)
    measures = definitions.drop_duplicates("definition").set_index("definition")["measure"]
    return both.assign(measure=both["to_definition"].map(measures), method_rank=both["method"].map(METHOD_RANK))


def _places(connection: Connection, period: str, edition: int) -> None:
    """Old places that speak for a new one in this period: merges and renames that came later."""
    connection.execute(text("DROP TABLE IF EXISTS place_route"))
    connection.execute(
        text("""CREATE TEMP TABLE place_route ON COMMIT DROP AS
                SELECT e.old_place, e.new_place, e.type AS event_type,
                       count(*) OVER (PARTITION BY e.new_place, e.date) AS parts
                FROM ref.place_event AS e
                WHERE e.edition = :edition AND e.type IN ('merge', 'rename') AND e.date > CAST(:day AS date)
                  AND e.old_place <> e.new_place"""),
        {"edition": edition, "day": last_day(period)},
    )
    connection.execute(text("ANALYZE place_route"))


def _temporary(connection: Connection, name: str, frame: pd.DataFrame) -> None:
    connection.execute(text(f"DROP TABLE IF EXISTS pg_temp.{name}"))
    kinds = {"i": "int", "f": "double precision"}
    columns = ", ".join(f"{c} {kinds.get(frame[c].dtype.kind, 'text')}" for c in frame.columns)
    connection.execute(text(f"CREATE TEMP TABLE {name} ({columns}) ON COMMIT DROP"))
    from learning_city.warehouse.copy import copy

    copy(connection, f"pg_temp.{name}", frame.reset_index(drop=True))
    connection.execute(text(f"ANALYZE {name}"))

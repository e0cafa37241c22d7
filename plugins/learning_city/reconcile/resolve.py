"""Resolve what was accepted: observations in, one value per key out, set-based, a period at a time."""

from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import pandas as pd
from sqlalchemy import Connection, Engine, TextClause, text

from learning_city.model.period import last_day
from learning_city.reconcile import values
from learning_city.reconcile.edition import Edition
from learning_city.warehouse import ref
from learning_city.warehouse.copy import copy
from learning_city.warehouse.engine import alone, alone_in
from learning_city.warehouse.statements import load

CONNECTIONS = 2
"""Periods that are resolved at the same time."""
_MET = "SELECT DISTINCT unit FROM warehouse.observation"
_NEW_UNITS = """
SELECT DISTINCT o.unit FROM touched AS t
JOIN warehouse.observation AS o ON o.period = t.period AND o.definition = t.definition AND o.place = t.place
WHERE NOT EXISTS (SELECT FROM warehouse.unit_factor AS u WHERE u.from_unit = o.unit)
"""
FEW = 5_000
"""Keys of a period up to which only they are resolved anew; beyond, the whole period is faster."""


def resolve(engine: Engine, *, with_synthetic: bool, everything: bool = False, only: Collection[str] = ()) -> list[str]:
    """Load accepted items as observations and reconcile every key they touch (all with ``everything``).

    Synthetic values are candidates among themselves only, and only where ``with_synthetic`` (a demonstration).
    ``only``: lay out routes to these definitions alone. Whole periods are done two at a time, each in a transaction of
    its own; one that was not finished is due again. Returns the periods in which something was reconciled.
    """
    with alone(engine, "values") as guard, ThreadPoolExecutor(CONNECTIONS) as threads:
        if everything:
            list(threads.map(partial(_supersede_whole, engine), _heard_periods(guard)))
        with engine.begin() as connection:
            edition = Edition(connection, ref.current(connection), only)
            due = _begin(connection, edition, with_synthetic=with_synthetic, everything=everything)
        whole = partial(_whole, engine, edition, with_synthetic=with_synthetic)
        list(threads.map(whole, due.anew))
    return due.periods


def resolve_in(connection: Connection, *, with_synthetic: bool, everything: bool = False) -> list[str]:
    """``resolve`` inside the caller's transaction, under the newest edition that it sees."""
    alone_in(connection, "values")
    edition = Edition(connection, ref.current(connection))
    for period in _heard_periods(connection) if everything else ():
        _mark(connection, values.Keys(period=period, everything=True))
    due = _begin(connection, edition, with_synthetic=with_synthetic, everything=everything)
    for period in due.anew:
        _remember(connection, edition, period, with_synthetic=with_synthetic)
        values.reconcile(connection, values.Keys(period=period, everything=True))
    return due.periods


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """Periods to resolve whole, and those in which single keys were resolved."""

    anew: list[str]
    changed: list[str]

    @property
    def periods(self) -> list[str]:
        """All of them, in order."""
        return sorted({*self.anew, *self.changed})


def _begin(connection: Connection, edition: Edition, *, with_synthetic: bool, everything: bool) -> Due:
    """Take in what was accepted, supersede, and resolve the keys that were touched where only few were."""
    connection.execute(text("DROP TABLE IF EXISTS pg_temp.touched"))
    connection.execute(text("CREATE TEMP TABLE touched (period text, definition text, place text) ON COMMIT DROP"))
    _accept(connection)
    said = {"edition": edition.number, "with_synthetic": with_synthetic, "everything": everything, "few": FEW}
    anew = list(connection.execute(load("reconcile/anew"), said).scalars())
    changed = [keys for keys in _keys(connection, load("reconcile/affected")) if keys.period not in anew]
    _lay_out_units(connection, edition, everything=bool(anew))
    for keys in _keys(connection, text("SELECT period, definition, place FROM touched")):
        _mark(connection, keys)
    if anew:
        _lay_out(connection, edition, anew)
    for keys in changed:
        values.reconcile(connection, keys)
    return Due(anew=anew, changed=[keys.period for keys in changed])


def _accept(connection: Connection) -> None:
    """What was accepted comes in, what was retired goes out; ``touched`` holds where."""
    connection.execute(text("ANALYZE quality.decision"))
    for period in connection.execute(load("reconcile/accepted_periods")).scalars().all():
        connection.execute(text("SELECT warehouse.ensure_period(:period)"), {"period": period})
    for statement in ("accept_observations", "accept_corrections", "retire", "ruled"):
        connection.execute(load(f"reconcile/{statement}"))
    connection.execute(text("ANALYZE touched"))


def _heard_periods(connection: Connection) -> list[str]:
    """Every period that has observations, those without a year among them; what a newer catalogue supersedes is in any."""
    return list(connection.execute(text("SELECT period FROM warehouse.heard_period ORDER BY period")).scalars())


def _supersede_whole(engine: Engine, period: str) -> None:
    with engine.begin() as connection:
        if last_day(period):
            connection.execute(text(f"ANALYZE warehouse.{values.partition('observation', period)}"))
        _mark(connection, values.Keys(period=period, everything=True))


def _mark(connection: Connection, keys: values.Keys) -> None:
    """Mark what later figures replace, among these keys."""
    is_whole = keys.everything or len(keys.definitions) * len(keys.places) > FEW
    values.nested_loops(connection, allowed=not is_whole)
    connection.execute(load("reconcile/supersede"), keys.said | {"everything": is_whole})


def _keys(connection: Connection, keys: TextClause) -> list[values.Keys]:
    """What a statement gives as period, definition, place: one ``Keys`` a period."""
    arrays = f"""SELECT period, array_agg(DISTINCT definition) AS definitions, array_agg(DISTINCT place) AS places
                 FROM ({keys.text}) AS k GROUP BY period ORDER BY period"""  # noqa: S608 - our statements
    return [values.Keys(**row) for row in connection.execute(text(arrays)).mappings()]


def _whole(engine: Engine, edition: Edition, period: str, *, with_synthetic: bool) -> None:
    """Resolve a period over the routes that were laid out."""
    with engine.begin() as connection:
        values.make_beside(connection, period)
    with engine.begin() as connection:
        _remember(connection, edition, period, with_synthetic=with_synthetic)
        values.reconcile_beside(connection, period)


def _remember(connection: Connection, edition: Edition, period: str, *, with_synthetic: bool) -> None:
    """Under which edition a period is resolved; what is heard in it is heard under that."""
    connection.execute(
        text("""INSERT INTO warehouse.resolved (period, edition, with_synthetic) VALUES (:period, :edition, :synthetic)
                ON CONFLICT (period) DO UPDATE SET edition = excluded.edition, resolved_at = now(),
                  with_synthetic = excluded.with_synthetic"""),
        {"period": period, "edition": edition.number, "synthetic": with_synthetic},
    )


def _lay_out(connection: Connection, edition: Edition, anew: Sequence[str]) -> None:
    """The routes of periods under an edition, in place of those they had; until they are resolved nothing is heard over them."""
    units = pd.read_sql(
        text("SELECT to_unit AS unit, from_unit, factor AS unit_factor FROM warehouse.unit_factor"), connection
    )
    for period in anew:
        routes = edition.routes(period)
        for name, frame in (routes | {"leaf": routes["leaf"].merge(units, on="unit")}).items():
            connection.execute(text(f"DELETE FROM warehouse.{name} WHERE period = :period"), {"period": period})  # noqa: S608 - our names
            copy(connection, f"warehouse.{name}", frame)
    # resolved is looked at while it still says under which edition: an empty one makes the planner expect nothing
    connection.execute(
        text("ANALYZE warehouse.resolved, warehouse.superseded, warehouse.route, warehouse.leaf, warehouse.special")
    )
    connection.execute(text("DELETE FROM warehouse.resolved WHERE period = ANY(:anew)"), {"anew": anew})


def _lay_out_units(connection: Connection, edition: Edition, *, everything: bool) -> None:
    """How the units that were met convert into those of the edition; few new figures seldom bring a new unit."""
    met = set(connection.execute(text(_MET if everything else _NEW_UNITS)).scalars())
    if met:
        known = connection.execute(text("SELECT from_unit FROM warehouse.unit_factor")).scalars()
        factors = edition.factors({*met, *known})
        connection.execute(text("DELETE FROM warehouse.unit_factor"))
        copy(connection, "warehouse.unit_factor", factors)
        connection.execute(load("reconcile/spread_leaves"))
        connection.execute(text("ANALYZE warehouse.unit_factor"))

"""Resolve what was accepted: observations in, one value per key out, set-based, a period at a time."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, text

from learning_city.model.period import last_day
from learning_city.reconcile.edition import Edition, periods
from learning_city.warehouse import ref
from learning_city.warehouse.copy import copy
from learning_city.warehouse.statements import load

_TOUCHED = "SELECT DISTINCT period FROM touched ORDER BY 1"
_HEARD = "SELECT DISTINCT period FROM warehouse.observation ORDER BY 1"
FEW = 5_000
"""Keys of a period up to which only they are resolved anew; beyond, the whole period is faster."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """Keys of a period to resolve: every definition at every place, or ``everything``."""

    period: str
    definitions: Sequence[str] = ()
    places: Sequence[str] = ()
    everything: bool = False


def resolve(engine: Engine, *, with_synthetic: bool, everything: bool = False, only: Collection[str] = ()) -> list[str]:
    """Load accepted items as observations and reconcile every key they touch (all with ``everything``).

    Synthetic values are candidates among themselves only, and only where ``with_synthetic`` (a demonstration).
    ``only``: lay out routes to these definitions alone. Returns the periods in which something was reconciled. Running
    it again changes nothing.
    """
    with engine.begin() as connection:
        return resolve_in(connection, with_synthetic=with_synthetic, everything=everything, only=only)


def resolve_in(
    connection: Connection, *, with_synthetic: bool, everything: bool = False, only: Collection[str] = ()
) -> list[str]:
    """``resolve`` inside the caller's transaction, under the newest edition that it sees."""
    connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('learning_city.values'))"))
    connection.execute(text("DROP TABLE IF EXISTS pg_temp.touched"))
    connection.execute(text("CREATE TEMP TABLE touched (period text, definition text, place text) ON COMMIT DROP"))
    _accept(connection)
    edition = Edition(connection, ref.current(connection), only)
    anew = _anew(connection, edition.number, with_synthetic=with_synthetic, everything=everything)
    changed = [keys for keys in _affected(connection) if keys.period not in anew]
    if anew or changed:
        lay_out_units(connection, edition)
    for period in connection.execute(text(_HEARD if everything else _TOUCHED)).scalars().all():
        connection.execute(load("reconcile/supersede"), {"period": period, "everything": everything})
    for period in anew:
        _lay_out(connection, period, edition, with_synthetic=with_synthetic)
        _reconcile(connection, Keys(period=period, everything=True))
    for keys in changed:
        _reconcile(connection, keys)
    return sorted({*anew, *(keys.period for keys in changed)})


def _accept(connection: Connection) -> None:
    """What was accepted comes in, what was retired goes out; ``touched`` holds where."""
    connection.execute(text("ANALYZE quality.decision"))
    for period in connection.execute(load("reconcile/accepted_periods")).scalars().all():
        connection.execute(text("SELECT warehouse.ensure_period(:period)"), {"period": period})
    for statement in ("accept_observations", "accept_corrections", "retire", "ruled"):
        connection.execute(load(f"reconcile/{statement}"))
    connection.execute(text("ANALYZE touched"))
    if connection.execute(text("SELECT count(*) > :few FROM touched"), {"few": FEW}).scalar_one():
        connection.execute(text("ANALYZE warehouse.observation, warehouse.superseded"))


def _anew(connection: Connection, edition: int, *, with_synthetic: bool, everything: bool) -> list[str]:
    """The periods to resolve whole: new ones, those of another edition, those with many keys touched."""
    said = {"edition": edition, "with_synthetic": with_synthetic, "everything": everything, "few": FEW}
    return [period for period in connection.execute(load("reconcile/anew"), said).scalars() if last_day(period)]


def _affected(connection: Connection) -> list[Keys]:
    """The keys that depend on what was touched, a period at a time."""
    found: dict[str, tuple[set[str], set[str]]] = {}
    for period, definition, place in connection.execute(load("reconcile/affected")):
        definitions, places = found.setdefault(period, (set(), set()))
        definitions.add(definition)
        places.add(place)
    return [Keys(period=p, definitions=sorted(d), places=sorted(at)) for p, (d, at) in sorted(found.items())]


def _lay_out(connection: Connection, period: str, edition: Edition, *, with_synthetic: bool) -> None:
    """The period's routes under an edition, in place of those it had."""
    for name, frame in edition.routes(period).items():
        connection.execute(text(f"DELETE FROM warehouse.{name} WHERE period = :period"), {"period": period})  # noqa: S608 - our names
        copy(connection, f"warehouse.{name}", frame)
    connection.execute(text("ANALYZE warehouse.route, warehouse.leaf, warehouse.special"))
    connection.execute(
        text("""INSERT INTO warehouse.resolved (period, edition, with_synthetic) VALUES (:period, :edition, :synthetic)
                ON CONFLICT (period) DO UPDATE SET edition = excluded.edition, resolved_at = now(),
                  with_synthetic = excluded.with_synthetic"""),
        {"period": period, "edition": edition.number, "synthetic": with_synthetic},
    )


def lay_out_units(connection: Connection, edition: Edition) -> None:
    """How the units that were met convert into those of the edition."""
    met = connection.execute(text("SELECT DISTINCT unit FROM warehouse.observation")).scalars()
    connection.execute(text("DELETE FROM warehouse.unit_factor"))
    copy(connection, "warehouse.unit_factor", edition.factors(met))
    connection.execute(text("ANALYZE warehouse.unit_factor"))


def _reconcile(connection: Connection, keys: Keys) -> None:
    """Reconcile keys anew inside the caller's transaction; readers see the old values until it commits."""
    said = {
        "period": keys.period, "periods": periods(keys.period), "everything": keys.everything,
        "definitions": list(keys.definitions), "places": list(keys.places),
    }  # fmt: skip
    connection.execute(text(f"SET LOCAL enable_nestloop = {'off' if keys.everything else 'on'}"))
    for statement in ("forget_joined", "joined", "forget_values", "values", "conflicts", "close_conflicts", "rulings"):
        connection.execute(load(f"reconcile/{statement}"), said)
        if keys.everything and statement == "joined":
            connection.execute(text("ANALYZE warehouse.joined"))
    connection.execute(text("SET LOCAL enable_nestloop = on"))
    if keys.everything:
        connection.execute(text("ANALYZE warehouse.reconciled_value"))

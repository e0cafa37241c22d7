"""The statements that make values: of single keys where they stand, of a whole period beside the one that is read."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, TextClause, text

from learning_city.model.period import last_day
from learning_city.reconcile.edition import periods
from learning_city.warehouse.statements import load

_FILLED = {"joined": "joined", "values": "reconciled_value"}
"""The statements that fill a table, and which."""
_THEN = ("conflicts", "close_conflicts", "rulings")


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """Keys of a period to resolve: every definition at every place, or ``everything``."""

    period: str
    definitions: Sequence[str] = ()
    places: Sequence[str] = ()
    everything: bool = False

    @property
    def said(self) -> dict[str, Any]:
        """As the statements are told."""
        return {
            "period": self.period, "everything": self.everything,
            "definitions": list(self.definitions), "places": list(self.places),
        }  # fmt: skip


def reconcile(connection: Connection, keys: Keys) -> None:
    """Reconcile keys anew inside the caller's transaction; readers see the old values until it commits."""
    said = keys.said | {"periods": periods(keys.period)}
    nested_loops(connection, allowed=not keys.everything)
    for statement in ("forget_joined", "joined", "forget_values", "values", *_THEN):
        connection.execute(load(f"reconcile/{statement}"), said)
        if keys.everything and statement in ("joined", "values"):
            connection.execute(text(f"ANALYZE warehouse.{partition(_FILLED[statement], keys.period)}"))
    nested_loops(connection, allowed=True)


def make_beside(connection: Connection, period: str) -> None:
    """The empty tables for ``reconcile_beside``, in a transaction of their own.

    Who has looked at the table that is read cannot wait for it alone.
    """
    for table in _FILLED.values():
        connection.execute(text("SELECT warehouse.beside(:table, :period)"), {"table": table, "period": period})


def reconcile_beside(connection: Connection, period: str) -> None:
    """As ``reconcile`` for a whole period, in new tables that take the place of the old: faster, and nothing is left dead.

    Who reads waits for a moment at the end; the transaction is to be committed at once.
    """
    said = Keys(period=period, everything=True).said | {"periods": periods(period)}
    nested_loops(connection, allowed=False)
    for statement, table in _FILLED.items():
        connection.execute(_with_new(f"reconcile/{statement}", period), said)
        connection.execute(text("SELECT warehouse.complete(:table, :period)"), said | {"table": table})
    *first, last = _THEN
    for statement in first:
        connection.execute(_with_new(f"reconcile/{statement}", period), said)
    connection.execute(
        text("SELECT warehouse.put_in_place(:tables, :period)"), said | {"tables": list(_FILLED.values())}
    )
    connection.execute(load(f"reconcile/{last}"), said)
    nested_loops(connection, allowed=True)


def _with_new(name: str, period: str) -> TextClause:
    """A statement that reads and writes the tables that are not in place yet."""
    said = load(name).text
    for table in _FILLED.values():
        said = re.sub(rf"warehouse\.{table}\b", f"warehouse.{partition(table, period)}_new", said)
    return text(said)


def nested_loops(connection: Connection, *, allowed: bool) -> None:
    """Few keys are found by index; for whole periods one wrong guess of the planner costs minutes."""
    connection.execute(text(f"SET LOCAL enable_nestloop = {'on' if allowed else 'off'}"))


def partition(table: str, period: str) -> str:
    """The name of a table's partition: analysing the whole would make the periods wait for each other."""
    assert last_day(period)  # noqa: S101 - a name is made of it
    return f"{table}_{period.lower().replace('-', '_')}"

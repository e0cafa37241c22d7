"""What reconciliation needs of an edition of the catalogue: its network, its units, its routes as small tables."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from functools import cached_property
from typing import Any

import pandas as pd
from sqlalchemy import Connection

from learning_city.model import period, units
from learning_city.reconcile.network import METHODS, Bridge, Dates, Event, Network, Part
from learning_city.reconcile.routes import MOST_STEPS, Period, Route
from learning_city.warehouse import ref

ROUTE = ("route", "definition", "measure", "place", "method_rank", "said", "slots")
LEAF = (
    "route", "slot", "slots", "method_rank", "said", "from_definition", "from_place", "heard_period", "unit",
    "to_definition", "to_place", "factor", "down", "up",
)  # fmt: skip
SPECIAL = ("definition", "place")


class Edition:
    """One edition, read once; ``number`` is its number in the warehouse, ``only`` the definitions wanted (none: all)."""

    def __init__(self, connection: Connection, number: int, only: Collection[str] = ()) -> None:
        self.number, self._only = number, only
        self._versions = ref.frame(connection, "definition", number).sort_values(["definition", "valid_from"])
        self.definitions = self._versions.drop_duplicates("definition", keep="last").set_index("definition")
        self._bridges = ref.frame(connection, "bridge", number)
        self._events = ref.frame(connection, "place_event", number)
        self._places = ref.frame(connection, "place", number)

    @cached_property
    def network(self) -> Network:
        """The bridges and place events between the definitions."""
        return Network(
            aggregation=dict(self.definitions["aggregation"]),
            boundary={name: _said(code) for name, code in self.definitions["boundary"].items()},
            in_force=_spans(self._versions, "definition"),
            bridges=tuple(bridge for bridge in _bridges(self._bridges) if not self._changes_unit(bridge)),
            events=tuple(
                Event(day=day, type=type_, old=old, new=new, share=share)
                for day, type_, old, new, share in _rows(
                    self._events, "date", "type", "old_place", "new_place", "share"
                )
            ),
            spans=_spans(self._places, "place"),
        )

    @cached_property
    def refused(self) -> list[Bridge]:
        """Bridges that change the unit without being of type unit: they would turn 万人 into 人 unsaid."""
        return [bridge for bridge in _bridges(self._bridges) if self._changes_unit(bridge)]

    def _changes_unit(self, bridge: Bridge) -> bool:
        unit = self.definitions["unit"]
        names = {bridge.to, *(part.definition for part in bridge.parts)}
        return bridge.method != "unit" and len({units.canonical(unit[name]) for name in names if name in unit}) > 1

    def factors(self, met: Iterable[str]) -> pd.DataFrame:
        """From every unit met in observations to every unit of a definition: from_unit, to_unit, factor."""
        wanted = sorted(set(self._versions["unit"]))
        pairs = [(a, b, units.factor(a, b)) for a in sorted({*met, *wanted}) for b in wanted]
        return pd.DataFrame(pairs, columns=["from_unit", "to_unit", "factor"]).dropna()

    def routes(self, of_period: str) -> dict[str, pd.DataFrame]:
        """The period's ``route``, ``leaf`` and ``special`` rows, as the tables of these names hold them."""
        ways = Period(self.network, lambda back: _last_day(of_period, back))
        every = sorted(set(self.definitions.index) & set(self._only or self.definitions.index))
        special = [
            (definition, place)
            for place, definitions in sorted(ways.special().items())
            for definition in (every if definitions is None else sorted(definitions & set(every)))
        ]
        found: list[tuple[str, str | None, Route]] = [(d, None, route) for d in every for route in ways.routes(d)]
        found += [(d, place, route) for d, place in special for route in ways.routes(d, place)]
        measure, unit = dict(self.definitions["measure"]), dict(self.definitions["unit"])
        before = periods(of_period)
        routes = [
            (n, d, measure[d], place, _rank(way.method), way.said, len(way.slots))
            for n, (d, place, way) in enumerate(found)
        ]
        leaves = [
            (n, i, len(way.slots), _rank(leaf.method), leaf.said, leaf.definition, leaf.place, before[leaf.back],
             unit[leaf.definition], d, place, leaf.factor, leaf.down, leaf.up)
            for n, (d, place, way) in enumerate(found)
            for i, slot in enumerate(way.slots)
            for leaf in slot
        ]  # fmt: skip
        rows = {"route": (routes, ROUTE), "leaf": (leaves, LEAF), "special": (special, SPECIAL)}
        return {
            name: pd.DataFrame(said, columns=list(columns)).assign(period=of_period)
            for name, (said, columns) in rows.items()
        }


def _spans(frame: pd.DataFrame, column: str) -> dict[str, list[Dates]]:
    spans: dict[str, list[Dates]] = defaultdict(list)
    for name, start, end in _rows(frame, column, "valid_from", "valid_to"):
        spans[name].append((start, end))
    return spans


def periods(of_period: str) -> list[str]:
    """The period and those before it that an average may reach, newest first."""
    found = [of_period]
    while len(found) <= MOST_STEPS:
        found.append(period.before(found[-1]))
    return found


def _last_day(of_period: str, back: int) -> date:
    day = period.last_day(periods(of_period)[back])
    assert day is not None  # noqa: S101 - only stated periods are reconciled
    return day


def _rank(method: str) -> int:
    return METHODS.index(method) + 1


def _bridges(frame: pd.DataFrame) -> Iterator[Bridge]:
    """Rows of one bridge become its parts; a blank factor is 1, or ½ in an average."""
    for name, rows in frame.sort_values(["bridge", "part"]).groupby("bridge"):
        first = rows.iloc[0]
        if len(rows) != first["parts"]:
            continue  # a part without its row: the sum would be another one
        yield Bridge(
            name=str(name),
            method=first["type"],
            to=first["to_definition"],
            parts=tuple(_part(first["type"], *row) for row in _rows(rows, "part", "from_definition", "factor")),
            error=float(_said(first["error"]) or 0.0),
            place=_said(first["place"]),
            dates=(_said(first["valid_from"]), _said(first["valid_to"])),
        )


def _part(method: str, number: int, definition: str, factor: float | None) -> Part:
    size = factor if factor is not None else 0.5 if method == "average" else 1.0
    sign = -1.0 if method == "difference" and number > 1 else 1.0
    return Part(definition=definition, factor=sign * size, is_before=method == "average" and number == 1)


def _rows(frame: pd.DataFrame, *columns: str) -> Iterator[tuple[Any, ...]]:
    for row in zip(*(frame[column] for column in columns), strict=True):
        yield tuple(_said(value) for value in row)


def _said(value: Any) -> Any:
    """A value of a frame, or None where it is empty."""
    return None if pd.isna(value) else value

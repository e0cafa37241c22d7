"""What leads where: bridges between definitions and events between places, as they hold in one period."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

METHODS = ("direct", "unit", "sum", "difference", "average", "merge", "coefficient", "splice", "split", "proxy")
"""Best first: a route ranks by its worst step."""
APPROXIMATE = frozenset(METHODS[METHODS.index("coefficient") :])
AS_THEN = frozenset({"as_then", "当年区划"})
"""Codes of the boundary facet that ask for the territory of the period, not for today's."""
Dates = tuple[date | None, date | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of a bridge: ``factor`` carries the sign of a difference."""

    definition: str
    factor: float
    is_before: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Bridge:
    """A rule from its parts to ``to``; ``error`` is relative; ``place`` empty: everywhere; dates half-open."""

    name: str
    method: str
    to: str
    parts: tuple[Part, ...]
    error: float = 0.0
    place: str | None = None
    dates: Dates = (None, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """On ``day`` the territory of ``old`` became (part of) that of ``new``."""

    day: date
    type: str
    old: str
    new: str
    share: float | None = None


@dataclass(frozen=True, kw_only=True)
class Network:
    """Definitions, bridges, places and events of an edition; ``in_force`` and ``spans`` are when a definition and a place exist."""

    aggregation: Mapping[str, str]
    boundary: Mapping[str, str | None]
    in_force: Mapping[str, Sequence[Dates]]
    bridges: Sequence[Bridge]
    events: Sequence[Event] = ()
    spans: Mapping[str, Sequence[Dates]] = field(default_factory=dict)

    def valid(self, day: date) -> dict[str, list[Bridge]]:
        """The bridges of one day by the definition they lead to; splits apart, and none that contradicts another."""
        refused = {bridge.name for cycle in self.contradictions for bridge in cycle}
        by_target: dict[str, list[Bridge]] = defaultdict(list)
        for bridge in self.bridges:
            if bridge.method != "split" and bridge.name not in refused and within(bridge.dates, day):
                by_target[bridge.to].append(bridge)
        return by_target

    @cached_property
    def contradictions(self) -> tuple[tuple[Bridge, ...], ...]:
        """Circles of bridges with one part whose factors do not multiply to 1, beyond the errors they state."""
        onward: dict[str, list[Bridge]] = defaultdict(list)
        for bridge in self.bridges:
            if len(bridge.parts) == 1 and bridge.method != "split":
                onward[bridge.parts[0].definition].append(bridge)
        return tuple(circle for start in sorted(onward) for circle in _circles(onward, start, (), 1.0))

    def split(self, definition: str, place: str, day: date) -> Bridge | None:
        """What a place takes of a place that was split, for one definition on one day."""
        for bridge in self.bridges:
            is_meant = bridge.method == "split" and (bridge.to, bridge.place) == (definition, place)
            if is_meant and within(bridge.dates, day):
                return bridge
        return None

    def exists(self, place: str, day: date) -> bool:
        """Whether the place's code is in use on a day."""
        return any(within(dates, day) for dates in self.spans.get(place, ()))

    def defined(self, definition: str, day: date) -> bool:
        """Whether a definition is in force on a day."""
        return any(within(dates, day) for dates in self.in_force.get(definition, ()))

    @cached_property
    def touching(self) -> Mapping[str, Sequence[Event]]:
        """The events by every place whose territory they change or make."""
        found: dict[str, list[Event]] = defaultdict(list)
        for event in self.events:
            if event.type == "rename" and event.old == event.new:
                continue  # a new name for the same code
            found[event.new].append(event)
            if event.type in ("split", "transfer") and event.old != event.new and self.exists(event.old, event.day):
                found[event.old].append(event)
        return found


def within(dates: Dates, day: date) -> bool:
    """Whether a day lies in half-open dates; an empty end is open."""
    start, end = dates
    return (start is None or start <= day) and (end is None or day < end)


def _circles(
    onward: Mapping[str, Sequence[Bridge]], start: str, path: tuple[Bridge, ...], product: float
) -> Iterator[tuple[Bridge, ...]]:
    """Each contradicting circle once, from its first definition by name."""
    at = path[-1].to if path else start
    if path and at == start:
        if abs(product - 1) > max(1e-6, sum(bridge.error for bridge in path)) and _hold_together(path):
            yield path
        return
    for bridge in onward.get(at, ()):
        is_new = bridge.to > start and all(bridge.to != walked.to for walked in path)
        if bridge.to == start or is_new:
            yield from _circles(onward, start, (*path, bridge), product * bridge.parts[0].factor)


def _hold_together(path: Sequence[Bridge]) -> bool:
    """Whether there is a day and a place for which all of them hold."""
    starts = [bridge.dates[0] for bridge in path if bridge.dates[0]]
    ends = [bridge.dates[1] for bridge in path if bridge.dates[1]]
    return len({bridge.place for bridge in path if bridge.place}) < 2 and (
        not starts or not ends or max(starts) < min(ends)
    )

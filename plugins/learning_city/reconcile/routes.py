"""Routes: every way from observations to a definition of a place in one period, at most three steps, one approximate.

A route is linear: its value is the sum of its leaves times their factors, so one statement evaluates all of them.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from itertools import product

from learning_city.reconcile.network import APPROXIMATE, AS_THEN, METHODS, Bridge, Event, Network

MOST_STEPS, MOST_APPROXIMATE = 3, 1
MOST_ROUTES = 1_000
"""Ways to one definition beyond which only the best ranked are followed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """An observation that will do: of ``definition``, ``back`` periods before; ``place`` empty: the key's own.

    ``down`` and ``up`` are what the errors of the steps above make of its low and its high; ``method`` is the worst
    step of its own chain, ``said`` names the chain, ``bridge(…definition)``.
    """

    definition: str
    place: str | None
    back: int = 0
    factor: float = 1.0
    down: float = 1.0
    up: float = 1.0
    method: str = "direct"
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A way to a definition: each of its ``slots`` is filled by one of its leaves, whichever is heard and ranks best.

    ``method`` is the worst step that all its slots share; ``said`` names those steps, ``bridge(#,#)``.
    """

    slots: tuple[tuple[Leaf, ...], ...]
    method: str = "direct"
    steps: int = 0
    said: str = "#"

    @property
    def rank(self) -> tuple[int, int, str]:
        """What it is sorted by: best method first, then fewest steps."""
        return METHODS.index(self.method), self.steps, self.said


@dataclass(frozen=True, slots=True)
class Node:
    """A definition of a territory: the place's as it was just before ``until`` (empty: as it is), ``back`` periods ago."""

    definition: str
    place: str | None
    until: date | None = None
    back: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One bridge or place event applied at a node."""

    name: str
    method: str
    parts: tuple[tuple[Node, float], ...]
    error: float = 0.0


@dataclass
class Period:
    """The routes of one period; ``last_day`` gives the day it, or the same so many periods before, is judged by."""

    network: Network
    last_day: Callable[[int], date]
    cut: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.bridges = cache(lambda back: self.network.valid(self.last_day(back)))

    def special(self) -> dict[str, set[str] | None]:
        """Places whose routes differ from everybody's: by place all definitions (None), or those that are bridged there."""
        days = [self.last_day(back) for back in range(MOST_STEPS + 1)]
        found: dict[str, set[str] | None] = {
            place: None
            for place in {*self.network.spans, *self.network.touching}
            if any(event.day > days[-1] for event in self.network.touching.get(place, ()))
            or not all(self.network.exists(place, day) for day in days)
        }
        for bridge in self.network.bridges:
            if bridge.place and bridge.method != "split":
                known = found.setdefault(bridge.place, set())
                if known is not None:
                    known |= self._reached_from(bridge.to)
        return found

    def routes(self, definition: str, place: str | None = None) -> list[Route]:
        """Every route to a definition, best rank first: of one place, or of all that have none of their own."""
        until = None
        if place and self.network.boundary.get(definition) in AS_THEN and self.network.exists(place, self.last_day(0)):
            until = self.last_day(0)
        root = Node(definition, place, until)
        leaves, joined = self._reach(root, MOST_STEPS, MOST_APPROXIMATE, frozenset({root}))
        alone = (Route(slots=((leaf,),), method=leaf.method, said=leaf.said) for leaf in leaves)
        return sorted((*alone, *joined), key=lambda route: route.rank)

    def _reach(self, node: Node, steps: int, approximate: int, seen: frozenset[Node]) -> tuple[list[Leaf], list[Route]]:
        """What reaches a node: single observations, and routes of several."""
        leaves, joined = ([_direct(node)] if self._is_heard(node) else []), []
        for step in self._steps(node) if steps else ():
            left = approximate - (step.method in APPROXIMATE)
            if left < 0 or any(part in seen for part, _ in step.parts):
                continue
            below = [self._reach(part, steps - 1, left, seen | {part}) for part, _ in step.parts]
            if len(below) == 1:
                leaves += [_onward(step, step.parts[0][1], leaf) for leaf in below[0][0]]
            else:
                below = [
                    ([], [*([Route(slots=(tuple(alone),))] if alone else []), *several]) for alone, several in below
                ]
            joined += [_joined(step, parts) for parts in product(*(several for _, several in below))]
        if len(joined) > MOST_ROUTES:
            self.cut.add(node.definition)
            joined = sorted(joined, key=lambda route: route.rank)[:MOST_ROUTES]
        return leaves, joined

    def _is_heard(self, node: Node) -> bool:
        """Whether what is reported in the period is under a definition in force, about the territory that is asked for."""
        day = self.last_day(node.back)
        if not self.network.defined(node.definition, day):
            return False
        return node.place is None or (
            self.network.exists(node.place, day) and not any(True for _ in self._events(node.place, node))
        )

    def _events(self, place: str, node: Node) -> Iterator[Event]:
        """What changed the territory between the period and the moment that is asked for; a new name changes nothing."""
        day = self.last_day(node.back)
        for event in self.network.touching.get(place, ()):
            if day < event.day and (node.until is None or event.day < node.until):
                yield event

    def _steps(self, node: Node) -> Iterator[Step]:
        for bridge in self.bridges(node.back).get(node.definition, ()):
            if bridge.place is None or bridge.place == node.place:
                yield _bridged(bridge, node)
        if node.place:
            yield from self._moved(node.place, node)

    def _moved(self, place: str, node: Node) -> Iterator[Step]:
        """The step back over the latest event that made this territory."""
        events = list(self._events(place, node))
        latest = max((event.day for event in events), default=None)
        last = [event for event in events if event.day == latest]
        if latest is None or any(event.new != place for event in last):
            return
        types, olds = {event.type for event in last}, sorted({event.old for event in last})
        is_ratio = self.network.aggregation.get(node.definition) == "ratio"
        if types == {"merge"} and not is_ratio:
            itself = [place] if place not in olds and self.network.exists(place, _day_before(latest)) else []
            yield _placed("merge", place, node, latest, [*olds, *itself])
        elif types == {"rename"} and len(olds) == 1:
            yield _placed("merge", place, node, latest, olds)
        elif types == {"split"} and len(olds) == 1 and last[0].share is not None and not is_ratio:
            share = self.network.split(node.definition, place, self.last_day(node.back))
            if share:
                step = _placed("split", place, node, latest, olds)
                yield replace(step, parts=((step.parts[0][0], share.parts[0].factor),), error=share.error)

    def _reached_from(self, definition: str) -> set[str]:
        """The definitions that so many steps can reach from one."""
        reached = {definition}
        for _ in range(MOST_STEPS):
            reached |= {b.to for b in self.network.bridges if any(part.definition in reached for part in b.parts)}
        return reached


def _direct(node: Node) -> Leaf:
    said = "".join([node.definition, f"@{node.place}" if node.place else "", f"-{node.back}" if node.back else ""])
    return Leaf(definition=node.definition, place=node.place, back=node.back, said=said)


def _carried(step: Step, factor: float, leaf: Leaf) -> Leaf:
    """A leaf as a step above it makes it; what is subtracted brings its high to the low of the whole."""
    down, up = (leaf.down, leaf.up) if factor >= 0 else (leaf.up, leaf.down)
    return replace(leaf, factor=leaf.factor * factor, down=down * (1 - step.error), up=up * (1 + step.error))


def _onward(step: Step, factor: float, leaf: Leaf) -> Leaf:
    """A single observation over one step more."""
    worst = max(step.method, leaf.method, key=METHODS.index)
    return replace(_carried(step, factor, leaf), method=worst, said=f"{step.name}({leaf.said})")


def _bridged(bridge: Bridge, node: Node) -> Step:
    parts = tuple(
        (replace(node, definition=part.definition, back=node.back + part.is_before), part.factor)
        for part in bridge.parts
    )
    return Step(name=bridge.name, method=bridge.method, parts=parts, error=bridge.error)


def _placed(method: str, place: str, node: Node, day: date, olds: Sequence[str]) -> Step:
    parts = tuple((replace(node, place=old, until=day), 1.0) for old in olds)
    return Step(name=f"place:{place}", method=method, parts=parts)


def _joined(step: Step, parts: Iterable[Route]) -> Route:
    parts = tuple(parts)
    slots = tuple(
        tuple(_carried(step, factor, leaf) for leaf in slot)
        for (_, factor), route in zip(step.parts, parts, strict=True)
        for slot in route.slots
    )
    worst = max((step.method, *(route.method for route in parts)), key=METHODS.index)
    said = f"{step.name}({','.join(route.said for route in parts)})"
    return Route(method=worst, steps=1 + max(route.steps for route in parts), said=said, slots=slots)


def _day_before(day: date) -> date:
    return date.fromordinal(day.toordinal() - 1)

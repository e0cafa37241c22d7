"""The contract of ``lcm reconcile-world`` in the plainest Python: dicts, recursion and fractions, no pandas, no SQL.

Written from the contract's words alone, to be compared with the product. Where the contract is silent a comment says
which reading was chosen.
"""

import calendar
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

Row = dict[str, str]
Tables = dict[str, list[Row]]

METHODS = ("direct", "unit", "sum", "difference", "average", "merge", "coefficient", "splice", "split", "proxy")
"""Best first."""
APPROXIMATE = {"coefficient", "splice", "split", "proxy"}
NEVER = {"target", "forecast", "synthetic"}
FACETS = ("unit", "aggregation", "kind", "population", "time", "boundary", "scope", "counting")
OF_THE_PERIOD = "当年区划"
MULTIPLES = {"亿": 10**8, "万": 10**4, "千": 10**3, "": 1}
SHARES = {"%": Fraction(1), "‰": Fraction(1, 10)}


class Key(NamedTuple):
    """What a route passes. ``territory`` counts the changes that the code went on across and that are included."""

    definition: str
    place: str
    period: str
    territory: int


@dataclass(frozen=True)
class Route:
    """One candidate: a value with its interval, and what it was made of."""

    value: Fraction
    low: Fraction
    high: Fraction
    method: int
    rank: int
    oldest: str
    used: frozenset[str]
    is_approximate: bool


@dataclass(frozen=True)
class Step:
    """One bridge or place step: signed factors on the parts, and the relative error of the result."""

    method: str
    parts: tuple[tuple[Fraction, Key], ...]
    error: Fraction = Fraction(0)


@dataclass(frozen=True)
class Answer:
    """``winners``: the routes of best rank; more than one where the contract's ranking does not decide."""

    winners: tuple[Route, ...]
    everything: frozenset[str]
    status: str
    verdict: str
    facets: frozenset[str]
    method: str


def last_day(period: str) -> str:
    """The day a period is judged by; empty for an unstated one."""
    if period.startswith("unstated"):
        return ""
    year, _, quarter = period.partition("-Q")
    month = int(quarter) * 3 if quarter else 12
    return f"{year}-{month:02}-{calendar.monthrange(int(year), month)[1]}"


def before(period: str) -> str:
    """The period just before: last year, last quarter."""
    year, _, quarter = period.partition("-Q")
    if not quarter:
        return str(int(year) - 1)
    return f"{year}-Q{int(quarter) - 1}" if quarter > "1" else f"{int(year) - 1}-Q4"


def holds(row: Row, day: str) -> bool:
    """Dates are half-open, blank is open."""
    return (row["valid_from"] or "0") <= day < (row["valid_to"] or "9999")


def multiple(unit: str, target: str) -> Fraction | None:
    """The factor from one unit to another of the same counting unit, else None."""
    if unit in SHARES and target in SHARES:
        return SHARES[unit] / SHARES[target]
    ((size, base), (wanted_size, wanted_base)) = (_taken_apart(name) for name in (unit, target))
    return Fraction(size, wanted_size) if base == wanted_base else None


def _taken_apart(unit: str) -> tuple[int, str]:
    return next((size, unit.removeprefix(word)) for word, size in MULTIPLES.items() if unit.startswith(word))


class World:
    """One world, asked key by key."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.definitions = {row["definition"]: row for row in tables["definitions"]}
        self.ranks = {row["source"]: int(row["rank"]) for row in tables["sources"]}

    def answer(self, wanted: Row) -> Answer:
        """What the contract says about one wanted key."""
        routes = list(self.routes(self.key(wanted), ()))
        if not routes:
            return Answer((), frozenset(), "O", "不可比", frozenset(self.facets(wanted)), "")
        best = sorted({(route.method, route.rank) for route in routes})[0]
        rivals = [route for route in routes if (route.method, route.rank) == best]
        newest = max(route.oldest for route in rivals)  # the older its oldest part, the worse
        winners = tuple(route for route in rivals if route.oldest == newest)
        method = METHODS[best[0]]
        verdict = "可比" if method in {"direct", "unit"} else "调整后可比"
        if max(route.low for route in routes) > min(route.high for route in routes):
            verdict = "conflict"  # its status stays the winner's
        status = "E" if winners[0].is_approximate else "A"
        everything = frozenset[str]().union(*(route.used for route in routes))
        return Answer(winners, everything, status, verdict, frozenset({""}), method)

    def routes(self, key: Key, path: tuple[Key, ...], approximate: int = 0) -> Iterator[Route]:
        """Every candidate for ``key``; ``path`` leads from the wanted key to it, so its length counts the steps."""
        if not last_day(key.period) or key in path:
            return
        if not self.changes_to_replay(key):
            yield from self.direct(key)
        if len(path) == 3:
            return
        for step in self.steps(key):
            used = approximate + (step.method in APPROXIMATE)
            if used <= 1:
                parts = [list(self.routes(part, (*path, key), used)) for _, part in step.parts]
                for choice in itertools.product(*parts):
                    yield _joined(step, choice)

    def direct(self, key: Key) -> Iterator[Route]:
        """The current observations of a key that are in its counting unit."""
        for row in self.current.get((key.definition, key.place, key.period), []):
            factor = multiple(row["unit"], self.definitions[key.definition]["unit"])
            if factor is None:
                continue
            value, slack = Fraction(row["value"]) * factor, factor * Fraction(1, 2 * 10 ** int(row["decimals"]))
            method = METHODS.index("direct" if row["unit"] == self.definitions[key.definition]["unit"] else "unit")
            rank, used = self.ranks[row["source"]], frozenset({row["obs_id"]})
            yield Route(value, value - slack, value + slack, method, rank, row["recorded_at"], used, False)

    @cached_property
    def current(self) -> dict[tuple[str, str, str], list[Row]]:
        """The latest row with a value per key and source; what is outside validity or no actual figure is left out."""
        latest: dict[tuple[str, str, str, str], Row] = {}
        for row in sorted(self.tables["observations"], key=lambda row: row["recorded_at"]):
            if row["value"]:
                latest[row["definition"], row["place"], row["period"], row["source"]] = row
        found: dict[tuple[str, str, str], list[Row]] = {}
        for (definition, place, period, _), row in latest.items():
            day, facets = last_day(period), self.definitions[definition]
            if day and self.in_place(row) and holds(facets, day) and facets["kind"] not in NEVER:
                found.setdefault((definition, place, period), []).append(row)
        return found

    def steps(self, key: Key) -> Iterator[Step]:
        """The bridges and place steps that end at a key."""
        yield from self.bridge_steps(key)
        yield from self.place_steps(key)

    def bridge_steps(self, key: Key) -> Iterator[Step]:
        """The bridges to the key's definition that hold for its place and period and have all their parts."""
        for rows in self.bridges.values():
            first = rows[0]
            if first["to_definition"] != key.definition or first["type"] == "split":
                continue
            if first["place"] not in {"", key.place} or not holds(first, last_day(key.period)):
                continue
            if [int(row["part"]) for row in rows] != list(range(1, int(first["parts"]) + 1)):
                continue
            units = {self.definitions[row["from_definition"]]["unit"] for row in rows}
            if first["type"] != "unit" and units != {self.definitions[key.definition]["unit"]}:
                continue  # only type unit changes the unit
            parts = tuple((_factor(row), self.part(row, key)) for row in rows)
            yield Step(first["type"], parts, Fraction(first["error"] or 0))  # one error, of the whole bridge

    @cached_property
    def bridges(self) -> dict[str, list[Row]]:
        """The parts of every bridge in order, without the unit cycles whose factors do not multiply to 1."""
        found: dict[str, list[Row]] = {}
        for row in sorted(self.tables["bridges"], key=lambda row: int(row["part"])):
            found.setdefault(row["bridge"], []).append(row)
        # "A cycle whose factors do not multiply to 1" is read of unit bridges: identities are cycles that never do.
        units = [rows[0] for rows in found.values() if rows[0]["type"] == "unit"]
        refused = {row["bridge"] for start in units for row in _bad_cycle([start], units)}
        return {bridge: rows for bridge, rows in found.items() if bridge not in refused}

    def part(self, row: Row, key: Key) -> Key:
        """The key of one part of a bridge: in the whole's territory, whatever its own boundary, also a period before."""
        period = before(key.period) if row["type"] == "average" and row["part"] == "1" else key.period
        return Key(row["from_definition"], key.place, period, key.territory)

    def key(self, wanted: Row) -> Key:
        """The wanted key in the territory its boundary asks for: that of the period, or the one the code came to."""
        day = last_day(wanted["period"])
        is_own = self.definitions[wanted["definition"]]["boundary"] == OF_THE_PERIOD
        included = [date for date in self.changes(wanted["place"]) if date <= day or not is_own]
        return Key(wanted["definition"], wanted["place"], wanted["period"], len(included))

    def old_key(self, key: Key, place: str, until: str) -> Key:
        """An old part as it was when it became part of another."""
        return Key(key.definition, place, key.period, sum(date < until for date in self.changes(place)))

    def changes(self, place: str) -> list[str]:
        """The dates of the mergers and transfers across which a code goes on."""
        begins = min((row["valid_from"] or "0" for row in self.tables["places"] if row["place"] == place), default="9")
        found = {
            row["date"]
            for row in self.tables["place_events"]
            if (row["type"] == "merge" and row["new_place"] == place)
            or (row["type"] == "transfer" and place in {row["old_place"], row["new_place"]})
        }
        return sorted(date for date in found if begins < date)

    def changes_to_replay(self, key: Key) -> list[str]:
        """The changes between the period and the territory asked for; an observation knows the territory of its day."""
        return [date for date in self.changes(key.place)[: key.territory] if date > last_day(key.period)]

    def place_steps(self, key: Key) -> Iterator[Step]:
        """Mergers, renames and splits after the period that made the place, the latest change of a going code first."""
        replayed, is_ratio = self.changes_to_replay(key), self.definitions[key.definition]["aggregation"] == "ratio"
        events = [row for row in self.tables["place_events"] if row["new_place"] == key.place]
        for date in sorted({row["date"] for row in events if row["date"] > last_day(key.period)}):
            goes_on = date in self.changes(key.place)
            if goes_on and (not replayed or date != replayed[-1]):
                continue
            here = [row for row in events if row["date"] == date]
            old = {row["old_place"] for row in here if row["type"] == "merge"}
            if old and not is_ratio and not any(row["type"] == "transfer" for row in here):
                parts = [self.old_key(key, place, date) for place in sorted(old - {key.place})]
                itself = [Key(key.definition, key.place, key.period, key.territory - 1)] if goes_on else []
                yield Step("merge", tuple((Fraction(1), part) for part in parts + itself))
            for row in here:
                before_it = self.old_key(key, row["old_place"], date)
                if row["type"] == "rename":
                    yield Step("merge", ((Fraction(1), before_it),))  # the method list has no word of its own for it
                elif row["type"] == "split" and row["share"] and not is_ratio:
                    yield from self.split_steps(key, before_it)

    def split_steps(self, key: Key, before_it: Key) -> Iterator[Step]:
        """The rows of type split that give this definition of the new place its share."""
        for rows in self.bridges.values():
            row, ends = rows[0], (rows[0]["from_definition"], rows[0]["to_definition"], rows[0]["place"])
            at = (key.definition, key.definition, key.place)
            if row["type"] == "split" and ends == at and holds(row, last_day(key.period)):
                yield Step("split", ((_factor(row), before_it),), Fraction(row["error"] or 0))

    def facets(self, wanted: Row) -> set[str]:
        """What may be named as "the first that differs from what was heard, else empty".

        The contract does not say which of several definitions heard it means: the first difference from any will do.
        Nor does it say where to listen: first at the key, else at the old parts of the place and without a year.
        """
        here, old = wanted["place"], self.old_parts(wanted["place"])
        rows = self.heard(wanted, {here, *old}, wanted["period"]) + self.heard(wanted, {here}, "unstated")
        found = {facet for row in rows for facet in self.differences(wanted, row)}
        is_heard = any((row["place"], row["period"]) == (here, wanted["period"]) for row in rows)
        return found if is_heard else found | {""}

    def old_parts(self, place: str) -> set[str]:
        """The places of which a place was made, by whatever event, and those of which they were made."""
        old = {row["old_place"] for row in self.tables["place_events"] if row["new_place"] == place} - {place}
        return old.union(*(self.old_parts(part) for part in old))

    def heard(self, wanted: Row, places: set[str], period: str) -> list[Row]:
        """The observations of the measure that have a value, in the period or in one that begins like it."""
        return [
            row
            for row in self.tables["observations"]
            if row["value"] and row["measure"] == wanted["measure"] and row["place"] in places
            and (row["period"] == period or (period == "unstated" and row["period"].startswith(period)))
        ]  # fmt: skip

    def differences(self, wanted: Row, row: Row) -> set[str]:
        """The first facet in which an observation is not what is wanted; empty for what only validity keeps out.

        Another multiple of the unit is the first column that differs, but may be passed over: it is converted.
        """
        target, heard = self.definitions[wanted["definition"]], self.definitions[row["definition"]]
        obstacles = self.obstacles(wanted, row)
        differing = [facet for facet in FACETS if heard[facet] != target[facet] or facet in obstacles]
        is_multiple = multiple(heard["unit"], target["unit"]) is not None
        return set(differing[: 2 if differing[0] == "unit" and is_multiple else 1]) if differing else {""}

    def obstacles(self, wanted: Row, row: Row) -> set[str]:
        """In which facets an observation itself, not its definition, is not what is wanted."""
        kind, unit = (self.definitions[wanted["definition"]][facet] for facet in ("kind", "unit"))
        is_here = row["place"] == wanted["place"] and (not last_day(row["period"]) or self.in_place(row))
        found = {
            "kind": kind in NEVER,  # no figure of such a kind is a candidate, not even for its own definition
            "counting": multiple(row["unit"], unit) is None,
            "time": not last_day(row["period"]),
            "boundary": not is_here or bool(last_day(row["period"]) and self.changes_to_replay(self.key(wanted))),
        }
        return {facet for facet, differs in found.items() if differs}

    def in_place(self, row: Row) -> bool:
        """Whether the place existed on the last day of the period."""
        return any(
            holds(known, last_day(row["period"])) for known in self.tables["places"] if known["place"] == row["place"]
        )


def _factor(row: Row) -> Fraction:
    factor = Fraction(row["factor"] or (Fraction(1, 2) if row["type"] == "average" else 1))
    return -factor if row["type"] == "difference" and row["part"] != "1" else factor


def _bad_cycle(path: list[Row], bridges: list[Row]) -> list[Row]:
    """A cycle along ``path`` whose factors do not multiply to 1; empty where there is none."""
    if path[-1]["to_definition"] == path[0]["from_definition"]:
        product = Fraction(1)
        for row in path:
            product *= _factor(row)
        return path if product != 1 else []
    passed = {row["from_definition"] for row in path}
    onward = (row for row in bridges if row["from_definition"] == path[-1]["to_definition"])
    longer = (_bad_cycle([*path, row], bridges) for row in onward if row["from_definition"] not in passed)
    return next((cycle for cycle in longer if cycle), [])


def _joined(step: Step, choice: tuple[Route, ...]) -> Route:
    """Interval arithmetic over the parts; the error widens both ends, whatever their sign."""
    pairs = [(factor, route) for (factor, _), route in zip(step.parts, choice, strict=True)]
    low = sum((factor * (route.low if factor > 0 else route.high) for factor, route in pairs), Fraction(0))
    high = sum((factor * (route.high if factor > 0 else route.low) for factor, route in pairs), Fraction(0))
    return Route(
        value=sum((factor * route.value for factor, route in pairs), Fraction(0)),
        low=low - abs(low) * step.error,
        high=high + abs(high) * step.error,
        method=max(METHODS.index(step.method), *(route.method for route in choice)),
        rank=max(route.rank for route in choice),
        oldest=min(route.oldest for route in choice),
        used=frozenset[str]().union(*(route.used for route in choice)),
        is_approximate=step.method in APPROXIMATE or any(route.is_approximate for route in choice),
    )

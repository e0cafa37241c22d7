"""The comparison: the target definition, a column for each candidate and each figure that does not reach it, facet by facet."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from learning_city.reconcile.network import METHODS
from learning_city.web.definitions_paths import Heard, Way, way

Row = Mapping[Any, Any]
FACETS = ("population", "time", "boundary", "scope", "counting", "kind")
"""Facets that have a row of their own, as the page shows them."""
ORDER = ("aggregation", "kind", "population", "time", "boundary", "scope", "counting", "unit")
"""The order in which the first facet that differs is looked for; ``scope`` holds the threshold too."""
NEVER = ("target", "forecast")
"""Kinds of figures that are no candidate for what happened."""
COMPARABLE, ADJUSTED, DIFFERENT = "可比", "调整后可比", "不可比"
_EXACT = ("direct", "unit")
_MINUTE, _SECOND, _MICROSECOND = 16, 19, 26
"""Characters of a moment to which it is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What one figure says of one facet: its codes, ``more`` beside them, and whether it differs from the target.

    ``sign`` is empty where it agrees, ``near`` where a way leads over the difference, ``differ`` where none does.
    """

    codes: tuple[str, ...]
    sign: str = ""
    more: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A candidate, or a figure that was heard and does not reach the target (``method`` is empty).

    ``figures`` are the observations it is made of; ``facets`` those that differ; ``lost`` says why it is not the first.
    """

    letter: str
    value: float
    low: float
    high: float
    unit: str
    cells: Mapping[str, Cell]
    figures: Sequence[Row]
    source_rank: int | None
    verdict: str
    facets: tuple[str, ...]
    way: Way
    method: str = ""
    lost: str = ""
    many: int = 0

    @property
    def picked(self) -> str:
        """The observations it is made of, as the form sends them."""
        return ",".join(str(row["obs_id"]) for row in self.figures)

    @property
    def is_sample(self) -> bool:
        """Whether a figure of it is no real one."""
        return any(row["kind"] == "synthetic" for row in self.figures)

    @property
    def is_provisional(self) -> bool:
        """Whether a figure of it is preliminary."""
        return any(row["status"] == "P" for row in self.figures)

    @property
    def recorded_at(self) -> str:
        """When its oldest figure was recorded, as exactly as it is known."""
        return min(str(row["recorded_at"]) for row in self.figures).replace("T", " ")

    @property
    def recorded(self) -> str:
        """The same to the minute."""
        return self.recorded_at[:_MINUTE]


def candidates(target: Row, rows: Sequence[Row], known: Mapping[str, Row], steps: Mapping[str, Row]) -> list[Column]:
    """A column for each candidate, best first; ``known`` are definitions by code, ``steps`` bridges and events by name."""
    made: list[Column] = []
    for turn, (_, group) in enumerate(groupby(rows, key=lambda row: row["rank"])):
        figures = list(group)
        column = _candidate(target, figures, known, steps, letter_of(turn))
        made.append(replace(column, lost=loses(made[0], column)) if made else column)
    return made


def unreached(
    target: Row, rows: Sequence[Row], known: Mapping[str, Row], begin: int, wanted: tuple[str, str]
) -> list[Column]:
    """A column for each figure that was heard and does not reach; ``wanted`` is period and place of the target."""
    made = []
    for turn, row in enumerate(rows):
        own = known.get(row["definition"], {})
        half = 0.5 * 10.0 ** -row["decimals"]
        facets = _why_not(target, own, row, wanted)
        made.append(
            Column(
                letter=letter_of(begin + turn), value=row["value"], low=row["value"] - half, high=row["value"] + half,
                unit=row["unit"], cells=_cells(target, [row], known, wanted, "differ", facets), figures=[row],
                source_rank=row["source_rank"], verdict=DIFFERENT, facets=facets, many=row["many"],
                way=Heard(definition=row["definition"], figure=row),
            )
        )  # fmt: skip
    return made


def differences(target: Row, own: Row) -> tuple[str, ...]:
    """The facets in which two definitions differ, in the order in which the first is named."""
    return tuple(facet for facet in ORDER if codes(target, facet) != codes(own, facet))


def codes(definition: Row, facet: str) -> tuple[str, ...]:
    """The codes of one facet of a definition; a threshold belongs to the scope."""
    said = [definition.get(facet)] + ([definition.get("threshold")] if facet == "scope" else [])
    return tuple(str(code) for code in said if code)


def letter_of(turn: int) -> str:
    """A, B, C … of a column."""
    return chr(65 + turn % 26)


def loses(best: Column, other: Column) -> str:
    """By which rule one candidate ranks before another: method, source, provisional, older, or the fixed order by value."""
    pairs = {
        "method": (METHODS.index(best.method), METHODS.index(other.method)),
        "source": (best.source_rank or 0, other.source_rank or 0),
        "provisional": (best.is_provisional, other.is_provisional),
    }
    found = next((rule for rule, (first, second) in pairs.items() if first != second), "")
    if found:
        return found
    if best.recorded_at != other.recorded_at:
        return "older"
    return "value" if best.value != other.value else "order"


def recorded_apart(best: Column, other: Column) -> tuple[str, str]:
    """When two candidates were recorded, no finer than it takes to tell the two moments apart."""
    both = best.recorded_at, other.recorded_at
    fine = next((size for size in (_MINUTE, _SECOND) if both[0][:size] != both[1][:size]), _MICROSECOND)
    return both[0][:fine], both[1][:fine]


def _candidate(
    target: Row, figures: Sequence[Row], known: Mapping[str, Row], steps: Mapping[str, Row], letter: str
) -> Column:
    first = figures[0]
    wanted = (first["of_period"], first["of_place"])
    cells = _cells(target, figures, known, wanted, "near")
    return Column(
        letter=letter, value=first["reached"], low=first["low"], high=first["high"], unit=target.get("unit", ""),
        cells=cells, figures=figures, source_rank=first["source_rank"], method=first["method"], many=first["many"],
        verdict=COMPARABLE if first["method"] in _EXACT else ADJUSTED,
        facets=tuple(facet for facet, cell in cells.items() if cell.sign),
        way=way(first["route"], figures, steps),
    )  # fmt: skip


def _cells(
    target: Row,
    figures: Sequence[Row],
    known: Mapping[str, Row],
    wanted: tuple[str, str],
    sign: str,
    differs: Sequence[str] | None = None,
) -> dict[str, Cell]:
    """The cell of each facet; ``differs`` says which are marked, else those that are not as the target says."""
    made = {}
    for facet in FACETS:
        each = [_said(facet, row, known) for row in figures]
        more = _more(facet, figures, wanted)
        if differs is not None:
            is_marked = any(one in differs for one in _TOGETHER.get(facet, (facet,)))
        else:
            is_marked = any(said != codes(target, facet) for said in each if said != ("synthetic",))
            is_marked |= bool(set(more) - {target.get("unit")})
        made[facet] = Cell(
            codes=_once(code for said in each for code in said), sign=sign if is_marked else "", more=more
        )
    return made


_TOGETHER = {"counting": ("counting", "unit"), "kind": ("kind", "aggregation")}
"""Facets that share a row."""


def _said(facet: str, row: Row, known: Mapping[str, Row]) -> tuple[str, ...]:
    """What a figure says of a facet: its definition's codes, but the kind of the figure where that is another."""
    if facet == "kind" and row["kind"] in (*NEVER, "synthetic"):
        return (str(row["kind"]),)
    return codes(known.get(row["definition"], {}), facet)


def _more(facet: str, figures: Sequence[Row], wanted: tuple[str, str]) -> tuple[str, ...]:
    """What stands beside the codes: another period, another place, the unit."""
    period, place = wanted
    if facet == "time":
        return _once(row["period"] for row in figures if row["period"] != period)
    if facet == "boundary":
        return _once(row["place"] for row in figures if row["place"] != place)
    return _once(row["unit"] for row in figures) if facet == "counting" else ()


def _once(said: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(said))


def _why_not(target: Row, own: Row, row: Row, wanted: tuple[str, str]) -> tuple[str, ...]:
    """The facets that keep a figure from the target; a unit that converts into no other comes first."""
    found = set(differences(target, own))
    found |= {"kind"} if row["kind"] in (*NEVER, "synthetic") else set()
    found |= {"time"} if row["period"] != wanted[0] else set()
    ordered = tuple(facet for facet in ORDER if facet in found)
    return ordered if row["converts"] else ("unit", *(facet for facet in ordered if facet != "unit"))

"""同名不同义: the definitions of one measure against each other, and whether their figures may be compared."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from learning_city.web.definitions_table import ADJUSTED, COMPARABLE, DIFFERENT, differences

Row = Mapping[Any, Any]
MOST = 9
"""Definitions that stand in the matrix; the page says how many more the measure has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether figures under two definitions may be compared, and the first facet in which they differ."""

    verdict: str
    facet: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """The definitions, a row of verdicts for each but the last (None up to its own column), and how many are left out."""

    definitions: Sequence[Row]
    rows: Sequence[tuple[Row, Sequence[Verdict | None]]]
    left_out: int


def matrix(
    target: str, definitions: Iterable[Row], measure: str, heard: Collection[str], leads: Collection[tuple[str, str]]
) -> Matrix:
    """Every pair of definitions of a measure; the target first, then those that were heard, then those a way leads from."""
    bridged = {one for pair in leads if target in pair for one in pair}
    mine = [row for row in definitions if row["measure"] == measure or row["definition"] == target]

    def order(row: Row) -> tuple[bool, bool, bool, str]:
        name = row["definition"]
        return name != target, name not in heard, name not in bridged, name

    shown = sorted(mine, key=order)[:MOST]
    rows = [
        (row, [None if turn <= at else verdict(row, other, leads) for turn, other in enumerate(shown) if turn])
        for at, row in enumerate(shown[:-1])
    ]
    return Matrix(definitions=shown, rows=rows, left_out=len(mine) - len(shown))


def verdict(one: Row, other: Row, leads: Collection[tuple[str, str]]) -> Verdict:
    """可比 where every facet agrees, 调整后可比 where a way leads from one of them alone to the other, else 不可比."""
    facets = differences(one, other)
    if not facets:
        return Verdict(verdict=COMPARABLE)
    pair = (one["definition"], other["definition"])
    is_bridged = pair in leads or pair[::-1] in leads
    return Verdict(verdict=ADJUSTED if is_bridged else DIFFERENT, facet=facets[0])

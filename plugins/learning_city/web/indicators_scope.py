"""What the pages of 指标表 look at: framework, period, the tree of indicators in force, and filters, all in the address."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import Depends, Query
from sqlalchemy import RowMapping

from learning_city.web import database, page
from learning_city.web.rights import Right

Short = Annotated[str, Query(max_length=120)]
ONLY = ("value", "missing", "incomparable", "broken", "conflict", "synthetic")
"""Kinds of cells one may look for."""
NATURES = ("quantitative", "qualitative")
MINE = "(CAST(:mine AS text[]) IS NULL OR place = ANY(CAST(:mine AS text[])))"
_FRAMEWORKS = """
SELECT f.framework, f.name_zh, f.name_en, f.note FROM ref.framework AS f
WHERE f.edition = (SELECT max(edition) FROM ref.edition)
ORDER BY (SELECT count(*) FROM ref.indicator AS i WHERE i.edition = f.edition AND i.framework = f.framework) DESC,
  f.framework
"""
_PERIODS = """
SELECT period, count(value) AS n FROM warehouse.indicator_value WHERE framework = :framework
GROUP BY period ORDER BY period DESC
"""
_TREE = """
SELECT indicator, parent, position, name_zh, name_en, nature, unit, decimals, direction, provenance,
  coalesce(scope, 'city') AS scope
FROM ref.indicator
WHERE edition = (SELECT max(edition) FROM ref.edition) AND framework = :framework
  AND daterange(valid_from, valid_to) @> intake.last_day(:period)
"""
_PLACES = f"""
SELECT place, level, name_zh AS place_zh, name_en AS place_en FROM ref.place
WHERE edition = (SELECT max(edition) FROM ref.edition)
  AND daterange(valid_from, valid_to) @> intake.last_day(:period) AND {MINE} ORDER BY place
"""  # noqa: S608 - constants


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the viewer asks for; empty is no filter. ``places`` is a set of codes, ``cell`` an observation whose sheet is shown."""

    framework: str = ""
    period: str = ""
    indicator: str = ""
    place: str = ""
    group: str = ""
    nature: str = ""
    only: str = ""
    q: str = ""
    places: tuple[str, ...] = ()
    after: str = ""
    cell: int = 0

    @property
    def filters(self) -> dict[str, str]:
        """The filters as parts of an address."""
        said = {"group": self.group, "nature": self.nature, "only": self.only, "q": self.q}
        return {**said, "places": ",".join(self.places)}

    @property
    def is_filtered(self) -> bool:
        """Whether anything is filtered."""
        return any(self.filters.values())

    @property
    def chosen(self) -> dict[str, str]:
        """What is opened in the table, as parts of an address."""
        return {"indicator": self.indicator, "place": self.place, "after": self.after, "cell": str(self.cell or "")}


def _wanted(
    framework: Short = "", period: Short = "", indicator: Short = "", place: Short = "", group: Short = "",
    nature: Short = "", only: Short = "", q: Short = "", after: Short = "",
    places: Annotated[list[str] | None, Query(max_length=400)] = None, cell: Annotated[int, Query(ge=0, le=2**62)] = 0,
) -> Wanted:  # fmt: skip
    codes = sorted({code[:40] for said in places or () for code in said.split(",") if code})
    return Wanted(
        framework=framework, period=period, indicator=indicator, place=place, group=group, q=q.strip(), after=after,
        nature=nature if nature in NATURES else "", only=only if only in ONLY else "", places=tuple(codes), cell=cell,
    )  # fmt: skip


WantedQuery = Annotated[Wanted, Depends(_wanted)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """One framework at one period as the viewer may see it; ``tree`` holds its groups and indicators by code."""

    framework: str
    period: str
    frameworks: Sequence[RowMapping]
    periods: Sequence[RowMapping]
    tree: Mapping[str, RowMapping]
    places: Mapping[str, RowMapping]
    mine: list[str] | None

    @property
    def key(self) -> dict[str, Any]:
        """What every statement is asked with."""
        return {"framework": self.framework, "period": self.period, "mine": self.mine}

    @property
    def line(self) -> tuple[str, ...]:
        """The periods of the same length that hold a value, the oldest first: where a series may have a point."""
        filled = [row["period"] for row in self.periods if row["n"] or row["period"] == self.period]
        return tuple(sorted(period for period in filled if len(period) == len(self.period)))

    @property
    def cities(self) -> list[RowMapping]:
        """The places that indicators without a scope of their own are of."""
        levels = {row["scope"] for row in self.tree.values() if row["nature"]}
        return [row for row in self.places.values() if row["level"] in levels]

    @property
    def ordered(self) -> list[RowMapping]:
        """Every indicator, in the order of the tree."""
        leaves = [row for row in self.tree.values() if row["nature"]]
        return sorted(
            leaves, key=lambda row: [(step["position"], step["indicator"]) for step in self.path(row["indicator"])]
        )

    def indicators(self, wanted: Wanted) -> list[RowMapping]:
        """The indicators that fit group, nature and words, in the order of the tree."""
        words = wanted.q.casefold()
        return [
            row for row in self.ordered
            if wanted.nature in ("", row["nature"])
            and (not wanted.group or wanted.group in (step["indicator"] for step in self.path(row["indicator"])))
            and words in f"{row['indicator']} {row['name_zh']} {row['name_en']}".casefold()
        ]  # fmt: skip

    def first(self, wanted: Wanted) -> RowMapping | None:
        """The first quantitative indicator that fits the filters."""
        return next((row for row in self.indicators(replace(wanted, nature="quantitative"))), None)

    def path(self, indicator: str) -> list[RowMapping]:
        """The groups from the top down to a group or an indicator, itself included."""
        return list(self._up(indicator))[::-1]

    def _up(self, indicator: str) -> Iterator[RowMapping]:
        seen: set[str] = set()
        while indicator in self.tree and indicator not in seen:
            seen.add(indicator)
            yield self.tree[indicator]
            indicator = self.tree[indicator]["parent"] or ""


def scope(around: page.Frame, wanted: Wanted) -> Scope:
    """The framework and period asked for, else the largest framework and the round's year."""
    frameworks = database.shared(_FRAMEWORKS)
    framework = _known(wanted.framework, [row["framework"] for row in frameworks])
    periods = database.shared(_PERIODS, framework=framework)
    year = page.year_of(around) if "round" in around.request.query_params else ""
    period, mine = _period(periods, wanted.period, year), around.viewer.places(Right.LOOK)
    tree = database.shared(_TREE, framework=framework, period=period)
    places = database.shared(_PLACES, period=period, mine=mine)
    return Scope(
        framework=framework, period=period, frameworks=frameworks, periods=periods, mine=mine,
        tree={row["indicator"]: row for row in tree}, places={row["place"]: row for row in places},
    )  # fmt: skip


def _known(asked: str, known: Sequence[str]) -> str:
    """What was asked for if there is such a thing, else the first."""
    return asked if asked in known else next(iter(known), "")


def _period(periods: Sequence[RowMapping], asked: str, year: str) -> str:
    """The period asked for, else the round's year, else the newest that holds a value."""
    known = [row["period"] for row in periods]
    filled = [row["period"] for row in periods if row["n"]]
    return next((period for period in (asked, year) if period in known), (filled or known or [""])[0])

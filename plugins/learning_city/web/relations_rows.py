"""勾稽关系 as rows: which figures are held against others, and each relation in the words of an equation."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Annotated, Any

from fastapi import Depends, Query
from sqlalchemy import RowMapping

from learning_city.web import database, page
from learning_city.web.rights import Right, Viewer

MANY = 200
"""Relations that are listed; the page says so when there are more."""
EVERY = "all"
OUTCOMES = ("does_not_hold", "not_comparable", "holds", "incomplete", "kept_apart")
"""In the order of the filter; the first is what the office has to look at."""
Row = Mapping[Any, Any]
Short = Annotated[str, Query(max_length=120)]
_SIGNS = {"holds": "=", "does_not_hold": "≠"}
_JOINTS = {"sum": " + ", "product": " × "}
_DECIMALS = 2
"""Of figures that were reckoned."""
_ROWS = """
WITH seen AS MATERIALIZED (
  SELECT r.* FROM mart.relation AS r
  WHERE (CAST(:places AS text[]) IS NULL OR r.place = ANY(CAST(:places AS text[])))
    AND (:period = '' OR r.period = :period OR r.period >= 'unstated')
), chosen AS (
  SELECT s.* FROM seen AS s WHERE (:outcome = '' OR s.outcome = :outcome) AND (:place = '' OR s.place = :place)
  ORDER BY s.is_synthetic, s.period DESC, s.place, s.relation LIMIT :many
)
SELECT known.*, counted.*, c.* FROM (
  SELECT array_agg(DISTINCT s.place) AS places FROM seen AS s
) AS known
CROSS JOIN (
  SELECT coalesce(jsonb_object_agg(g.outcome, g.n), '{}') AS counts FROM (
    SELECT s.outcome, count(*) AS n FROM seen AS s
    WHERE :place = '' OR s.place = :place GROUP BY s.outcome
  ) AS g
) AS counted
LEFT JOIN chosen AS c ON true
ORDER BY c.is_synthetic, c.period DESC, c.place, c.relation
"""
_PERIODS = "SELECT period FROM warehouse.resolved ORDER BY period DESC"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the viewer filters by; nothing said means what does not hold, in the period of the round and without a year."""

    place: Short = ""
    period: Short = ""
    outcome: Short = ""

    @property
    def query(self) -> dict[str, str]:
        """As parts of an address."""
        return asdict(self)

    @property
    def shows(self) -> str:
        """Which outcome is listed, ``all`` for every one."""
        return self.outcome if self.outcome in (*OUTCOMES, EVERY) else OUTCOMES[0]


WantedQuery = Annotated[Wanted, Depends(Wanted)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A piece of an equation: a sign, or a figure with the row of its cell."""

    text: str
    row: Row = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """The relations that fit, how many there are by outcome, and the places one may choose from."""

    rows: Sequence[RowMapping]
    counts: Mapping[str, int]
    places: Sequence[str]


def listed(viewer: Viewer, wanted: Wanted, period: str, many: int = MANY) -> Listed:
    """Relations at the places this person may see, real figures before samples, the newest first.

    Of one period (empty: of every one), and always of documents that state no year.
    """
    outcome = "" if wanted.shows == EVERY else wanted.shows
    asked = {"outcome": outcome, "place": wanted.place, "period": period, "many": many}
    found = database.rows(_ROWS, **asked, places=viewer.places(Right.LOOK))
    return Listed(
        rows=[row for row in found if row["relation"]], counts=found[0]["counts"],
        places=found[0]["places"] or (),
    )  # fmt: skip


def periods() -> Sequence[str]:
    """The periods that have values, the newest first."""
    return [str(row["period"]) for row in database.rows(_PERIODS)]


def terms(around: page.Frame, row: Row) -> list[Term]:
    """``194 ≠ 67 + 72 + 44 + 4 + 2 = 189（差 5）`` in pieces; every figure carries its cell."""
    said = [_figure(row, _percent(row["unit"])), Term(text=f" {_SIGNS.get(row['outcome'], '≟')} "), *_other_side(row)]
    if row["derived"] is not None:
        said.append(Term(text=f" = {_reckoned(row['derived'], row['unit'])}"))
    if row["outcome"] != "does_not_hold":
        return said
    if row["derived"] is None:
        near = {name: _reckoned(row[name], row["unit"]) for name in ("low", "high")}
        return [*said, Term(text=around.say("relations.nearest", **near))]
    apart = page.number(round(row["difference"], _DECIMALS))
    return [*said, Term(text=around.say("relations.apart", difference=apart))]


def sentence(around: page.Frame, row: Row) -> str:
    """The same as one text."""
    return "".join(term.text for term in terms(around, row))


def _other_side(row: Row) -> list[Term]:
    """Numerators, then what they are divided by, then the constant; ``n`` stands for a numerator nobody stated."""
    above = _side(row, "numerator", _JOINTS.get(row["type"], " + "))
    below = _side(row, "denominator", " + ")
    said = above or [Term(text="n")]
    if below:
        said = [*_bracketed(said), Term(text=" ÷ "), *_bracketed(below)]
    if row["constant"] is not None:
        said.append(Term(text=f" × {page.number(row['constant'])}"))
    return said


def _side(row: Row, side: str, joint: str) -> list[Term]:
    said: list[Term] = []
    for part in (one for one in row["parts"] if one["side"] == side):
        said += [Term(text=joint)] if said else []
        said.append(
            _figure(part, "" if part["unit"] == row["unit"] else part["unit"] or "")
            if part["obs_id"]
            else Term(text="?")
        )
    return said


def _bracketed(said: list[Term]) -> list[Term]:
    return [Term(text="("), *said, Term(text=")")] if len(said) > 1 else said


def _figure(row: Row, unit: str) -> Term:
    return Term(text=page.number(row["value"]) + unit, row=row)


def _reckoned(value: float, unit: str) -> str:
    return page.number(round(value, _DECIMALS)) + _percent(unit)


def _percent(unit: str) -> str:
    """The sign of a share: it belongs to the figure; any other unit stands once beside what is stated."""
    return unit if unit == "%" else ""

"""The queue of 口径与冲突: which conflicts, the widest apart first, and what their candidates say."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Annotated, Any

from fastapi import Depends, Query
from sqlalchemy import RowMapping

from learning_city.web import database
from learning_city.web.rights import Right, Viewer

MANY = 200
"""Conflicts that are listed; the page says so when there are more."""
VALUES = 4
STATES = ("open", "second", "decided", "all")
"""To be settled; awaiting a second person; settled; all of them."""
EVERY_PERIOD = "all"
Short = Annotated[str, Query(max_length=120)]
_MINE = "(CAST(:places AS text[]) IS NULL OR c.place = ANY(CAST(:places AS text[])))"
_RULED = """
ruled AS MATERIALIZED (
  SELECT DISTINCT ON (period, place, definition) period, place, definition, state AS ruling
  FROM quality.conflict_ruling WHERE state <> 'undone' ORDER BY period, place, definition, decision_id DESC
)
"""
_FITS = {
    "open": "c.state = 'open'",
    "second": "r.ruling = 'pending'",
    "decided": "c.state = 'decided'",
    "all": "true",
}
_ROWS = f"""
WITH {_RULED}, chosen AS (
  SELECT c.period, c.place, c.measure, c.definition, c.proposal, c.spread, c.state, c.opened_at,
    c.spread / nullif(abs(c.proposal), 0) AS apart, coalesce(r.ruling, '') AS ruling
  FROM warehouse.conflict AS c LEFT JOIN ruled AS r USING (period, place, definition)
  WHERE {{fits}} AND {_MINE} AND (:place = '' OR c.place = :place) AND (:period = '' OR c.period = :period)
    AND (:definition = '' OR c.definition = :definition)
  ORDER BY apart DESC NULLS FIRST, c.period DESC, c.place, c.definition LIMIT :many
)
SELECT c.*, said.values FROM chosen AS c CROSS JOIN LATERAL (
  SELECT array_agg(k.value ORDER BY k.rank) AS values FROM (
    SELECT k.value, min(k.rank) AS rank FROM warehouse.candidate AS k
    WHERE k.period = c.period AND k.place = c.place AND k.definition = c.definition
    GROUP BY k.value ORDER BY rank LIMIT {VALUES + 1}
  ) AS k
) AS said
ORDER BY c.apart DESC NULLS FIRST, c.period DESC, c.place, c.definition
"""  # noqa: S608 - constants
_COUNTS = f"""
WITH {_RULED}
SELECT c.period, c.place, count(*) AS "all", count(*) FILTER (WHERE c.state = 'open') AS open,
  count(*) FILTER (WHERE c.state = 'decided') AS decided, count(*) FILTER (WHERE r.ruling = 'pending') AS second
FROM warehouse.conflict AS c LEFT JOIN ruled AS r USING (period, place, definition)
WHERE {_MINE} GROUP BY c.period, c.place ORDER BY c.period DESC, c.place
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the viewer filters by. No ``period`` means the round's; ``key`` is ``period~place~definition``."""

    period: Short = ""
    place: Short = ""
    state: Short = ""
    key: Annotated[str, Query(max_length=400)] = ""

    @property
    def query(self) -> dict[str, str]:
        """As parts of an address."""
        return asdict(self)

    @property
    def shows(self) -> str:
        """Which state is listed; what is no state means those to be settled."""
        return self.state if self.state in STATES else STATES[0]

    @property
    def listed(self) -> str:
        """The period that is listed, empty for every one."""
        return "" if self.period == EVERY_PERIOD else self.period


WantedQuery = Annotated[Wanted, Depends(Wanted)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many conflicts there are: in the period listed, of the listed state in the others, and by period and place."""

    open: int
    second: int
    decided: int
    elsewhere: int
    periods: Mapping[str, int]
    places: Sequence[str]


def key_of(row: Mapping[Any, Any]) -> str:
    """The key of a conflict as its address has it."""
    return f"{row['period']}~{row['place']}~{row['definition']}"


def understood(viewer: Viewer, wanted: Wanted, round_period: str) -> Wanted:
    """With the period and the state that are listed, so that every address of the page says both.

    A period that nobody asked for is that of the opened conflict, else the round's, else the newest that has what is
    listed; who asked for no state sees what is to be settled, and where there is none, what was settled.
    """
    if wanted.period and wanted.state in STATES:
        return wanted
    found = database.rows(_COUNTS, places=viewer.places(Right.LOOK))
    opened = next((row["period"] for row in found if wanted.key.startswith(row["period"] + "~")), "")
    asked = wanted.period or opened
    here = asked or round_period or EVERY_PERIOD
    for state in (wanted.state,) if wanted.state in STATES else (STATES[0], "decided"):
        having = [row["period"] for row in found if row[state] and wanted.place in ("", row["place"])]
        if having and here in (*having, EVERY_PERIOD):
            return replace(wanted, state=state, period=here)
        if having and not asked:
            return replace(wanted, state=state, period=having[0])
    return replace(wanted, state=wanted.shows, period=here)


def rows(viewer: Viewer, wanted: Wanted, period: str, many: int = MANY) -> Sequence[RowMapping]:
    """Conflicts by spread as a share of the proposal, the widest first; each with the first values of its candidates."""
    fits = _ROWS.format(fits=_FITS[wanted.shows])
    asked = {"place": wanted.place, "period": period, "definition": "", "many": many}
    return database.rows(fits, **asked, places=viewer.places(Right.LOOK))


def one(viewer: Viewer, key: str) -> RowMapping | None:
    """The conflict of a key, None where there is none or none for this person's eyes."""
    said = key.split("~", 2)
    if len(said) != 3 or not all(said):
        return None
    asked = dict(zip(("period", "place", "definition"), said, strict=True))
    return database.row(_ROWS.format(fits=_FITS["all"]), **asked, many=1, places=viewer.places(Right.LOOK))


def counts(viewer: Viewer, period: str, state: str = STATES[0]) -> Counts:
    """What there is to settle, at the places this person may see; ``elsewhere`` is of one state."""
    found = database.rows(_COUNTS, places=viewer.places(Right.LOOK))
    here = [row for row in found if not period or row["period"] == period]
    by_period: Counter[str] = Counter()
    for row in found:
        by_period[row["period"]] += row["open"]
    return Counts(
        open=sum(row["open"] for row in here),
        second=sum(row["second"] for row in here),
        decided=sum(row["decided"] for row in here),
        elsewhere=sum(row[state] for row in found) - sum(row[state] for row in here),
        periods=dict(by_period),
        places=sorted({row["place"] for row in here}),
    )


def neighbours(queue: Sequence[Mapping[Any, Any]], key: str) -> dict[str, str]:
    """The keys before and after the chosen one in the queue; empty for none."""
    keys = ["", *(key_of(row) for row in queue), ""]
    at = keys.index(key) if key and key in keys else 0
    return {"previous": keys[at - 1] if at else "", "next": keys[at + 1] if at else ""}

"""The queue of 审核台: which findings, in which order, a page at a time."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Annotated, Any

from fastapi import Depends, Query

from learning_city.web import database, page
from learning_city.web.names import Named
from learning_city.web.rights import Right

PAGE = 50
SHOWS = ("", "second", "mine")
"""Open findings; those that await a second person; what the viewer decided himself."""
Short = Annotated[str, Query(max_length=120)]
_CURSOR = re.compile(r"^(-?[0-9.e+-]{1,40})_([0-9]{1,18})$")
SEEN = "(CAST(:places AS text[]) IS NULL OR f.place = ANY(CAST(:places AS text[])))"
_SEEN, _AFTER = "f.place = ANY(:places)", "(f.effect, f.finding_id) < (:effect, :last)"
_STATES = {
    "": "f.state IN ('open', 'explained') AND f.awaits IS NULL",
    "second": "f.awaits IS NOT NULL",
    "mine": """EXISTS (SELECT FROM quality.decision AS mine WHERE mine.finding_id = f.finding_id AND mine.who = :viewer
              AND mine.action IN ('accept_finding', 'correct_value'))""",
}
_ROWS = """
SELECT f.finding_id, f.severity, f.effect, f.moves, f.impact, f.sheet, f.cell, f.found, f.file, f.rule_id, f.place,
  f.department, f.definition
FROM quality.finding AS f JOIN intake.submission AS s USING (submission_id)
WHERE f.round = :round AND s.state NOT IN ('superseded', 'withdrawn') AND {wanted}
ORDER BY f.effect DESC, f.finding_id DESC LIMIT :many
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the viewer filters by; the same in every address of the page. ``rule`` means one rule's findings only."""

    place: Short = ""
    department: Short = ""
    severity: Short = ""
    rule: Short = ""
    show: Short = ""
    after: Short = ""

    @property
    def query(self) -> dict[str, str]:
        """As parts of an address."""
        return asdict(self)

    @property
    def is_filtered(self) -> bool:
        """Whether something may be hidden by it."""
        return any((self.place, self.department, self.severity, self.rule, self.after))


WantedQuery = Annotated[Wanted, Depends(Wanted)]


def rows(around: page.Frame, wanted: Wanted, many: int = PAGE + 1) -> list[Named]:
    """The findings after the cursor, by effect. Only filters that are set are part of the statement: each has its index."""
    places = around.viewer.places(Right.LOOK)
    by = {
        "place": wanted.place,
        "department": wanted.department,
        "severity": wanted.severity,
        "rule_id": wanted.rule,
    }
    asked: dict[str, Any] = {name: value for name, value in by.items() if value} | _position(wanted.after)
    conditions = [
        _STATES.get(wanted.show, _STATES[""]),
        *(f"f.{name} = :{name}" for name, value in by.items() if value),
    ]
    conditions += [_SEEN] if places is not None else []
    conditions += [_AFTER] if "last" in asked else []
    asked |= {"round": around.round, "places": places, "many": many}
    asked |= {"viewer": around.viewer.name} if wanted.show == "mine" else {}
    ask = database.rows if wanted.is_filtered else database.shared
    return around.names.named(ask(_ROWS.format(wanted=" AND ".join(conditions)), **asked))


def _position(after: str) -> dict[str, float | int]:
    """Behind which effect and finding the page begins; empty for the first one, or for what is no position."""
    said = _CURSOR.match(after)
    try:
        return {"effect": float(said[1]), "last": int(said[2])} if said else {}
    except ValueError:
        return {}


def cursor(queue: Sequence[Named]) -> str:
    """Where the next page begins; empty on the last one."""
    if len(queue) <= PAGE:
        return ""
    last = queue[PAGE - 1]
    return f"{last['effect']!r}_{last['finding_id']}"


def neighbours(queue: Sequence[Named], chosen: int) -> dict[str, int]:
    """The findings before and after the chosen one on this page of the queue; 0 for none."""
    ids = [0, *(row["finding_id"] for row in queue), 0]
    at = ids.index(chosen) if chosen and chosen in ids else 0
    return {"previous": ids[at - 1] if at else 0, "next": ids[at + 1] if at else 0}


def following(queue: Sequence[Named], finding_id: int) -> int:
    """The finding that opens after this one is settled: the next in the queue, else the first that is left."""
    ids = [int(row["finding_id"]) for row in queue]
    at = ids.index(finding_id) + 1 if finding_id in ids else 0
    rest = ids[at:] or [known for known in ids if known != finding_id]
    return rest[0] if rest else 0

"""The queue of 审核台: which findings, in which order, a page at a time."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Annotated, Any

from fastapi import Depends, Query
from sqlalchemy import RowMapping

from learning_city.web import database

PAGE = 50
SHOWS = ("", "second", "mine")
"""Open findings; those that await a second person; what the viewer decided himself."""
Short = Annotated[str, Query(max_length=120)]
_CURSOR = re.compile(r"^(-?[0-9.e+-]{1,40})_([0-9]{1,18})$")
NAMES = """
  p.name_zh AS place_zh, p.name_en AS place_en, d.name_zh AS department_zh, d.name_en AS department_en,
  i.name_zh AS item_zh, i.name_en AS item_en, i.unit
"""
NAMED = """
LEFT JOIN LATERAL (SELECT x.name_zh, x.name_en FROM ref.place AS x WHERE x.place = f.place
  ORDER BY x.edition DESC, x.valid_from DESC LIMIT 1) AS p ON true
LEFT JOIN LATERAL (SELECT x.name_zh, x.name_en FROM ref.department AS x WHERE x.department = f.department
  ORDER BY x.edition DESC, x.valid_from DESC LIMIT 1) AS d ON true
LEFT JOIN LATERAL (SELECT x.name_zh, x.name_en, x.unit FROM ref.definition AS x WHERE x.definition = f.definition
  ORDER BY x.edition DESC, x.valid_from DESC LIMIT 1) AS i ON true
"""
SEEN = "(CAST(:places AS text[]) IS NULL OR f.place = ANY(CAST(:places AS text[])))"
_STATES = {
    "": "f.state IN ('open', 'explained') AND f.awaits IS NULL",
    "second": "f.awaits IS NOT NULL",
    "mine": """EXISTS (SELECT FROM quality.decision AS mine WHERE mine.finding_id = f.finding_id AND mine.who = :viewer
              AND mine.action IN ('accept_finding', 'correct_value'))""",
}
_ROWS = """
SELECT f.finding_id, f.severity, f.effect, f.moves, f.impact, f.sheet, f.cell, f.found, f.file, f.rule_id, {names}
FROM (
  SELECT f.* FROM quality.finding AS f JOIN intake.submission AS s USING (submission_id)
  WHERE f.round = :round AND {state} AND s.state NOT IN ('superseded', 'withdrawn') AND {seen}{wanted}
    AND (CAST(:effect AS double precision) IS NULL
      OR (f.effect, f.finding_id) < (CAST(:effect AS double precision), CAST(:last AS bigint)))
  ORDER BY f.effect DESC, f.finding_id DESC LIMIT :many
) AS f {named}
ORDER BY f.effect DESC, f.finding_id DESC
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


def rows(
    round_id: str, places: list[str] | None, wanted: Wanted, viewer: str, many: int = PAGE + 1
) -> Sequence[RowMapping]:
    """The findings after the cursor, by effect. Only filters that are set are part of the statement: each has its index."""
    said = _CURSOR.match(wanted.after)
    try:
        effect, last = (float(said[1]), int(said[2])) if said else (None, None)
    except ValueError:
        effect, last = None, None
    named = {
        "place": wanted.place,
        "department": wanted.department,
        "severity": wanted.severity,
        "rule_id": wanted.rule,
    }
    chosen = {name: value for name, value in named.items() if value}
    sql = _ROWS.format(
        names=NAMES, named=NAMED, seen=SEEN, state=_STATES.get(wanted.show, _STATES[""]),
        wanted="".join(f" AND f.{name} = :{name}" for name in chosen),
    )  # fmt: skip
    asked: dict[str, Any] = {
        "round": round_id,
        "places": places,
        "effect": effect,
        "last": last,
        "many": many,
        **chosen,
    }
    return database.rows(sql, **asked, **({"viewer": viewer} if wanted.show == "mine" else {}))


def cursor(queue: Sequence[RowMapping]) -> str:
    """Where the next page begins; empty on the last one."""
    if len(queue) <= PAGE:
        return ""
    last = queue[PAGE - 1]
    return f"{last['effect']!r}_{last['finding_id']}"


def neighbours(queue: Sequence[RowMapping], chosen: int) -> dict[str, int]:
    """The findings before and after the chosen one on this page of the queue; 0 for none."""
    ids = [0, *(row["finding_id"] for row in queue), 0]
    at = ids.index(chosen) if chosen and chosen in ids else 0
    return {"previous": ids[at - 1] if at else 0, "next": ids[at + 1] if at else 0}


def following(queue: Sequence[RowMapping], finding_id: int) -> int:
    """The finding that opens after this one is settled: the next in the queue, else the first that is left."""
    ids = [int(row["finding_id"]) for row in queue]
    at = ids.index(finding_id) + 1 if finding_id in ids else 0
    rest = ids[at:] or [known for known in ids if known != finding_id]
    return rest[0] if rest else 0

"""审核台: findings by effect, the sheet as delivered, and one decision at a time."""

import re
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy import RowMapping
from starlette.exceptions import HTTPException

from learning_city.errors import NeedsAPerson
from learning_city.review.decide import accept_findings
from learning_city.web import database, page, sheet
from learning_city.web.rights import Right, Viewer
from learning_city.web.security import MayAccept, MayLook, NotGranted

router = APIRouter()
Short = Annotated[str, Query(max_length=120)]
Chosen = Annotated[int, Query(ge=0, le=2**62)]

QUEUE_PAGE = 50
REASON_LIMIT = 2000
_CURSOR = re.compile(r"^(-?[0-9.e+-]{1,40})_([0-9]{1,18})$")
_FILTER = """
  f.round = :round AND (CAST(:places AS text[]) IS NULL OR f.place = ANY(CAST(:places AS text[])))
  AND (:place = '' OR f.place = :place) AND (:department = '' OR f.department = :department)
  AND (:severity = '' OR f.severity = :severity)
"""
_NAMES = """
  f.place_name AS place_zh, f.place_name_en AS place_en, f.department_name AS department_zh,
  (SELECT d.name_en FROM ref.department AS d WHERE d.department = f.department
   ORDER BY d.edition DESC, d.valid_from DESC LIMIT 1) AS department_en,
  i.name_zh AS item_zh, i.name_en AS item_en, i.unit
"""
_ITEM = """
LEFT JOIN LATERAL (
  SELECT d.name_zh, d.name_en, d.unit FROM ref.definition AS d WHERE d.definition = f.definition
  ORDER BY d.edition DESC, d.valid_from DESC LIMIT 1
) AS i ON true
"""
_QUEUE = f"""
SELECT f.finding_id, f.severity, f.effect, f.sheet, f.cell, f.found, f.file, f.rule_id, {_NAMES}
FROM mart.open_finding AS f {_ITEM}
WHERE {_FILTER} AND (CAST(:effect AS double precision) IS NULL
  OR (f.effect, f.finding_id) < (CAST(:effect AS double precision), CAST(:last AS bigint)))
ORDER BY f.effect DESC, f.finding_id DESC LIMIT :many
"""  # noqa: S608 - constants
_ONE = f"""
SELECT f.finding_id, f.round, f.severity, f.family, f.rule_id, f.state, f.place, f.department, f.form, f.period,
  f.file, f.sheet, f.cell, f.found, f.expected, f.message_zh, f.message_en, f.cause, f.would_be, f.effect,
  f.submission_id, s.received_at, s.revision, {_NAMES}
FROM mart.open_finding AS f JOIN intake.submission AS s USING (submission_id) {_ITEM}
WHERE f.finding_id = :id AND (CAST(:places AS text[]) IS NULL OR f.place = ANY(CAST(:places AS text[])))
"""  # noqa: S608
_SETTLED = """
SELECT f.finding_id, f.state, f.sheet, f.cell, f.place, d.who, d.why, d.decided_at
FROM quality.finding AS f LEFT JOIN quality.decision AS d
  ON d.finding_id = f.finding_id AND d.action IN ('accept_finding', 'correct_value')
WHERE f.finding_id = :id AND (CAST(:places AS text[]) IS NULL OR f.place = ANY(CAST(:places AS text[])))
ORDER BY d.decided_at DESC NULLS LAST LIMIT 1
"""
_SAID = "SELECT text, who, recorded_at FROM quality.explanation WHERE finding_id = :id ORDER BY recorded_at"
_OPTIONS = """
SELECT DISTINCT o.place, o.department, p.name_zh AS place_zh, p.name_en AS place_en,
  d.name_zh AS department_zh, d.name_en AS department_en
FROM intake.obligation AS o JOIN intake.round AS r USING (round)
JOIN ref.place AS p ON p.edition = r.edition AND p.place = o.place
  AND daterange(p.valid_from, p.valid_to) @> intake.last_day(r.period)
JOIN ref.department AS d ON d.edition = r.edition AND d.department = o.department
  AND daterange(d.valid_from, d.valid_to) @> intake.last_day(r.period)
WHERE o.round = :round AND (CAST(:places AS text[]) IS NULL OR o.place = ANY(CAST(:places AS text[])))
ORDER BY o.place, o.department
"""


@router.get("/findings", response_class=HTMLResponse)
def findings(
    request: Request,
    viewer: MayLook,
    place: Short = "",
    department: Short = "",
    severity: Short = "",
    after: Short = "",
    finding: Chosen = 0,
    done: Chosen = 0,
) -> HTMLResponse:
    """The queue with one finding open: the one asked for, else the first."""
    query = {"place": place, "department": department, "severity": severity, "after": after}
    return _desk(request, viewer, query, finding, done=done)


@router.post("/findings/{finding_id}/accept", response_model=None)
def accept(
    request: Request,
    viewer: MayAccept,
    finding_id: int,
    why: Annotated[str, Form()] = "",
    place: Short = "",
    department: Short = "",
    severity: Short = "",
    after: Short = "",
) -> Response:
    """Accept one finding as it stands; then the next one opens. What was typed survives a refusal."""
    request.state.typed = why
    query = {"place": place, "department": department, "severity": severity, "after": after}
    one = _decidable(finding_id, viewer)
    following = _following(request, viewer, query, finding_id)
    problem = _problem(one, why) or _accepted(finding_id, viewer, why)
    if problem:
        return _desk(request, viewer, query, finding_id, typed=why, problem=problem)
    around = page.frame(request, viewer, "findings", all_batches=True)
    return RedirectResponse(around.link("findings", **query, finding=following or "", done=finding_id), 303)


def _decidable(finding_id: int, viewer: Viewer) -> RowMapping | None:
    """The open finding, None when it was settled meanwhile; refuses who may not see or decide it."""
    places = viewer.places(Right.LOOK)
    one = _one(finding_id, places)
    known = one or database.row(_SETTLED, id=finding_id, places=places)
    if known is None:
        raise HTTPException(404)
    if not viewer.may(Right.ACCEPT, known["place"] or ""):
        raise NotGranted(viewer, Right.ACCEPT)
    return one


def _accepted(finding_id: int, viewer: Viewer, why: str) -> str:
    """Accept; empty when it worked, else the key of a sentence that says why not."""
    try:
        count = accept_findings(database.engine(), [finding_id], who=viewer.name, why=why.strip())
    except NeedsAPerson:
        return "decide.blocks"
    return "" if count else "decide.gone"


def _problem(one: RowMapping | None, why: str) -> str:
    """Why a finding cannot be accepted like this: the key of a sentence, empty when it can."""
    if one is None:
        return "decide.gone"
    if one["severity"] == "block":
        return "decide.blocks"
    if not why.strip():
        return "decide.no_reason"
    return "decide.too_long" if len(why) > REASON_LIMIT else ""


def _desk(
    request: Request,
    viewer: Viewer,
    query: dict[str, str],
    chosen: int,
    *,
    done: int = 0,
    typed: str = "",
    problem: str = "",
) -> HTMLResponse:
    """The three columns: queue, sheet, finding."""
    around = page.frame(request, viewer, "findings", all_batches=True, **query, finding=str(chosen or ""))
    places = viewer.places(Right.LOOK)
    queue = _queue(around.round, places, query, QUEUE_PAGE + 1)
    chosen = chosen or (queue[0]["finding_id"] if queue else 0)
    one = _one(chosen, places) if chosen else None
    content: dict[str, Any] = {
        "queue": queue[:QUEUE_PAGE], "after": _cursor(queue), "one": one, "chosen": chosen, "query": query,
        "settled": database.row(_SETTLED, id=chosen, places=places) if chosen and one is None else None,
        "window": sheet.window(one) if one else None, "typed": typed, "problem": problem,
        "said": database.rows(_SAID, id=chosen) if one else (),
        "done": database.row(_SETTLED, id=done, places=places) if done else None,
        **_beside(queue, chosen),
        "may_accept": bool(one) and viewer.may(Right.ACCEPT, (one["place"] if one else "") or ""),
        "heads": database.rows(_DECIDERS) if one else (), "limit": REASON_LIMIT,
        **_options(around, places),
    }  # fmt: skip
    is_absent = bool(chosen) and one is None and content["settled"] is None
    return page.render(around, "findings.html", 404 if is_absent else _STATUS.get(problem, 200), **content)


_STATUS = {"decide.no_reason": 422, "decide.too_long": 422, "decide.blocks": 409, "decide.gone": 409}
_DECIDERS = """SELECT DISTINCT "user" FROM app.grant WHERE role IN ('reviewer', 'head') ORDER BY "user" LIMIT 5"""


def _one(finding_id: int, places: list[str] | None) -> RowMapping | None:
    return database.row(_ONE, id=finding_id, places=places)


def _queue(round_id: str, places: list[str] | None, query: dict[str, str], many: int) -> Sequence[RowMapping]:
    """The findings after the cursor of ``query``, by effect."""
    said = _CURSOR.match(query["after"])
    try:
        effect, last = (float(said[1]), int(said[2])) if said else (None, None)
    except ValueError:
        effect, last = None, None
    wanted = {name: query[name] for name in ("place", "department", "severity")}
    return database.rows(_QUEUE, round=round_id, places=places, effect=effect, last=last, many=many, **wanted)


def _cursor(queue: Sequence[RowMapping]) -> str:
    """Where the next page begins; empty on the last one."""
    if len(queue) <= QUEUE_PAGE:
        return ""
    last = queue[QUEUE_PAGE - 1]
    return f"{last['effect']!r}_{last['finding_id']}"


def _following(request: Request, viewer: Viewer, query: dict[str, str], finding_id: int) -> int:
    """The finding that opens after this one is settled: the next in the queue, else the first."""
    around = page.frame(request, viewer, "findings", all_batches=True)
    ids = [row["finding_id"] for row in _queue(around.round, viewer.places(Right.LOOK), query, QUEUE_PAGE + 1)]
    at = ids.index(finding_id) + 1 if finding_id in ids else 0
    rest = ids[at:] or [known for known in ids if known != finding_id]
    return int(rest[0]) if rest else 0


def _beside(queue: Sequence[RowMapping], chosen: int) -> dict[str, int]:
    """The findings before and after the chosen one on this page of the queue; 0 for none."""
    ids = [0, *(row["finding_id"] for row in queue), 0]
    at = ids.index(chosen) if chosen and chosen in ids else 0
    return {"previous": ids[at - 1] if at else 0, "next": ids[at + 1] if at else 0}


def _options(around: page.Frame, places: list[str] | None) -> dict[str, dict[str, str]]:
    """What the filters offer: places and departments of the round."""
    known = database.rows(_OPTIONS, round=around.round, places=places)
    return {
        "place_options": {row["place"]: around.name(row, "place") for row in known},
        "department_options": {row["department"]: around.name(row, "department") for row in known},
    }

"""豁免、延期与催报: excuse what is owed, remind of it now, take that back, see what was sent and send again what failed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.exceptions import HTTPException

from learning_city.errors import NeedsAPerson
from learning_city.prepare import obligations, remind, urge
from learning_city.web import database, owed, page, recompute
from learning_city.web.rights import Right, Viewer
from learning_city.web.security import MayExcuse, MayLook, MayRemind, NotGranted

router = APIRouter()
REASON_LIMIT = 500
REMINDERS_A_PAGE = 200
ACTIONS: tuple[obligations.Action, ...] = ("exempt", "extend", "resume")
REFUSALS = ("no_date", "no_reason", "state")
"""Why an exemption or extension was not taken: sentences ``excuse.refused.*``."""
Pick = Annotated[str, Query(max_length=6000)]
Note = Annotated[str, Query(max_length=10)]

_ONE = "SELECT obligation_id, round, place, department, state FROM intake.obligation WHERE obligation_id = :id"
_OPEN = """
SELECT obligation_id FROM intake.obligation
WHERE obligation_id = ANY(:ids) AND state IN ('未下发', '已下发', '已退回') ORDER BY 1
"""
_BATCH = """
SELECT b.batch_id, b.who, b.taken_back_by, greatest(ceil(extract(epoch FROM b.held_until - now())), 0)::integer AS seconds,
  count(DISTINCT (o.place, o.department)) AS letters, array_agg(DISTINCT o.place) AS places
FROM intake.reminder_batch AS b JOIN intake.reminder AS m USING (batch_id) JOIN intake.obligation AS o USING (obligation_id)
WHERE b.batch_id = :id AND b.round = :round GROUP BY 1
"""
_HELD = """
SELECT max(batch_id) AS batch_id FROM intake.reminder_batch
WHERE round = :round AND who = :who AND held_until > now() AND taken_back_by IS NULL
"""
_REMINDERS = """
SELECT m.reminder_id, m.kind, m.day, m.message, m.state, m.channel, m.address, m.copied_to, m.error, m.sent_at,
  m.retried_by, b.who AS asked_by, b.asked_at, b.taken_back_by, r.place_name AS place_zh, r.place_name_en AS place_en,
  r.department_name AS department_zh, r.department_name_en AS department_en, r.form_name AS form_zh,
  r.form_name_en AS form_en, r.place, r.department
FROM intake.reminder AS m JOIN mart.reporting_status AS r USING (obligation_id)
LEFT JOIN intake.reminder_batch AS b USING (batch_id)
WHERE r.round = :round AND (CAST(:places AS text[]) IS NULL OR r.place = ANY(CAST(:places AS text[])))
  AND (:state = '' OR m.state = :state)
ORDER BY array_position(ARRAY['failed', 'pending', 'sent', 'taken_back'], m.state), m.day DESC, m.reminder_id DESC
LIMIT :many
"""
_FAILED = """
SELECT m.reminder_id FROM intake.reminder AS m JOIN intake.obligation AS o USING (obligation_id)
WHERE o.round = :round AND m.state = 'failed'
  AND (CAST(:places AS text[]) IS NULL OR o.place = ANY(CAST(:places AS text[])))
"""
_COUNTS = """
SELECT m.state, count(*) AS n FROM intake.reminder AS m JOIN intake.obligation AS o USING (obligation_id)
WHERE o.round = :round AND (CAST(:places AS text[]) IS NULL OR o.place = ANY(CAST(:places AS text[])))
GROUP BY m.state
"""


def said(request: Request) -> dict[str, Any]:
    """What was done or refused just now, with the reason that was typed, as the board shows it."""
    asked = request.query_params
    refused, done, batch = asked.get("refused", ""), asked.get("done", ""), asked.get("batch", "")
    found = database.row(_BATCH, id=int(batch), round=asked.get("round", "")) if batch.isdecimal() else None
    return {
        "refused": refused if refused in (*REFUSALS, "nothing", "too_late") else "", "typed": asked.get("typed", "")[:500],
        "done": done if done in (*ACTIONS, "taken_back") else "", "done_count": asked.get("n", "")[:6], "batch": found,
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """What a head asks for an obligation: exempt, extend or resume; until which day; why."""

    action: str
    until: str
    why: str


def asked_of(
    request: Request,
    action: Annotated[str, Form(max_length=10)] = "",
    until: Annotated[str, Form(max_length=10)] = "",
    why: Annotated[str, Form(max_length=REASON_LIMIT)] = "",
) -> Asked:
    """What was asked; the reason is kept where the page for a failure finds it."""
    request.state.typed = why
    return Asked(action, until, why)


WhatIsAsked = Annotated[Asked, Depends(asked_of)]


@router.post("/obligations/{obligation_id}/decide", response_model=None)
def decide(
    request: Request,
    viewer: MayExcuse,
    obligation_id: int,
    asked: WhatIsAsked,
    pick: Pick = "",
) -> Response:
    """Exempt, extend or resume one obligation; then its row on the board again, with what was done or refused."""
    one = database.row(_ONE, id=obligation_id)
    if one is None or asked.action not in ACTIONS:
        raise HTTPException(404)
    if not viewer.may(Right.EXCUSE, one["place"]):
        raise NotGranted(viewer, Right.EXCUSE)
    refused = _decided(viewer, [obligation_id], asked)
    around = page.frame(request, viewer, "")
    around.round = one["round"]
    told = _told(refused, asked, 1)
    back = around.link("", pick=pick or f"{one['place']}~{one['department']}", **told)
    return RedirectResponse(f"{back}#o-{obligation_id}", 303)


@router.post("/obligations/decide", response_model=None)
def decide_picked(
    request: Request,
    viewer: MayExcuse,
    asked: WhatIsAsked,
    pick: Pick = "",
) -> Response:
    """Exempt or extend everything that the chosen cells still owe."""
    if asked.action not in ("exempt", "extend"):
        raise HTTPException(404)
    around, cells = _chosen(request, viewer, pick, Right.EXCUSE)
    ids = owed.in_cells(around.round, cells, viewer, Right.EXCUSE)
    still = [row["obligation_id"] for row in database.rows(_OPEN, ids=ids)]
    refused = _decided(viewer, still, asked) if still else "state"
    return RedirectResponse(around.link("", pick=pick, **_told(refused, asked, len(still))) + "#cell", 303)


def _told(refused: str, asked: Asked, count: int) -> dict[str, object]:
    if refused:
        return {"refused": refused, "typed": asked.why}
    return {"done": asked.action, "n": count}


def _chosen(request: Request, viewer: Viewer, pick: str, right: Right) -> tuple[page.Frame, list[tuple[str, str]]]:
    """The page and the chosen cells; refused when the person lacks the right at the place of any of them."""
    cells = owed.Wanted(pick=pick).picked
    if not all(viewer.may(right, place) for place, _ in cells):
        raise NotGranted(viewer, right)
    return page.frame(request, viewer, ""), cells


@router.post("/reminders", response_model=None)
def send(
    request: Request, viewer: MayRemind, pick: Pick = "", copied: Annotated[str, Form(max_length=4)] = ""
) -> Response:
    """Remind the departments of the chosen cells; for half a minute it can be taken back."""
    around, cells = _chosen(request, viewer, pick, Right.REMIND)
    ids = owed.in_cells(around.round, cells, viewer, Right.REMIND)
    today = database.rows("SELECT app.today() AS day")[0]["day"]
    try:
        batch = urge.urge(database.engine(), ids, today, who=viewer.name, copied=bool(copied))
    except NeedsAPerson:
        held = database.row(_HELD, round=around.round, who=viewer.name)
        told = {"refused": "nothing", "batch": held["batch_id"] if held else None}
        return RedirectResponse(around.link("", pick=pick, **told) + "#urge", 303)
    recompute.remind_at(batch.held_until, viewer.name)
    return RedirectResponse(around.link("", pick=pick, batch=batch.batch_id) + "#urge", 303)


@router.post("/reminders/{batch_id}/take-back", response_model=None)
def take_back(request: Request, viewer: MayRemind, batch_id: int, pick: Pick = "") -> Response:
    """Take a batch of reminders back before it leaves; afterwards it says that it is too late."""
    around = page.frame(request, viewer, "")
    batch = database.row(_BATCH, id=batch_id, round=around.round)
    if batch is None:
        raise HTTPException(404)
    if not all(viewer.may(Right.REMIND, place) for place in batch["places"]):
        raise NotGranted(viewer, Right.REMIND)
    count = urge.take_back(database.engine(), batch_id, who=viewer.name)
    told: dict[str, object] = {"done": "taken_back", "n": batch["letters"]} if count else {"refused": "too_late"}
    return RedirectResponse(around.link("", pick=pick, **told) + "#urge", 303)


def _decided(viewer: Viewer, ids: Sequence[int], asked: Asked) -> str:
    """Empty when it worked, else the key of the sentence that says why not."""
    try:
        day = date.fromisoformat(asked.until) if asked.until else None
    except ValueError:
        return "no_date"
    if not asked.why.strip():
        return "no_reason"
    if asked.action != "resume" and (day is None or day < date.today()):  # noqa: DTZ011 - judged again by the database's clock
        return "no_date"
    chosen = next(known for known in ACTIONS if known == asked.action)
    try:
        obligations.decide(database.engine(), ids, chosen, until=day, who=viewer.name, why=asked.why)
    except NeedsAPerson:
        return "state"
    return ""


@router.get("/reminders", response_class=HTMLResponse)
def reminders(
    request: Request, viewer: MayLook, state: Annotated[str, Query(max_length=10)] = "", again: int = 0
) -> HTMLResponse:
    """Reminders of a round, failed ones first."""
    state = state if state in ("failed", "pending", "sent", "taken_back") else ""
    around = page.frame(request, viewer, "reminders", state=state)
    asked: dict[str, Any] = {"round": around.round, "places": viewer.places(Right.LOOK)}
    counts = {row["state"]: row["n"] for row in database.rows(_COUNTS, **asked)}
    found = database.rows(_REMINDERS, **asked, state=state, many=REMINDERS_A_PAGE)
    return page.render(
        around, "reminders.html", found=found, counts=counts, state=state, again_count=again,
        may_remind=viewer.may(Right.REMIND), limit=REMINDERS_A_PAGE,
    )  # fmt: skip


@router.post("/reminders/retry", response_model=None)
def retry(request: Request, viewer: MayRemind) -> Response:
    """Let every failed reminder of the round that this person may send be sent again by the next run."""
    around = page.frame(request, viewer, "reminders")
    failed = database.rows(_FAILED, round=around.round, places=viewer.places(Right.REMIND))
    count = remind.retry(database.engine(), [row["reminder_id"] for row in failed], who=viewer.name)
    return RedirectResponse(around.link("reminders", again=count or ""), 303)

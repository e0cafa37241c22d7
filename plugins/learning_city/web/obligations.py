"""豁免、延期与催报: excuse what is owed, see what was reminded of, and send again what failed."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.exceptions import HTTPException

from learning_city.errors import NeedsAPerson
from learning_city.prepare import obligations, remind
from learning_city.web import database, page
from learning_city.web.rights import Right, Viewer
from learning_city.web.security import MayExcuse, MayLook, MayRemind, NotGranted

router = APIRouter()
REASON_LIMIT = 500
REMINDERS_A_PAGE = 200
ACTIONS: tuple[obligations.Action, ...] = ("exempt", "extend", "resume")

_ONE = "SELECT obligation_id, round, place, department FROM intake.obligation WHERE obligation_id = :id"
_REMINDERS = """
SELECT m.obligation_id, m.kind, m.day, m.message, m.state, m.channel, m.address, m.error, m.sent_at, m.retried_by,
  r.place_name AS place_zh, r.place_name_en AS place_en, r.department_name AS department_zh,
  r.department_name_en AS department_en, r.form_name AS form_zh, r.form_name_en AS form_en, r.place, r.department
FROM intake.reminder AS m JOIN mart.reporting_status AS r USING (obligation_id)
WHERE r.round = :round AND (CAST(:places AS text[]) IS NULL OR r.place = ANY(CAST(:places AS text[])))
  AND (:state = '' OR m.state = :state)
ORDER BY array_position(ARRAY['failed', 'pending', 'sent'], m.state), m.day DESC, r.place, r.department LIMIT :many
"""
_COUNTS = """
SELECT m.state, count(*) AS n FROM intake.reminder AS m JOIN intake.obligation AS o USING (obligation_id)
WHERE o.round = :round AND (CAST(:places AS text[]) IS NULL OR o.place = ANY(CAST(:places AS text[])))
GROUP BY m.state
"""


@router.post("/obligations/{obligation_id}/decide", response_model=None)
def decide(
    request: Request,
    viewer: MayExcuse,
    obligation_id: int,
    action: Annotated[str, Form(max_length=10)] = "",
    until: Annotated[str, Form(max_length=10)] = "",
    why: Annotated[str, Form(max_length=REASON_LIMIT)] = "",
) -> Response:
    """Exempt, extend or resume one obligation; then its cell on the board opens again, with what was refused."""
    request.state.typed = why
    one = database.row(_ONE, id=obligation_id)
    if one is None or action not in ACTIONS:
        raise HTTPException(404)
    if not viewer.may(Right.EXCUSE, one["place"]):
        raise NotGranted(viewer, Right.EXCUSE)
    refused = _decided(viewer, obligation_id, action, until, why)
    around = page.frame(request, viewer, "")
    around.round = one["round"]
    back = around.link(
        "", place=one["place"], department=one["department"], refused=refused, typed=why if refused else ""
    )
    return RedirectResponse(f"{back}#cell", 303)


def _decided(viewer: Viewer, obligation_id: int, action: str, until: str, why: str) -> str:
    """Empty when it worked, else the key of the sentence that says why not."""
    try:
        day = date.fromisoformat(until) if until else None
    except ValueError:
        return "no_date"
    if not why.strip():
        return "no_reason"
    if action != "resume" and (day is None or day < date.today()):  # noqa: DTZ011 - judged again by the database's clock
        return "no_date"
    chosen = next(known for known in ACTIONS if known == action)
    try:
        obligations.decide(database.engine(), [obligation_id], chosen, until=day, who=viewer.name, why=why)
    except NeedsAPerson:
        return "state"
    return ""


@router.get("/reminders", response_class=HTMLResponse)
def reminders(
    request: Request, viewer: MayLook, state: Annotated[str, Query(max_length=10)] = "", again: int = 0
) -> HTMLResponse:
    """Reminders of a round, failed ones first."""
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
    failed = database.rows(
        _REMINDERS, round=around.round, places=viewer.places(Right.REMIND), state="failed", many=100_000
    )
    keys = [(row["obligation_id"], row["kind"], row["day"]) for row in failed]
    count = remind.retry(database.engine(), keys, who=viewer.name)
    return RedirectResponse(around.link("reminders", again=count or ""), 303)

"""报送件: what came in, whose it is, whether it counts; upload with a self-check first, claim, withdraw, purge."""

from collections.abc import Callable
from typing import Annotated, Any

from airflow.sdk import ObjectStoragePath
from fastapi import APIRouter, BackgroundTasks, Depends, Form, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy import RowMapping
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from learning_city.collect import custody
from learning_city.errors import NeedsAPerson
from learning_city.model.home import Home
from learning_city.web import database, page, upload_files
from learning_city.web.rights import Right, Viewer
from learning_city.web.security import MayLook, MayPurge, MayReceive, NotGranted

router = APIRouter()
Short = Annotated[str, Query(max_length=120)]
STATES = ("unclaimed", "parsed", "validated", "in_review", "returned", "accepted", "superseded", "withdrawn")
REASON_LIMIT = 500
A_PAGE = 100
LOOK_AGAIN = 2
"""Seconds after which a page that waits for a self-check looks again."""
ACTS = ("claim", "withdraw", "purge")
REFUSALS = ("too_large", "too_many", "no_file", "no_round", "no_reason", "not_done", "not_kept")
_FOUND = """
SELECT s.submission_id, s.kind, s.delivered_as, s.file_name, s.sha256, s.bytes, s.department, s.place, s.source, s.problem,
  s.revision, s.supersedes, s.state, s.received_at, s.purged_at, p.name_zh AS place_zh, p.name_en AS place_en,
  d.name_zh AS department_zh, d.name_en AS department_en, e.events, g.state AS signed,
  (SELECT count(*) FROM intake.evidence AS v WHERE v.submission_id = s.submission_id) AS evidence
FROM intake.submission AS s
LEFT JOIN LATERAL (SELECT x.name_zh, x.name_en FROM ref.place AS x WHERE x.place = s.place
  ORDER BY x.edition DESC, daterange(x.valid_from, x.valid_to) @> intake.last_day(s.period) DESC, x.valid_from DESC LIMIT 1) AS p ON true
LEFT JOIN LATERAL (SELECT x.name_zh, x.name_en FROM ref.department AS x WHERE x.department = s.department
  ORDER BY x.edition DESC, daterange(x.valid_from, x.valid_to) @> intake.last_day(s.period) DESC, x.valid_from DESC LIMIT 1) AS d ON true
LEFT JOIN LATERAL (
  SELECT jsonb_agg(jsonb_build_object('action', v.action, 'who', v.who, 'why', v.why) ORDER BY v.event_id) AS events
  FROM intake.submission_event AS v WHERE v.submission_id = s.submission_id
) AS e ON true
LEFT JOIN intake.signoff_state AS g ON g.submission_id = s.submission_id AND s.problem IS NULL
WHERE s.round = :round AND (:state = '' OR s.state = :state)
  AND (CAST(:places AS text[]) IS NULL OR s.place = ANY(CAST(:places AS text[])))
  AND (CAST(:before AS bigint) = 0 OR s.submission_id < CAST(:before AS bigint))
ORDER BY s.submission_id DESC LIMIT :many
"""
_COUNTS = """
SELECT state, count(*) AS n FROM intake.submission
WHERE round = :round AND (CAST(:places AS text[]) IS NULL OR place = ANY(CAST(:places AS text[]))) GROUP BY state
"""
_OWING = """
SELECT DISTINCT o.department, o.place, r.department_name AS department_zh, r.department_name_en AS department_en,
  r.place_name AS place_zh, r.place_name_en AS place_en
FROM intake.obligation AS o JOIN mart.reporting_status AS r USING (obligation_id)
WHERE o.round = :round AND o.state NOT IN ('已报送', '审核中', '已通过', '豁免') ORDER BY o.place, o.department LIMIT 500
"""
_HERE = """
SELECT s.submission_id, s.delivered_as, e.action, e.who, e.recorded_at AS at FROM intake.submission AS s
LEFT JOIN LATERAL (SELECT x.action, x.who, x.recorded_at FROM intake.submission_event AS x
  WHERE x.submission_id = s.submission_id ORDER BY x.event_id DESC LIMIT 1) AS e ON true
WHERE s.submission_id = :id AND (CAST(:places AS text[]) IS NULL OR s.place = ANY(CAST(:places AS text[])))
"""
_ONE = "SELECT submission_id, round, place FROM intake.submission WHERE submission_id = :id"


def told_of(
    viewer: MayLook,
    act: Short = "",
    one: Annotated[int, Query(ge=0, le=2**62)] = 0,
    refused: Short = "",
    typed: Annotated[str, Query(max_length=REASON_LIMIT)] = "",
) -> dict[str, Any]:
    """What was done or refused just now, to which submission, and the reason that was typed."""
    here = database.row(_HERE, id=one, places=viewer.places(Right.LOOK)) if one else None
    said = {"act": act if act in ACTS else "", "refused": refused if refused in REFUSALS else ""}
    return {**said, "here": here, "typed": typed}


ToldQuery = Annotated[dict[str, Any], Depends(told_of)]


@router.get("/submissions", response_class=HTMLResponse)
def submissions(
    request: Request,
    viewer: MayLook,
    told: ToldQuery,
    state: Short = "",
    before: Annotated[int, Query(ge=0, le=2**62)] = 0,
    upload: Annotated[str, Query(max_length=64)] = "",
) -> HTMLResponse:
    """What came in for a round, newest first; for a clerk an upload and the result of its self-check."""
    state = state if state in STATES else ""
    around = page.frame(request, viewer, "submissions", all_batches=True, state=state)
    asked: dict[str, Any] = {"round": around.round, "places": viewer.places(Right.LOOK)}
    found = database.rows(_FOUND, **asked, state=state, before=before, many=A_PAGE + 1)
    may_receive = viewer.may(Right.RECEIVE, "")
    checked = upload_files.checked(upload) if upload and may_receive else None
    waits = upload_files.waits(checked) if checked else None
    shown = page.render(
        around, "submissions.html",
        found=found[:A_PAGE], older=found[A_PAGE - 1]["submission_id"] if len(found) > A_PAGE else 0, before=before,
        counts={row["state"]: row["n"] for row in database.rows(_COUNTS, **asked)}, states=STATES, state=state,
        owing=database.rows(_OWING, round=around.round) if may_receive else (),
        checked=checked, waits=waits, upload=upload,
        may_receive=may_receive, limit=REASON_LIMIT, **told,
        largest=upload_files.LARGEST // 2**20,
        most=upload_files.MOST_FILES,
    )  # fmt: skip
    if waits is not None:
        shown.headers["Refresh"] = str(LOOK_AGAIN)
    return shown


@router.post("/submissions/upload", response_model=None)
async def upload(request: Request, viewer: MayReceive, after: BackgroundTasks) -> Response:
    """Keep the files of one delivery apart and check its workbooks; nothing is registered yet.

    The check goes on after the answer; the page it leads to looks again until it is done.
    """
    around = await run_in_threadpool(_around, request, viewer)
    if not _is_open(around):
        return _back(around, "no_round")
    size = request.headers.get("content-length", "")
    if not size.isdecimal() or int(size) > upload_files.LARGEST:
        return _back(around, "too_large")
    files = await _sent(request)
    if not files:
        return _back(around, "no_file" if files is not None else "too_many")
    token = await run_in_threadpool(upload_files.keep, files)
    after.add_task(upload_files.check, token, await run_in_threadpool(upload_files.begin, token, around.round))
    return RedirectResponse(around.link("submissions", upload=token), 303)


async def _sent(request: Request) -> list[tuple[str, bytes]] | None:
    """The files that were sent, by name; None where they are too many."""
    try:
        async with request.form(max_files=upload_files.MOST_FILES, max_fields=4) as form:
            sent = [one for one in form.getlist("files") if isinstance(one, UploadFile) and one.filename]
            return [(one.filename or "", await one.read()) for one in sent]
    except HTTPException as refused:
        if refused.detail.startswith("Too many files"):
            return None
        raise


@router.post("/submissions/register", response_model=None)
def register(request: Request, viewer: MayReceive, upload: Annotated[str, Form(max_length=64)] = "") -> Response:
    """Put a checked delivery into the round's inbox in one move; the collection takes it from there."""
    around = _around(request, viewer)
    if not _is_open(around):
        return RedirectResponse(around.link("submissions", upload=upload, refused="no_round"), 303)
    home = Home.from_environment()
    inbox = ObjectStoragePath(home.inbox_url or home.inbox.as_uri())
    name = upload_files.deliver(upload, inbox / around.round, viewer.name)
    return RedirectResponse(
        around.link("submissions", upload=upload if name else "", refused="" if name else "not_kept"), 303
    )


@router.post("/submissions/{submission_id}/claim", response_model=None)
def claim(
    request: Request,
    viewer: MayReceive,
    submission_id: int,
    whose: Annotated[str, Form(max_length=120)] = "",
    why: Annotated[str, Form(max_length=REASON_LIMIT)] = "",
) -> Response:
    """Say whose an unidentified file is (``whose`` is ``place/department``)."""
    place, _, department = whose.partition("/")
    said = {"department": department, "place": place, "who": viewer.name, "why": why}
    return _decided(
        request, viewer, submission_id, why, lambda: custody.claim(database.engine(), submission_id, **said)
    )


@router.post("/submissions/{submission_id}/withdraw", response_model=None)
def withdraw(
    request: Request, viewer: MayReceive, submission_id: int, why: Annotated[str, Form(max_length=REASON_LIMIT)] = ""
) -> Response:
    """Take a submission back before it is accepted."""
    said = {"who": viewer.name, "why": why}
    return _decided(
        request, viewer, submission_id, why, lambda: custody.withdraw(database.engine(), submission_id, **said)
    )


@router.post("/submissions/{submission_id}/purge", response_model=None)
def purge(
    request: Request, viewer: MayPurge, submission_id: int, why: Annotated[str, Form(max_length=REASON_LIMIT)] = ""
) -> Response:
    """Ask for a file's bytes to be removed; they are when a second head asks the same."""
    archive, said = Home.from_environment().archive, {"who": viewer.name, "why": why}
    return _decided(
        request, viewer, submission_id, why, lambda: custody.purge(database.engine(), archive, submission_id, **said)
    )


def _decided(
    request: Request, viewer: Viewer, submission_id: int, why: str, act: Callable[[], object]
) -> RedirectResponse:
    """Do it, and lead back to its row of the list; what is refused says so and keeps the reason that was typed."""
    request.state.typed = why
    one: RowMapping | None = database.row(_ONE, id=submission_id)
    if one is None:
        raise HTTPException(404)
    if not viewer.may(Right.RECEIVE, one["place"] or "") and not viewer.may(Right.PURGE, one["place"] or ""):
        raise NotGranted(viewer, Right.RECEIVE)
    around = _around(request, viewer)
    around.round = one["round"]
    refused = "" if why.strip() else "no_reason"
    try:
        if not refused:
            act()
    except NeedsAPerson:
        refused = "not_done"
    asked, did = request.query_params, request.url.path.rpartition("/")[2]
    told = {"act": did, "one": submission_id, "refused": refused, "typed": why if refused else ""}
    kept = {key: asked.get(key, "")[:20] for key in ("state", "before")}
    return RedirectResponse(around.link("submissions", **kept, **told) + f"#s-{submission_id}", 303)


def _around(request: Request, viewer: Viewer) -> page.Frame:
    return page.frame(request, viewer, "submissions", all_batches=True)


def _is_open(around: page.Frame) -> bool:
    """Whether the round in the header is collected: an open one, and no batch of tables."""
    return any(row["round"] == around.round and row["state"] == "open" for row in around.rounds)


def _back(around: page.Frame, refused: str) -> RedirectResponse:
    return RedirectResponse(around.link("submissions", refused=refused), 303)

"""What the forms of 定性与述评 do: write a version, confirm what another wrote, send it back, hand out its evidence."""

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response, UploadFile
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.datastructures import UploadFile as Uploaded
from starlette.exceptions import HTTPException

from learning_city.collect import archive
from learning_city.errors import Refused
from learning_city.model.home import Home
from learning_city.review import judge
from learning_city.review.judge import Evidence, Judgement, Subject
from learning_city.web import database, page
from learning_city.web.findings import REASON_LIMIT
from learning_city.web.judgements import OFFERED, Opened, Wanted, judged
from learning_city.web.rights import Right, Viewer
from learning_city.web.security import MayAccept, MayJudge, MayLook, NotGranted
from learning_city.web.submission import attachment
from learning_city.web.upload_files import plain_name

router = APIRouter()
LARGEST = 20 * 2**20
"""Bytes of everything that is sent with a judgement."""
_ABOUT = """
SELECT framework, indicator, place, period, evidence FROM quality.judgement WHERE judgement_id = :id
"""
Why = Annotated[str, Form(max_length=REASON_LIMIT)]


@router.post("/judgements", response_model=None)
async def write(request: Request, viewer: MayJudge) -> Response:
    """Write a version; it waits for a second person."""
    size = request.headers.get("content-length", "")
    if not size.isdecimal() or int(size) > LARGEST:
        raise HTTPException(413)
    async with request.form(max_files=1, max_fields=200) as sent:
        file = sent.get("file")
        content = await file.read() if isinstance(file, Uploaded) and file.filename else b""
        return await run_in_threadpool(_write, request, viewer, sent, content)


def _write(request: Request, viewer: Viewer, sent: FormData, content: bytes) -> Response:
    said = {name: _text(sent, name) for name in ("framework", "indicator", "place", "period")}
    wanted, file = Wanted(**said), sent.get("file")
    _must(viewer, Right.JUDGE, wanted.place)
    typed = Opened(
        level=_text(sent, "level"), commentary=_text(sent, "commentary"), shown=[str(one) for one in sent.getlist("shown")]
    )  # fmt: skip
    request.state.typed = typed.commentary

    def act() -> None:
        if len(typed.commentary) > REASON_LIMIT:
            raise Refused("too_long", "")
        evidence = _chosen(wanted, typed)
        if content and isinstance(file, UploadFile | Uploaded):
            evidence += _kept(file.filename or "", content)
        version = Judgement(level=typed.level or None, commentary=typed.commentary, evidence=evidence)
        judge.judge(database.engine(), Subject(**wanted.subject), version, who=viewer.name)

    return _answer(request, viewer, wanted, typed, "judge", act)


@router.post("/judgements/{judgement_id}/confirm", response_model=None)
def confirm(request: Request, viewer: MayAccept, judgement_id: int, why: Why = "") -> Response:
    """Be the second person: from now on the version counts."""
    wanted = _about(viewer, judgement_id)

    def act() -> None:
        judge.confirm(database.engine(), judgement_id, who=viewer.name, why=why)

    return _answer(request, viewer, wanted, Opened(why=why), "confirm", act)


@router.post("/judgements/{judgement_id}/return", response_model=None)
def send_back(request: Request, viewer: MayAccept, judgement_id: int, why: Why = "") -> Response:
    """Send a version back to who wrote it, with a reason."""
    wanted = _about(viewer, judgement_id)

    def act() -> None:
        judge.send_back(database.engine(), judgement_id, who=viewer.name, why=why)

    return _answer(request, viewer, wanted, Opened(why=why), "return", act)


@router.get("/judgements/{judgement_id}/files/{sha256}", response_model=None)
def download(viewer: MayLook, judgement_id: int, sha256: str) -> Response:
    """A file that was uploaded as evidence, as an attachment that nothing runs in."""
    found = database.row(_ABOUT, id=judgement_id) if judgement_id < 2**62 else None
    if found is None or not viewer.may(Right.LOOK, found["place"]):
        raise HTTPException(404)
    own = {one["sha256"]: one["name"] for one in found["evidence"] if one["submission_id"] is None}
    if sha256 not in own:
        raise HTTPException(404)
    return attachment(sha256, own[sha256])


def _about(viewer: Viewer, judgement_id: int) -> Wanted:
    """What a version is about; refuses whoever may not decide at its place."""
    found = database.row(_ABOUT, id=judgement_id) if judgement_id < 2**62 else None
    if found is None:
        raise HTTPException(404)
    _must(viewer, Right.ACCEPT, found["place"])
    return Wanted(**{name: found[name] for name in ("framework", "indicator", "place", "period")})


def _must(viewer: Viewer, right: Right, place: str) -> None:
    if not viewer.may(right, place):
        raise NotGranted(viewer, right)


def _text(sent: FormData, name: str) -> str:
    said = sent.get(name, "")
    return said.replace("\x00", "") if isinstance(said, str) else ""


def _chosen(wanted: Wanted, typed: Opened) -> list[Evidence]:
    """The archived files that were ticked; only those of the place and period are on offer."""
    offered = database.rows(OFFERED, place=wanted.place, period=wanted.period)
    return [
        Evidence(sha256=row["sha256"], name=row["name"], submission_id=row["submission_id"])
        for row in offered
        if row["key"] in typed.shown
    ]


def _kept(name: str, content: bytes) -> list[Evidence]:
    (stored,) = archive.put(Home.from_environment().archive, [content])
    return [Evidence(sha256=stored.sha256, name=plain_name(name) or stored.sha256[:12])]


def _answer(
    request: Request, viewer: Viewer, wanted: Wanted, typed: Opened, done: str, act: Callable[[], None]
) -> Response:
    """Do it and lead back to what was judged; what is refused says so and keeps what was typed."""
    try:
        act()
    except Refused as refusal:
        problem = f"judge.{refusal.because}"
        if refusal.because == "no_indicator":
            wanted = replace(wanted, indicator="", place="")
        return judged(request, viewer, wanted, replace(typed, problem=problem))
    around = page.frame(request, viewer, "judgements")
    return RedirectResponse(around.link("judgements", **wanted.subject, done=done) + "#one", 303)

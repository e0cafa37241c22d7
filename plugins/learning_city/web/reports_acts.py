"""What the forms of 报告 do: ask for a build, approve it, release it, restore an earlier one."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from learning_city.errors import Refused
from learning_city.model.home import Home
from learning_city.reports import life, request
from learning_city.reports.files import Damaged
from learning_city.web import database, page, recompute
from learning_city.web.reports import Number, Typed, shown
from learning_city.web.rights import Right, Viewer
from learning_city.web.security import MayBuild, MayRelease, NotGranted

router = APIRouter()
Text = Annotated[str, Form()]
LONGEST = {"why": 2000, "certified_by": 200, "despite": 2000}
"""Characters that each text of a decision may have."""


@router.post("/reports/build", response_model=None)
def ask(
    req: Request,
    viewer: MayBuild,
    framework: Annotated[str, Form(max_length=80)] = "",
    period: Annotated[str, Form(max_length=20)] = "",
    places: Annotated[list[str] | None, Form(max_length=400)] = None,
    formats: Annotated[list[str] | None, Form(max_length=40)] = None,
    certified_by: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Write the request down and let Airflow carry it out."""
    _everywhere(viewer, Right.BUILD)
    said: dict[str, Any] = {
        "framework": framework,
        "period": period.strip(),
        "places": places or [],
        "formats": formats or [],
        "certified_by": certified_by.strip(),
    }
    try:
        number = request.ask(database.engine(), **said, who=viewer.name)
    except Refused as refusal:
        typed = Typed(problem=f"reports.refused.{refusal.because}", framework=framework, period=period)
        typed.certified_by = certified_by
        return shown(req, viewer, typed=typed, status=422)
    recompute.build_now({**said, "request": number}, viewer.name)
    return _back(req, viewer, 0, "build")


@router.post("/reports/{build}/approve", response_model=None)
def approve(req: Request, viewer: MayRelease, build: Number, why: Text = "") -> Response:
    """Be the second person: the draft may be released."""
    return _act(req, viewer, build, "approve", Typed(why=why))


@router.post("/reports/{build}/release", response_model=None)
def release(
    req: Request, viewer: MayRelease, build: Number, why: Text = "", certified_by: Text = "", despite: Text = ""
) -> Response:
    """Put it in force; what was in force is superseded in the same moment."""
    return _act(req, viewer, build, "release", Typed(why=why, certified_by=certified_by, despite=despite))


@router.post("/reports/{build}/restore", response_model=None)
def restore(req: Request, viewer: MayRelease, build: Number, why: Text = "") -> Response:
    """Put an earlier build in force again."""
    return _act(req, viewer, build, "restore", Typed(why=why))


def _act(req: Request, viewer: Viewer, build: int, act: str, typed: Typed) -> Response:
    _everywhere(viewer, Right.RELEASE)
    req.state.typed = typed.why
    if _faulty(req, viewer, typed):
        return shown(req, viewer, build=build, typed=typed, status=422)
    by = {"who": viewer.name, "why": typed.why}
    try:
        if act == "approve":
            life.approve(database.engine(), build, **by)
        elif act == "restore":
            life.restore(database.engine(), Home.from_environment(), build, **by)
        else:
            said = {"certified_by": typed.certified_by, "despite": typed.despite}
            life.release(database.engine(), Home.from_environment(), build, **by, **said)
    except Damaged as refusal:
        typed.problem = "reports.refused.damaged"
        typed.named = {"files": "、".join(refusal.names), "n": build}
        return shown(req, viewer, build=build, typed=typed, status=409)
    except Refused as refusal:
        typed.problem = f"reports.refused.{refusal.because}"
        return shown(req, viewer, build=build, typed=typed, status=409)
    return _back(req, viewer, build, act)


def _faulty(req: Request, viewer: Viewer, typed: Typed) -> bool:
    """Whether a text cannot be kept as it was typed; says so in ``typed``, where the text stays."""
    around = page.frame(req, viewer, "reports")
    for name, most in LONGEST.items():
        said, label = getattr(typed, name), around.say(f"reports.typed.{name}")
        if "\x00" in said:
            setattr(typed, name, said.replace("\x00", ""))
            typed.problem, typed.named = "reports.refused.control", {"field": label}
        elif len(said) > most:
            typed.problem = "reports.refused.too_long"
            typed.named = {"field": label, "length": len(said), "most": most}
    return bool(typed.problem)


def _everywhere(viewer: Viewer, right: Right) -> None:
    """A report is of every place: a right at one of them is not enough."""
    if viewer.places(right) is not None:
        raise NotGranted(viewer, right)


def _back(req: Request, viewer: Viewer, build: int, done: str) -> Response:
    around = page.frame(req, viewer, "reports")
    return RedirectResponse(around.link("reports", build=build or "", done=done), 303)

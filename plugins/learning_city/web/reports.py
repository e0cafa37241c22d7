"""报告: what was built, from what, and its files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import FileResponse, HTMLResponse
from sqlalchemy import RowMapping
from starlette.exceptions import HTTPException

from learning_city.model.home import Home
from learning_city.model.report_format import FORMATS
from learning_city.reports import files
from learning_city.web import database, page
from learning_city.web.rights import Right, Viewer
from learning_city.web.security import MayDownload, MayLook

router = APIRouter()
BUILDS = 60
"""On a page of the list."""
Number = Annotated[int, Path(ge=1, le=2**62)]
PUBLIC = ["released", "superseded", "restored"]
"""A file holds every place: who may see one place only sees builds that were published."""

_BUILDS = """
SELECT b.build_id, b.framework, b.period, b.edition, b.code_version, b.inputs_hash, b.state, b.requested_by,
  b.as_of, b.places, b.frozen, r.approved_by, r.released_at, r.certified_by, b.certified_by AS to_certify, f.name_zh, f.name_en,
  (SELECT count(*) FROM report.input AS i WHERE i.build_id = b.build_id) AS inputs,
  (SELECT count(*) FROM report.artifact AS a WHERE a.build_id = b.build_id) AS files
FROM report.build AS b LEFT JOIN report.release AS r USING (build_id)
LEFT JOIN ref.framework AS f ON f.edition = b.edition AND f.framework = b.framework
WHERE (CAST(:states AS text[]) IS NULL OR b.state = ANY(CAST(:states AS text[])))
  AND (:year = '' OR b.period LIKE :year || '%') AND (:build = 0 OR b.build_id = :build)
  AND (:before = 0 OR b.build_id < :before)
ORDER BY b.build_id DESC LIMIT :many
"""
_FILES = "SELECT name, sha256, bytes FROM report.artifact WHERE build_id = :build ORDER BY name"
_EVENTS = """
SELECT action, who, why, certified_by, despite, happened_at FROM report.event WHERE build_id = :build ORDER BY event_id
"""
_OBSTACLES = "SELECT kind, what, many FROM report.obstacles(:build)"
_REQUESTS = """
SELECT request_id, framework, period, who, asked_at, state, done, total, said, build_id,
  state NOT IN ('done', 'failed') AND moved_at > now() - interval '15 minutes' AS is_moving
FROM report.request
WHERE state NOT IN ('done', 'failed') OR (state = 'failed' AND moved_at > now() - interval '1 day')
ORDER BY request_id DESC LIMIT 10
"""
_FRAMEWORKS = """
SELECT framework, name_zh, name_en FROM ref.framework WHERE edition = (SELECT max(edition) FROM ref.edition)
ORDER BY framework <> 'national_62', framework
"""
_PERIODS = "SELECT DISTINCT period FROM warehouse.indicator_value ORDER BY period DESC LIMIT 60"
_PLACES = """
SELECT DISTINCT ON (p.place) p.place, p.name_zh, p.name_en FROM ref.place AS p
WHERE p.edition = (SELECT max(edition) FROM ref.edition) AND p.place IN (SELECT place FROM warehouse.indicator_value)
ORDER BY p.place, p.valid_from DESC LIMIT 400
"""
_FILE = """
SELECT a.name, a.sha256, a.bytes FROM report.artifact AS a JOIN report.build AS b USING (build_id)
WHERE a.build_id = :build AND a.name = :name
  AND (CAST(:states AS text[]) IS NULL OR b.state = ANY(CAST(:states AS text[])))
"""


@dataclass(slots=True, kw_only=True)
class Typed:
    """What a person wrote into a form of this page, and why it was not taken."""

    problem: str = ""
    named: Mapping[str, object] = field(default_factory=dict)
    why: str = ""
    certified_by: str = ""
    despite: str = ""
    framework: str = ""
    period: str = ""


@router.get("/reports", response_class=HTMLResponse)
def reports(
    request: Request,
    viewer: MayLook,
    build: Annotated[int, Query(ge=0, le=2**62)] = 0,
    scope: Annotated[str, Query(max_length=10)] = "",
    before: Annotated[int, Query(ge=0, le=2**62)] = 0,
    done: Annotated[str, Query(pattern="^(build|approve|release|restore|)$")] = "",
) -> HTMLResponse:
    """The builds of the round's year (or of all), newest first; one of them open."""
    return shown(request, viewer, build=build, scope=scope, before=before, done=done)


def shown(
    request: Request,
    viewer: Viewer,
    *,
    build: int = 0,
    scope: str = "",
    before: int = 0,
    done: str = "",
    typed: Typed | None = None,
    status: int = 200,
) -> HTMLResponse:
    """The page, with what was typed where it was refused; it comes again by itself while something is being built."""
    around = page.frame(request, viewer, "reports", build=str(build or ""), scope=scope, before=str(before or ""))
    year = "" if scope == "all" or build else page.year_of(around)
    found = visible(viewer, year, before=before)
    builds = found[:BUILDS]
    chosen = one(viewer, build) if build else next(iter(builds), None)
    if build and chosen is None:
        raise HTTPException(404)
    older = builds[-1]["build_id"] if len(found) > BUILDS else 0
    about: dict[str, object] = {
        "builds": builds,
        "chosen": chosen,
        "year": year,
        "done": done,
        "typed": typed or Typed(),
    }
    return _page(around, status, **about, older=older, before=before, **_of(chosen))


def _page(around: page.Frame, status: int, **content: object) -> HTMLResponse:
    viewer = around.viewer
    is_limited = _states(viewer) is not None
    requests = () if is_limited else database.rows(_REQUESTS)
    rights = {
        "may_build": viewer.places(Right.BUILD) is None,
        "may_release": viewer.places(Right.RELEASE) is None,
        "is_limited": is_limited,
    }
    said = {"requests": requests, "formats": FORMATS, **_offered(around), **rights, **content}
    answer = page.render(around, "reports.html", status, **said)
    if around.request.method == "GET" and any(row["is_moving"] for row in requests):
        answer.headers["Refresh"] = "3"
    return answer


def visible(viewer: Viewer, year: str = "", *, before: int = 0) -> Sequence[RowMapping]:
    """The builds he may see, newest first, of a year or of all: a page of them and one more, where there are more."""
    return database.rows(_BUILDS, states=_states(viewer), year=year, build=0, before=before, many=BUILDS + 1)


def one(viewer: Viewer, build: int) -> RowMapping | None:
    """A build by its number, however old; None where there is none that he may see."""
    if build < 1:
        return None
    return database.row(_BUILDS, states=_states(viewer), year="", build=build, before=0, many=1)


def _of(chosen: RowMapping | None) -> dict[str, Sequence[RowMapping]]:
    """Files, steps and what is open of the build that is shown."""
    if chosen is None:
        return {"files": (), "events": (), "obstacles": ()}
    number = chosen["build_id"]
    waits = chosen["state"] in ("draft", "approved")
    return {
        "files": database.rows(_FILES, build=number),
        "events": database.rows(_EVENTS, build=number),
        "obstacles": database.rows(_OBSTACLES, build=number) if waits else (),
    }


def _offered(around: page.Frame) -> dict[str, object]:
    """What a build can be asked for: frameworks, periods that were computed, places."""
    return {
        "frameworks": database.rows(_FRAMEWORKS),
        "periods": [row["period"] for row in database.rows(_PERIODS)],
        "places": database.rows(_PLACES),
        "period": page.year_of(around),
    }


@router.get("/reports/{build}/files/{name}", response_model=None)
def download(request: Request, viewer: MayDownload, build: Number, name: str) -> Response:
    """One file of a build, as an attachment; its name and hash come from the register, never from the address."""
    known = database.row(_FILE, build=build, name=name, states=_states(viewer))
    if known is None:
        raise HTTPException(404)
    path = files.kept(Home.from_environment(), build, known["name"], known["sha256"])
    if path is None:
        return _damaged(request, viewer, build, known["name"])
    headers = {"Content-Security-Policy": "default-src 'none'; sandbox"}
    return FileResponse(path, filename=known["name"], media_type="application/octet-stream", headers=headers)


def _states(viewer: Viewer) -> list[str] | None:
    """Which builds he may see: None means all."""
    return None if viewer.places(Right.DOWNLOAD) is None else PUBLIC


def _damaged(request: Request, viewer: Viewer, build: int, name: str) -> Response:
    """A registered file is gone or is not what it was: says so, and how it comes back."""
    around = page.frame(request, viewer, "reports", build=str(build))
    said: dict[str, object] = {
        "heading": around.say("reports.damaged"), "kind": "block", "command": f"lcm report rebuild {build}",
        "lines": [around.say("reports.damaged.says", name=name)], "retry": False, "typed": None, "others": (),
    }  # fmt: skip
    return page.render(around, "error.html", 409, **said, code="", login="")

"""报告: what was built, from what, and its files."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import FileResponse, HTMLResponse
from sqlalchemy import RowMapping
from starlette.exceptions import HTTPException

from learning_city.model.home import Home
from learning_city.model.report_format import FORMATS
from learning_city.web import database, page
from learning_city.web.rights import Right, Viewer
from learning_city.web.security import MayDownload, MayLook

router = APIRouter()
BUILDS = 60
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
  AND (:year = '' OR b.period LIKE :year || '%')
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
    done: Annotated[str, Query(pattern="^(build|approve|release|restore|)$")] = "",
) -> HTMLResponse:
    """The builds of the round's year (or of all), newest first; one of them open."""
    return shown(request, viewer, build=build, scope=scope, done=done)


def shown(
    request: Request,
    viewer: Viewer,
    *,
    build: int = 0,
    scope: str = "",
    done: str = "",
    typed: Typed | None = None,
    status: int = 200,
) -> HTMLResponse:
    """The page, with what was typed where it was refused; it comes again by itself while something is being built."""
    around = page.frame(request, viewer, "reports", build=str(build or ""), scope=scope)
    year = "" if scope == "all" or build else page.year_of(around)
    builds = visible(viewer, year)
    chosen = next((row for row in builds if row["build_id"] == build), builds[0] if builds and not build else None)
    if build and chosen is None:
        raise HTTPException(404)
    about = {"builds": builds, "chosen": chosen, "year": year, "done": done, "typed": typed or Typed()}
    return _page(around, status, **about, **_of(chosen))


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


def visible(viewer: Viewer, year: str = "") -> Sequence[RowMapping]:
    """The builds he may see, newest first, of a year or of all."""
    return database.rows(_BUILDS, states=_states(viewer), year=year, many=BUILDS)


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
def download(viewer: MayDownload, build: int, name: str) -> Response:
    """One file of a build, as an attachment; its name and hash come from the register, never from the address."""
    known = database.row(_FILE, build=build, name=name, states=_states(viewer))
    if known is None:
        raise HTTPException(404)
    path = _path(build, known["name"])
    if path is None or _hash(path) != known["sha256"]:
        raise HTTPException(404)
    headers = {"Content-Security-Policy": "default-src 'none'; sandbox"}
    return FileResponse(path, filename=known["name"], media_type="application/octet-stream", headers=headers)


def _states(viewer: Viewer) -> list[str] | None:
    """Which builds he may see: None means all."""
    return None if viewer.places(Right.DOWNLOAD) is None else PUBLIC


def _path(build: int, name: str) -> Path | None:
    """Where a registered file lies; None when it is gone, or would lie elsewhere."""
    folder = (Home.from_environment().reports / str(build)).resolve()
    path = (folder / name).resolve()
    return path if path.parent == folder and path.is_file() else None


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()

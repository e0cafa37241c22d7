"""报告: what was built, from what, and its files."""

from collections.abc import Sequence
from hashlib import file_digest
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import FileResponse, HTMLResponse
from sqlalchemy import RowMapping
from starlette.exceptions import HTTPException

from learning_city.model.home import Home
from learning_city.web import database, page
from learning_city.web.rights import Right, Viewer
from learning_city.web.security import MayDownload, MayLook

router = APIRouter()
BUILDS = 60
PUBLIC = ["released", "superseded", "restored"]
"""A file holds every place: who may see one place only sees builds that were published."""

_BUILDS = """
SELECT b.build_id, b.framework, b.period, b.edition, b.code_version, b.inputs_hash, b.state, b.requested_by,
  b.as_of, r.approved_by, r.released_at, f.name_zh, f.name_en,
  (SELECT count(*) FROM report.artifact AS a WHERE a.build_id = b.build_id) AS files
FROM report.build AS b LEFT JOIN report.release AS r USING (build_id)
LEFT JOIN ref.framework AS f ON f.edition = b.edition AND f.framework = b.framework
WHERE (CAST(:states AS text[]) IS NULL OR b.state = ANY(CAST(:states AS text[])))
  AND (:year = '' OR b.period LIKE :year || '%')
ORDER BY b.build_id DESC LIMIT :many
"""
_FILES = "SELECT name, sha256, bytes FROM report.artifact WHERE build_id = :build ORDER BY name"
_FILE = """
SELECT a.name, a.sha256, a.bytes FROM report.artifact AS a JOIN report.build AS b USING (build_id)
WHERE a.build_id = :build AND a.name = :name
  AND (CAST(:states AS text[]) IS NULL OR b.state = ANY(CAST(:states AS text[])))
"""


@router.get("/reports", response_class=HTMLResponse)
def reports(
    request: Request,
    viewer: MayLook,
    build: Annotated[int, Query(ge=0, le=2**62)] = 0,
    scope: Annotated[str, Query(max_length=10)] = "",
) -> HTMLResponse:
    """The builds of the round's year (or of all), newest first; one of them open."""
    around = page.frame(request, viewer, "reports", build=str(build or ""), scope=scope)
    year = "" if scope == "all" or build else page.year_of(around)
    builds = database.rows(_BUILDS, states=_states(viewer), year=year, many=BUILDS)
    chosen = next((row for row in builds if row["build_id"] == build), builds[0] if builds and not build else None)
    if build and chosen is None:
        raise HTTPException(404)
    files: Sequence[RowMapping] = database.rows(_FILES, build=chosen["build_id"]) if chosen else ()
    return page.render(
        around,
        "reports.html",
        builds=builds,
        chosen=chosen,
        files=files,
        is_limited=_states(viewer) is not None,
        year=year,
    )


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

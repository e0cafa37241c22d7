"""目录与口径: editions, what they hold, overlaps; Excel out, and by the head Excel in: checked, tried, imported."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy import RowMapping, text
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from learning_city.catalogue import overlaps
from learning_city.catalogue.columns import TABLES
from learning_city.catalogue.headings import SHEETS
from learning_city.errors import NeedsAPerson
from learning_city.model.edition import Edition
from learning_city.prepare.handbook import handbook
from learning_city.web import catalogue_files, database, page
from learning_city.web.rights import Right, Viewer
from learning_city.web.security import MayDownload, MayLook, NotGranted, requires

router = APIRouter()
REASON_LIMIT = 500
SHOWN = 20
ROWS_SHOWN = 15
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
REFUSALS = ("too_large", "no_file", "no_reason")
_FORM_BYTES = 2_000
"""What a form of one file holds besides the file."""
_EDITIONS = """
SELECT edition, content_hash, who, why, recorded_at, confirmed_by FROM ref.edition ORDER BY edition DESC LIMIT 50
"""
_PROPOSALS = """
SELECT p.who, p.why, p.file, p.attainments, p.ranks, p.proposed_at FROM ref.proposal AS p
WHERE p.on_edition = :edition ORDER BY p.proposed_at
"""
_COUNTS = " UNION ALL ".join(
    f"SELECT '{name}' AS name, count(*) AS n FROM ref.\"{name}\" WHERE edition = :edition"  # noqa: S608 - our names
    for name in TABLES
)
_WHOLE = {
    name: f'SELECT * FROM ref."{name}" WHERE edition = :edition'  # noqa: S608 - our names
    for name in ("indicator", "formula", "overlap", "bridge")
}


async def _editor(viewer: Annotated[Viewer, Depends(requires(Right.EDIT_CATALOGUE))]) -> Viewer:
    """The catalogue belongs to no place: whoever changes it holds the right everywhere."""
    if not viewer.may(Right.EDIT_CATALOGUE, ""):
        raise NotGranted(viewer, Right.EDIT_CATALOGUE)
    return viewer


MayEdit = Annotated[Viewer, Depends(_editor)]
MayTake = Annotated[Viewer, Depends(requires(Right.TAKE_CATALOGUE))]


_UNMAPPED = """
SELECT count(DISTINCT (s.source, u.axis, u.label)) AS n FROM intake.unmapped AS u
JOIN intake.submission AS s USING (submission_id)
WHERE u.state = 'unknown' AND s.problem IS NULL AND s.state NOT IN ('superseded', 'withdrawn')
"""


@router.get("/catalogue", response_class=HTMLResponse)
def catalogue(
    request: Request,
    viewer: MayLook,
    file: Annotated[str, Query(max_length=64)] = "",
    done: Annotated[int, Query(ge=0, le=2**31)] = 0,
    refused: Annotated[str, Query(max_length=20)] = "",
    proposed: Annotated[bool, Query()] = False,  # noqa: FBT002 - an address says it
) -> HTMLResponse:
    """Editions, the content of the one in use, overlaps; for an editor the file he had checked."""
    may_edit = viewer.may(Right.EDIT_CATALOGUE, "")
    answer = catalogue_files.checked(file) if file and may_edit else None
    around = page.frame(request, viewer, "catalogue", file=file if answer else "")
    editions = database.rows(_EDITIONS)
    current = editions[0]["edition"] if editions else 0
    counts = {row["name"]: row["n"] for row in database.rows(_COUNTS, edition=current)}
    proposals = database.rows(_PROPOSALS, edition=current)
    others = [row["who"] for row in proposals if row["file"] == file and row["who"] != viewer.name]
    return page.render(
        around, "catalogue.html",
        editions=editions, current=current, answer=answer, may_edit=may_edit, may_take=viewer.may(Right.TAKE_CATALOGUE),
        data_year=page.year_of(around) or date.today().year - 1,  # noqa: DTZ011 - a default
        tables=[(SHEETS[name], TABLES[name].file, counts[name]) for name in TABLES],
        said=_overlaps(current) if current else None,
        flips=_flips((answer or {}).get("flips") or {}), rows_shown=ROWS_SHOWN, shown=SHOWN,
        proposals=proposals, proposer=next(iter(others), ""), proposed=proposed and bool(proposals),
        unmapped=(database.row(_UNMAPPED) or {"n": 0})["n"],
        done=done if done <= current else 0, refused=refused if refused in REFUSALS else "",
        seconds=catalogue_files.SECONDS, reason_limit=REASON_LIMIT,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Overlaps:
    declared: list[overlaps.Pair]
    hints: list[overlaps.Pair]
    basis: int
    proxies: list[overlaps.Proxy]


@cache
def _overlaps(edition: int) -> _Overlaps:
    """Pairs that say the same in an edition; editions never change, so this is worked out once."""
    tables = {name: [dict(row) for row in database.rows(sql, edition=edition)] for name, sql in _WHOLE.items()}
    content = Edition(tables=tables)
    found = overlaps.pairs(content)
    return _Overlaps(
        declared=[pair for pair in found if pair.relation],
        hints=overlaps.hints(found),
        basis=sum(pair.strength == overlaps.BASIS and not pair.relation for pair in found),
        proxies=overlaps.proxies(content),
    )


def _flips(found: dict[str, list[Any]]) -> list[tuple[str, list[Any], int]]:
    """Each kind with the first flips and how many there are."""
    return [(what, found.get(what, [])[:SHOWN], len(found.get(what, []))) for what in ("value", "attainment", "rank")]


@router.get("/catalogue/editions/{edition}/excel", response_model=None)
def excel(viewer: MayTake, edition: int, year: Annotated[int, Query(ge=0, le=2999)] = 0) -> Response:
    """An edition as Excel, whole or as it was at the end of a year."""
    del viewer
    if edition not in {row["edition"] for row in _known(edition)} or 0 < year < 1900:
        raise HTTPException(404)
    name = f"catalogue_{edition}" + (f"_{year}" if year else "") + ".xlsx"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return Response(catalogue_files.export(edition, year), media_type=EXCEL, headers=headers)


def _known(edition: int) -> Sequence[RowMapping]:
    return database.rows("SELECT edition FROM ref.edition WHERE edition = :edition", edition=edition)


@router.get("/catalogue/handbook", response_model=None)
def definitions(viewer: MayDownload, year: Annotated[int, Query(ge=1950, le=2999)]) -> Response:
    """The handbook of definitions for a data year, to be handed to departments."""
    del viewer
    with database.engine().connect() as connection:
        edition = connection.execute(text("SELECT coalesce(max(edition), 0) FROM ref.edition")).scalar_one()
        try:
            said = handbook(connection, edition, date(year, 12, 31))
        except NeedsAPerson as problem:
            raise HTTPException(404) from problem
    headers = {
        "Content-Disposition": f'attachment; filename="handbook_{year}.html"',
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    }
    return HTMLResponse(said, headers=headers)


@router.post("/catalogue/upload", response_model=None)
async def upload(request: Request, viewer: MayEdit) -> Response:
    """Keep an uploaded Excel and say what is wrong in it, or what it would change; nothing is changed."""
    around = await run_in_threadpool(page.frame, request, viewer, "catalogue")
    size = request.headers.get("content-length", "")
    if not size.isdecimal() or int(size) > catalogue_files.LARGEST + _FORM_BYTES:
        return RedirectResponse(around.link("catalogue", refused="too_large"), 303)
    async with request.form(max_files=1, max_fields=4) as form:
        sent = form.get("file")
        content = await sent.read() if isinstance(sent, UploadFile) else b""
        name = (sent.filename or "") if isinstance(sent, UploadFile) else ""
    if not content or len(content) > catalogue_files.LARGEST:
        return RedirectResponse(around.link("catalogue", refused="too_large" if content else "no_file"), 303)
    sha = await run_in_threadpool(catalogue_files.keep, content)
    await run_in_threadpool(catalogue_files.check, sha, name[-120:])
    return RedirectResponse(around.link("catalogue", file=sha), 303)


@router.post("/catalogue/import", response_model=None)
def import_(
    request: Request,
    viewer: MayEdit,
    file: Annotated[str, Form(max_length=64)] = "",
    on: Annotated[int, Form(ge=0, le=2**31)] = 0,
    why: Annotated[str, Form(max_length=REASON_LIMIT)] = "",
) -> Response:
    """Import exactly the file that was checked, with a reason, if no other edition came into use since."""
    request.state.typed = why
    around = page.frame(request, viewer, "catalogue")
    if not catalogue_files.is_kept(file) or catalogue_files.checked(file) is None:
        raise HTTPException(404)
    if not why.strip():
        return RedirectResponse(around.link("catalogue", file=file, refused="no_reason"), 303)
    try:
        answer = catalogue_files.import_(file, who=viewer.name, why=why.strip(), on=on)
    except catalogue_files.Failed as failed:
        catalogue_files.note(file, failed)
        return RedirectResponse(around.link("catalogue", file=file), 303)
    came = {"proposed": "true"} if answer["awaits_second"] else {"done": answer["new_edition"]}
    return RedirectResponse(around.link("catalogue", **came), 303)

"""算给我看: the proof card of a chosen number, a page of its own that can be saved as it is."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException

from learning_city.errors import NeedsAPerson
from learning_city.model.home import Home
from learning_city.reports import proof as cards
from learning_city.reports.proof_read import Cell
from learning_city.web import database, reports
from learning_city.web.rights import Right
from learning_city.web.security import MayLook

router = APIRouter()
Short = Annotated[str, Query(max_length=120)]


@router.get("/proof", response_class=HTMLResponse)
def proof(
    viewer: MayLook,
    indicator: Short = "",
    place: Short = "",
    period: Short = "",
    framework: Short = "",
    build: Annotated[int, Query(ge=0, le=2**62)] = 0,
) -> HTMLResponse:
    """The card of a number in force now, or of a build he may see; 404 where he may not look at the place."""
    if not viewer.may(Right.LOOK, place) or (build and reports.one(viewer, build) is None):
        raise HTTPException(404)
    cell = Cell(indicator=indicator, place=place, period=period, framework=framework, build=build)
    try:
        with database.engine().connect() as connection:
            card = cards.card(connection, Home.from_environment(), cell)
    except NeedsAPerson as problem:
        raise HTTPException(404) from problem
    headers = {
        "Content-Security-Policy": f"{cards.POLICY}; sandbox; frame-ancestors 'self'",
        "Content-Disposition": f"inline; filename*=UTF-8''{quote(cards.file_name(cell))}",
    }
    return HTMLResponse(card, headers=headers)

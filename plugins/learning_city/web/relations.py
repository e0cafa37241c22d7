"""勾稽关系 beside 口径与冲突: figures that should follow from others, the ones that do not first."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from learning_city.web import page, relations_rows
from learning_city.web.definitions import round_period
from learning_city.web.relations_rows import EVERY, OUTCOMES, WantedQuery
from learning_city.web.security import MayLook

router = APIRouter()


@router.get("/definitions/relations", response_class=HTMLResponse)
def relations(request: Request, viewer: MayLook, wanted: WantedQuery) -> HTMLResponse:
    """The list, a row for each relation, place and period with its equation, cells and outcome."""
    around = page.frame(request, viewer, "definitions", all_batches=True, **wanted.query)
    around.address = "definitions/relations"
    here = round_period(around)
    period = wanted.period or here
    found = relations_rows.listed(viewer, wanted, "" if period == EVERY else period)
    places = around.names.named({"place": place} for place in found.places)
    return page.render(
        around, "relations.html",
        rows=[(row, relations_rows.terms(around, row)) for row in around.names.named(found.rows)],
        counts=found.counts, wanted=wanted, outcomes=OUTCOMES, every=EVERY, most=relations_rows.MANY,
        place_options=tuple((row["place"], around.name(row, "place") or row["place"]) for row in places),
        here=here, period=period, period_options=tuple((known, known) for known in relations_rows.periods() if known != here),
    )  # fmt: skip

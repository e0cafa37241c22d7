"""指标表: one framework and period; a chosen number shows every cell it stands on."""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from learning_city.web import indicators_cities, indicators_file, indicators_targets, indicators_trend, page
from learning_city.web.indicators_lineage import lineage
from learning_city.web.indicators_scope import NATURES, ONLY, Scope, WantedQuery, scope
from learning_city.web.indicators_table import table
from learning_city.web.security import MayLook

router = APIRouter()


@router.get("/indicators", response_class=HTMLResponse)
def indicators(request: Request, viewer: MayLook, wanted: WantedQuery) -> HTMLResponse:
    """The table; with an indicator and a place chosen, where its number comes from."""
    around = page.frame(request, viewer, "indicators")
    seen = scope(around, wanted)
    around.query = {"framework": seen.framework, "period": seen.period, **wanted.filters, **wanted.chosen}
    shown = table(around, wanted, seen)
    return page.render(
        around, "indicators.html", scope=seen, wanted=wanted, natures=NATURES, kinds=ONLY, tree=tree(seen),
        lineage=lineage(seen, wanted, shown["cells"]), **shown,
    )  # fmt: skip


@router.get("/indicators.xlsx", response_model=None)
def export(request: Request, viewer: MayLook, wanted: WantedQuery) -> Response:
    """The cells that fit the filters, of every city, as an Excel."""
    around = page.frame(request, viewer, "indicators")
    return indicators_file.download(around, wanted, scope(around, wanted))


def tree(seen: Scope) -> list[dict[str, Any]]:
    """The groups as two levels: each top group and the groups below it that hold indicators, with how many."""
    tops: dict[str, dict[str, Any]] = {}
    for row in seen.ordered:
        path = seen.path(row["parent"] or "")
        if not path:
            continue
        top = tops.setdefault(path[0]["indicator"], {"group": path[0], "n": 0, "seconds": {}})
        top["n"] += 1
        if len(path) > 1:
            second = top["seconds"].setdefault(path[1]["indicator"], {"group": path[1], "n": 0})
            second["n"] += 1
    return list(tops.values())


for beside in (indicators_cities, indicators_trend, indicators_targets):
    router.include_router(beside.router)

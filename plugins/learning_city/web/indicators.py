"""指标表: one framework and period; a chosen number shows every cell it stands on."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from learning_city.web import indicators_cities, indicators_targets, indicators_trend, page
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
        lineage=lineage(seen, wanted, shown["cells"]), judged=_has(request, "/judgements"), **shown,
    )  # fmt: skip


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


def _has(request: Request, path: str) -> bool:
    """Whether the office's pages include one at this address."""
    return any(getattr(route, "path", "") == path for route in request.app.routes)


for beside in (indicators_cities, indicators_trend, indicators_targets):
    router.include_router(beside.router)

"""One indicator in every city, in the usual order: bars, words where nothing may be compared, ranks among the comparable."""

from collections import Counter
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from learning_city.web import database, page
from learning_city.web.indicators_bars import LENGTH, bars, left_out
from learning_city.web.indicators_scope import MINE, Scope, WantedQuery, scope
from learning_city.web.security import MayLook

router = APIRouter()
_CITIES = f"""
SELECT t.*, t.place_name AS place_zh, t.place_name_en AS place_en,
  t.value IS NOT NULL AND t.verdict IN ('可比', '调整后可比') AS is_comparable,
  CASE WHEN t.value IS NOT NULL AND t.verdict IN ('可比', '调整后可比') AND t.direction IN ('higher', 'lower')
    THEN rank() OVER (
      PARTITION BY t.is_synthetic, t.value IS NOT NULL AND t.verdict IN ('可比', '调整后可比')
      ORDER BY CASE t.direction WHEN 'lower' THEN t.value ELSE -t.value END
    ) END AS rank
FROM mart.indicator_table AS t
WHERE framework = :framework AND period = :period AND indicator = :indicator AND {MINE}
ORDER BY place
"""  # noqa: S608 - constants
_TARGETS = f"""
SELECT place, value, low, high, due, direction, set_by FROM ref.target
WHERE edition = (SELECT max(edition) FROM ref.edition) AND framework = :framework AND indicator = :indicator
  AND daterange(valid_from, valid_to) @> intake.last_day(:period) AND {MINE}
ORDER BY place, due
"""  # noqa: S608
_OPEN = f"""
SELECT place, min(definition) AS definition FROM warehouse.conflict
WHERE period = :period AND state = 'open' AND definition = ANY(CAST(:inputs AS text[])) AND {MINE} GROUP BY place
"""  # noqa: S608


@router.get("/indicators/cities", response_class=HTMLResponse)
def cities(request: Request, viewer: MayLook, wanted: WantedQuery) -> HTMLResponse:
    """The comparison of one indicator between the cities he may see."""
    around = page.frame(request, viewer, "indicators")
    around.address = "indicators/cities"
    seen = scope(around, wanted)
    chosen = seen.tree.get(wanted.indicator)
    chosen = chosen if chosen and chosen["nature"] == "quantitative" else seen.first(wanted)
    asked = {**seen.key, "indicator": chosen["indicator"] if chosen else ""}
    around.query = {"framework": seen.framework, "period": seen.period, "indicator": asked["indicator"]}
    return page.render(around, "indicators_cities.html", scope=seen, chosen=chosen, **_compared(seen, asked))


def _compared(seen: Scope, asked: dict[str, Any]) -> dict[str, Any]:
    rows = database.shared(_CITIES, **asked)
    targets = {row["place"]: row for row in database.shared(_TARGETS, **asked)}
    inputs = sorted({name for row in rows if row["verdict"] == "conflict" for name in row["inputs"] or ()})
    where = {"period": seen.period, "mine": seen.mine, "inputs": inputs}
    disputed = {row["place"]: row["definition"] for row in database.rows(_OPEN, **where)} if inputs else {}
    drawn = bars(rows, targets)
    ranked = Counter(row["is_synthetic"] for row in rows if row["rank"])
    return {
        "rows": rows, "targets": targets, "disputed": disputed, "bars": drawn["bars"], "zero": drawn["zero"],
        "length": LENGTH, "ranked": ranked, "left_out": left_out(rows),
    }  # fmt: skip

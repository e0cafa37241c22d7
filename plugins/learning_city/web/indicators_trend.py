"""One indicator over the years at a place, others beside it: what may be compared with the year before, breaks, revisions."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from learning_city.web import database, page
from learning_city.web.indicators_chart import chart
from learning_city.web.indicators_scope import MINE, Scope, WantedQuery, scope
from learning_city.web.indicators_spark import beside_before
from learning_city.web.security import MayLook

router = APIRouter()
BESIDE, REVISIONS = 3, 60
"""Other places drawn beside the chosen one; revisions that are listed."""
_VALUES = f"""
WITH v AS (
  SELECT * FROM warehouse.indicator_value
  WHERE framework = :framework AND indicator = :indicator AND place = ANY(CAST(:shown AS text[])) AND {MINE}
    AND period = ANY(CAST(:line AS text[]))
)
SELECT v.place, v.period, v.value, v.status, v.verdict, v.kind = 'synthetic' AS is_synthetic, v.low, v.high,
  v.formula_version, v.inputs, b.facet, b.why_zh, b.why_en, b.before_period, b.before_value,
  e.period AS earlier, e.value AS earlier_value, e.verdict AS earlier_verdict,
  e.kind = 'synthetic' AS earlier_synthetic, c.verdict AS compared, c.facet AS compared_facet
FROM v
LEFT JOIN LATERAL (
  SELECT s.facet, s.why_zh, s.why_en, s.before_period, s.before_value FROM mart.broken_series AS s
  WHERE v.status = 'B' AND s.framework = v.framework AND s.indicator = v.indicator AND s.place = v.place
    AND s.period = v.period
) AS b ON true
LEFT JOIN v AS e ON e.place = v.place AND e.value IS NOT NULL
  AND e.period = (CAST(left(v.period, 4) AS integer) - 1)::text || substr(v.period, 5)
LEFT JOIN LATERAL warehouse.comparable(v.inputs[1], v.place, e.period, v.place, v.period) AS c
  ON v.value IS NOT NULL AND e.value IS NOT NULL AND cardinality(v.inputs) = 1
    AND cardinality(v.aggregated) = 0 AND cardinality(e.aggregated) = 0
ORDER BY v.place, v.period
"""  # noqa: S608 - constants
_TARGETS = f"""
SELECT target, place, due, direction, target_value, target_low, target_high, period, value, is_met, progress, set_by,
  source, forecast, forecast_years
FROM mart.attainment
WHERE framework = :framework AND indicator = :indicator AND place = :place AND period = :period AND {MINE}
ORDER BY due, target
"""  # noqa: S608
_REVISIONS = f"""
SELECT * FROM (
  SELECT r.*, count(*) OVER (PARTITION BY definition, period, family) AS vintages FROM warehouse.revision AS r
  WHERE definition = ANY(CAST(:inputs AS text[])) AND place = :place AND period = ANY(CAST(:line AS text[])) AND {MINE}
) AS r WHERE vintages > 1 ORDER BY period DESC, definition, family, vintage LIMIT {REVISIONS}
"""  # noqa: S608


@router.get("/indicators/trend", response_class=HTMLResponse)
def trend(request: Request, viewer: MayLook, wanted: WantedQuery) -> HTMLResponse:
    """The years of one indicator at one place; ``places`` are others beside it."""
    around = page.frame(request, viewer, "indicators")
    around.address = "indicators/trend"
    seen = scope(around, wanted)
    chosen = seen.tree.get(wanted.indicator)
    chosen = chosen if chosen and chosen["nature"] == "quantitative" else seen.first(wanted)
    offered = {code: row for code, row in seen.places.items() if chosen and row["level"] == chosen["scope"]}
    place = wanted.place if wanted.place in offered else next(iter(offered), "")
    beside = [code for code in wanted.places if code in offered and code != place][:BESIDE]
    asked = {**seen.key, "indicator": chosen["indicator"] if chosen else "", "place": place}
    around.query = {name: asked[name] for name in ("framework", "period", "indicator", "place")}
    around.query["places"] = ",".join(beside)
    found = _found(seen, asked, [place, *beside])
    return page.render(
        around, "indicators_trend.html", scope=seen, chosen=chosen, offered=offered, place=place, beside=beside, **found
    )


def _found(seen: Scope, asked: dict[str, Any], shown: list[str]) -> dict[str, Any]:
    """The rows of each place with what they say beside the year before, the drawing, targets and revisions."""
    line = list(seen.line)
    rows = [{**row, **beside_before(row)} for row in database.shared(_VALUES, **asked, shown=shown, line=line)]
    series = {place: [row for row in rows if row["place"] == place] for place in shown}
    own = series.get(asked["place"], [])
    newest = max((row["period"] for row in own if row["value"] is not None), default=asked["period"])
    targets = database.shared(_TARGETS, **asked | {"period": newest})
    inputs = sorted({name for row in own for name in row["inputs"]})
    revised = database.shared(_REVISIONS, **asked, inputs=inputs, line=line) if inputs else ()
    return {
        "series": series, "own": own, "targets": targets, "revisions": revised, "newest": newest,
        "chart": chart(series, seen.line, targets),
    }  # fmt: skip

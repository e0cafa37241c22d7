"""What a place set out to reach: targets met, not met and not assessed, progress, forecast, and basic requirements."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from learning_city.web import database, page
from learning_city.web.indicators_scope import MINE, Scope, WantedQuery, scope
from learning_city.web.indicators_spark import Row
from learning_city.web.security import MayLook

router = APIRouter()
_TARGETS = f"""
SELECT a.*, i.decimals FROM mart.attainment AS a
LEFT JOIN LATERAL (
  SELECT x.decimals FROM ref.indicator AS x WHERE x.framework = a.framework AND x.indicator = a.indicator
  ORDER BY x.edition DESC LIMIT 1
) AS i ON true
WHERE a.framework = :framework AND a.place = :place AND a.period = :period AND {MINE}
ORDER BY a.project NULLS LAST, a.indicator, a.due, a.target
"""  # noqa: S608 - constants
_REQUIREMENTS = f"""
SELECT * FROM mart.requirement WHERE place = :place AND period = :period AND {MINE} ORDER BY requirement
"""  # noqa: S608
_WITH_TARGETS = f"""
SELECT DISTINCT framework, place FROM ref.target WHERE edition = (SELECT max(edition) FROM ref.edition) AND {MINE} ORDER BY place
"""  # noqa: S608
_INDICATORS = """
SELECT DISTINCT ON (indicator) indicator, framework, name_zh, name_en FROM ref.indicator
WHERE indicator = ANY(CAST(:named AS text[])) ORDER BY indicator, edition DESC, valid_from DESC
"""


@router.get("/indicators/targets", response_class=HTMLResponse)
def targets(request: Request, viewer: MayLook, wanted: WantedQuery) -> HTMLResponse:
    """Attainment and basic requirements of one place."""
    around = page.frame(request, viewer, "indicators")
    around.address = "indicators/targets"
    seen = scope(around, wanted)
    have = [row for row in database.shared(_WITH_TARGETS, mine=seen.mine) if row["place"] in seen.places]
    if not wanted.place and seen.framework not in (row["framework"] for row in have):
        seen = scope(around, replace(wanted, framework=_with_targets(seen, have)))
    first = next((row["place"] for row in have if row["framework"] == seen.framework), next(iter(seen.places), ""))
    place = wanted.place if wanted.place in seen.places else first
    around.query = {"framework": seen.framework, "period": seen.period, "place": place}
    asked = {**seen.key, "place": place}
    found = database.shared(_TARGETS, **asked)
    required = database.shared(_REQUIREMENTS, place=place, period=seen.period, mine=seen.mine)
    named = sorted({code for row in required for code in (*row["failing"], *row["failing_must"], *row["unknown"])})
    called = {row["indicator"]: row for row in database.shared(_INDICATORS, named=named)} if named else {}
    other = sorted({row["framework"] for row in have if row["place"] == place and row["framework"] != seen.framework})
    return page.render(
        around, "indicators_targets.html", scope=seen, place=place, targets=found, requirements=required, called=called,
        counts=counted(found), departments=around.names.of("department"), other=other,
    )  # fmt: skip


def _with_targets(seen: Scope, have: Sequence[Row]) -> str:
    """The first framework of the list that has targets; where none has, the one that is looked at."""
    known = {row["framework"] for row in have}
    return next((str(row["framework"]) for row in seen.frameworks if row["framework"] in known), seen.framework)


def counted(found: Sequence[Row]) -> dict[str, Any]:
    """How many targets are met, not met, and not assessed."""
    by = Counter({True: "met", False: "not_met"}.get(row["is_met"], "not_assessed") for row in found)
    return {kind: by[kind] for kind in ("met", "not_met", "not_assessed")}

"""定性与述评: which indicators of a period are judged where; one of them opened with its scale, evidence, versions and form."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import RowMapping
from starlette.exceptions import HTTPException

from learning_city.web import database, page
from learning_city.web.findings import DECIDERS, REASON_LIMIT
from learning_city.web.rights import Right, Viewer
from learning_city.web.security import MayLook

router = APIRouter()
Short = Annotated[str, Query(max_length=120)]
PLACES_A_PAGE = 8
ACTS = ("judge", "confirm", "return")
_STATUS = {"": 200, "judge.gone": 409, "judge.not_yours": 403, "judge.no_indicator": 404}
_NEWEST = "(SELECT max(edition) FROM ref.edition)"
_MINE = "(CAST(:places AS text[]) IS NULL OR place = ANY(CAST(:places AS text[])))"
_FRAMEWORKS = f"""
SELECT f.framework, f.name_zh, f.name_en, count(*) FILTER (WHERE i.nature = 'qualitative') AS n
FROM ref.framework AS f JOIN ref.indicator AS i USING (edition, framework)
WHERE f.edition = {_NEWEST} AND i.nature IS NOT NULL GROUP BY 1, 2, 3 ORDER BY n DESC, 1
"""  # noqa: S608 - constants
_PERIODS = "SELECT DISTINCT period FROM intake.round WHERE period IS NOT NULL ORDER BY period DESC"
_IS_PERIOD = "SELECT intake.last_day(:period) IS NOT NULL AS known"
_PLACES = f"""
SELECT place, name_zh AS place_zh, name_en AS place_en FROM ref.place
WHERE edition = {_NEWEST} AND level = 'city' AND {_MINE} AND daterange(valid_from, valid_to) @> intake.last_day(:period)
ORDER BY place
"""  # noqa: S608
_INDICATORS = f"""
SELECT i.indicator, i.name_zh, i.name_en, i.nature, p.position AS above, q.position AS top
FROM ref.indicator AS i
LEFT JOIN ref.indicator AS p ON p.edition = i.edition AND p.framework = i.framework AND p.indicator = i.parent
  AND daterange(p.valid_from, p.valid_to) @> intake.last_day(:period)
LEFT JOIN ref.indicator AS q ON q.edition = i.edition AND q.framework = i.framework AND q.indicator = p.parent
  AND daterange(q.valid_from, q.valid_to) @> intake.last_day(:period)
WHERE i.edition = {_NEWEST} AND i.framework = :framework AND i.nature IS NOT NULL AND coalesce(i.scope, 'city') = 'city'
  AND daterange(i.valid_from, i.valid_to) @> intake.last_day(:period) AND (:every OR i.nature = 'qualitative')
ORDER BY top NULLS FIRST, above NULLS FIRST, i.position, i.indicator
"""  # noqa: S608
_CELLS = """
SELECT DISTINCT ON (j.indicator, j.place) j.indicator, j.place, j.state, j.is_sample, f.level_zh, f.level_en,
  f.judgement_id IS NOT NULL AS counts
FROM quality.judgement AS j
LEFT JOIN quality.judgement_in_force AS f USING (framework, period, place, indicator)
WHERE j.framework = :framework AND j.period = :period AND j.place = ANY(CAST(:shown AS text[]))
ORDER BY j.indicator, j.place, j.judgement_id DESC
"""
_ONE = f"""
SELECT i.indicator, i.name_zh, i.name_en, i.nature, i.scale, i.note, i.unit, i.decimals, p.place, p.name_zh AS place_zh,
  p.name_en AS place_en, v.value, v.kind = 'synthetic' AS is_synthetic
FROM ref.indicator AS i
JOIN ref.place AS p ON p.edition = i.edition AND p.level = coalesce(i.scope, 'city')
  AND daterange(p.valid_from, p.valid_to) @> intake.last_day(:period)
LEFT JOIN warehouse.indicator_value AS v ON v.framework = i.framework AND v.indicator = i.indicator
  AND v.place = p.place AND v.period = :period
WHERE i.edition = {_NEWEST} AND i.framework = :framework AND i.indicator = :indicator AND i.nature IS NOT NULL
  AND p.place = :place AND daterange(i.valid_from, i.valid_to) @> intake.last_day(:period)
"""  # noqa: S608
_SCALE = f"""
SELECT level, name_zh, name_en, text_zh, text_en FROM ref.scale WHERE edition = {_NEWEST} AND scale = :scale ORDER BY position
"""  # noqa: S608
_VERSIONS = """
SELECT m.*, j.evidence AS shown FROM mart.judgement AS m JOIN quality.judgement AS j USING (judgement_id)
WHERE m.framework = :framework AND m.indicator = :indicator AND m.place = :place AND m.period = :period
ORDER BY m.judgement_id DESC
"""
OFFERED = """
SELECT s.submission_id || '~' || e.sha256 AS key, s.submission_id, e.sha256, e.name, s.delivered_as
FROM intake.evidence AS e JOIN intake.submission AS s USING (submission_id)
WHERE s.place = :place AND s.period = :period AND s.purged_at IS NULL AND s.state NOT IN ('superseded', 'withdrawn')
ORDER BY s.submission_id, e.name LIMIT 100
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked at; without ``indicator`` and ``place`` nothing is opened. ``shows`` is ``all`` or qualitative only."""

    framework: Short = ""
    period: Short = ""
    indicator: Short = ""
    place: Short = ""
    only: Short = ""
    shows: Short = ""
    after: Short = ""

    @property
    def subject(self) -> dict[str, str]:
        """What is judged, as ``review.judge`` names it."""
        names = ("framework", "indicator", "place", "period")
        return {name: value for name, value in asdict(self).items() if name in names}


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What the page gives back after a refusal: why, and what was typed; ``done`` is an act just done."""

    problem: str = ""
    level: str = ""
    commentary: str = ""
    why: str = ""
    shown: Sequence[str] = field(default_factory=tuple)
    done: str = ""


WantedQuery = Annotated[Wanted, Depends(Wanted)]


@router.get("/judgements", response_class=HTMLResponse)
def judgements(
    request: Request, viewer: MayLook, wanted: WantedQuery, done: Annotated[str, Query(max_length=10)] = ""
) -> HTMLResponse:
    """The matrix of a period, and the cell that was chosen."""
    return judged(request, viewer, wanted, Opened(done=done if done in ACTS else ""))


def judged(request: Request, viewer: Viewer, wanted: Wanted, opened: Opened) -> HTMLResponse:
    """The page as it is after ``opened``; what is not there or not for these eyes is 404."""
    around = page.frame(request, viewer, "judgements")
    frameworks, periods = database.rows(_FRAMEWORKS), [row["period"] for row in database.rows(_PERIODS)]
    wanted = _understood(wanted, around, [row["framework"] for row in frameworks], periods)
    around.query = asdict(wanted)
    asked = {"framework": wanted.framework, "period": wanted.period}
    one = _one(viewer, wanted) if wanted.indicator else {}
    every = wanted.shows == "all" or one.get("nature") == "quantitative"
    places = database.rows(_PLACES, period=wanted.period, places=viewer.places(Right.LOOK))
    columns = [row for row in places if (row["place"] == wanted.only if wanted.only else row["place"] > wanted.after)]
    shown = [row["place"] for row in columns[:PLACES_A_PAGE]]
    rows = database.rows(_INDICATORS, **asked, every=every) if wanted.framework else ()
    cells = {(row["indicator"], row["place"]): row for row in database.rows(_CELLS, **asked, shown=shown)}
    return page.render(
        around, "judgements.html", _STATUS.get(opened.problem, 422), frameworks=frameworks, periods=periods, wanted=wanted,
        places=tuple((row["place"], around.name(row, "place")) for row in places), columns=columns[:PLACES_A_PAGE],
        more=shown[-1] if len(columns) > PLACES_A_PAGE else "", rows=rows, cells=cells, every=every, opened=opened,
        counted=sum(row["counts"] for row in cells.values()), limit=REASON_LIMIT,
        **{"one": None, **one},
    )  # fmt: skip


def _understood(wanted: Wanted, around: page.Frame, frameworks: Sequence[str], periods: Sequence[str]) -> Wanted:
    """With a framework and a period that there are: those asked for, else the first and the round's."""
    framework = wanted.framework if wanted.framework in frameworks else next(iter(frameworks), "")
    known = database.rows(_IS_PERIOD, period=wanted.period)[0]["known"]
    period = wanted.period if known else page.year_of(around) or next(iter(periods), "")
    return replace(wanted, framework=framework, period=period)


def _one(viewer: Viewer, wanted: Wanted) -> dict[str, Any]:
    """Everything about what is opened."""
    if not viewer.may(Right.LOOK, wanted.place):
        raise HTTPException(404)
    found: RowMapping | None = database.row(_ONE, **wanted.subject)
    if found is None:
        raise HTTPException(404)
    may_judge = viewer.may(Right.JUDGE, wanted.place)
    deciders = [row["user"] for row in database.rows(DECIDERS, place=wanted.place)]
    return {
        "one": found, "nature": found["nature"], "scale": database.rows(_SCALE, scale=found["scale"]),
        "versions": database.rows(_VERSIONS, **wanted.subject), "may_judge": may_judge,
        "may_review": viewer.may(Right.ACCEPT, wanted.place), "deciders": deciders,
        "offered": database.rows(OFFERED, place=wanted.place, period=wanted.period) if may_judge else (),
    }  # fmt: skip

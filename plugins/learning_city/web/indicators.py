"""指标表: one framework and period; a chosen number shows every cell it stands on."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import RowMapping

from learning_city.web import database, page
from learning_city.web.rights import Right
from learning_city.web.security import MayLook

router = APIRouter()
Short = Annotated[str, Query(max_length=120)]

PLACES_A_PAGE = 12
_MINE = "(CAST(:places AS text[]) IS NULL OR place = ANY(CAST(:places AS text[])))"
_FRAMEWORKS = """
SELECT f.framework, f.name_zh, f.name_en, f.note FROM ref.framework AS f
WHERE f.edition = (SELECT max(edition) FROM ref.edition)
ORDER BY (SELECT count(*) FROM ref.indicator AS i WHERE i.edition = f.edition AND i.framework = f.framework) DESC,
  f.framework
"""
_PERIODS = """
SELECT period, count(value) AS n FROM warehouse.indicator_value WHERE framework = :framework
GROUP BY period ORDER BY period DESC
"""
_GROUPS = """
SELECT indicator, parent, position, name_zh, name_en FROM ref.indicator
WHERE edition = (SELECT max(edition) FROM ref.edition) AND framework = :framework AND nature IS NULL
  AND daterange(valid_from, valid_to) @> intake.last_day(:period)
"""
_PLACES = f"""
SELECT place, min(place_name) AS place_zh, min(place_name_en) AS place_en, count(value) AS n
FROM mart.indicator_table WHERE framework = :framework AND period = :period AND {_MINE}
GROUP BY place ORDER BY place
"""  # noqa: S608 - constants
_TABLE = f"""
SELECT framework, indicator, parent, position, name_zh, name_en, nature, unit, decimals, direction, provenance, place,
  place_name AS place_zh, place_name_en AS place_en, period, value, status, verdict, is_synthetic, formula,
  formula_version, inputs, missing, edition, break_zh, break_en, before_period, before_value
FROM mart.indicator_table
WHERE framework = :framework AND period = :period AND place = ANY(CAST(:shown AS text[])) AND {_MINE}
ORDER BY position, indicator, place
"""  # noqa: S608
_FORMULA = """
SELECT expression, valid_from, note FROM ref.formula
WHERE edition = :edition AND formula = :formula AND version = :version
"""
_LINEAGE = f"""
SELECT l.period, l.place, l.definition, l.reconciled_value, l.method, l.verdict, l.kind, l.observed_value, l.unit,
  l.source, l.source_name, l.observed_period, l.observed_definition, l.file_name, l.sha256, l.sheet, l.cell,
  l.cell_text, d.name_zh, d.name_en
FROM mart.lineage AS l LEFT JOIN LATERAL (
  SELECT x.name_zh, x.name_en FROM ref.definition AS x WHERE x.definition = l.definition
  ORDER BY x.edition DESC, x.valid_from DESC LIMIT 1
) AS d ON true
WHERE l.period = :period AND l.place = :place AND l.definition = ANY(CAST(:inputs AS text[])) AND {_MINE}
ORDER BY l.definition, l.obs_id LIMIT 60
"""  # noqa: S608
_NAMES = """
SELECT DISTINCT ON (definition) definition, name_zh, name_en FROM ref.definition
WHERE definition = ANY(CAST(:wanted AS text[])) ORDER BY definition, edition DESC, valid_from DESC
"""


@router.get("/indicators", response_class=HTMLResponse)
def indicators(
    request: Request,
    viewer: MayLook,
    framework: Short = "",
    period: Short = "",
    indicator: Short = "",
    place: Short = "",
    after: Short = "",
) -> HTMLResponse:
    """The table; with an indicator and a place chosen, where its number comes from."""
    around = page.frame(request, viewer, "indicators")
    places = viewer.places(Right.LOOK)
    frameworks = database.rows(_FRAMEWORKS)
    framework = _known(framework, [row["framework"] for row in frameworks])
    periods = database.rows(_PERIODS, framework=framework)
    period = _period(periods, period, page.year_of(around) if "round" in request.query_params else "")
    around.query = {"framework": framework, "period": period, "indicator": indicator, "place": place, "after": after}
    columns = database.rows(_PLACES, **(asked := {"framework": framework, "period": period, "places": places}))
    shown = [row for row in columns if row["n"] and row["place"] > after]
    cells = database.rows(_TABLE, **asked, shown=[row["place"] for row in shown[:PLACES_A_PAGE]])
    return page.render(
        around,
        "indicators.html",
        frameworks=frameworks, framework=framework, periods=periods, period=period,
        without=[row for row in columns if not row["n"]], **_page_of(shown),
        groups=_grouped(database.rows(_GROUPS, framework=framework, period=period), cells),
        filled=sum(cell["value"] is not None for cell in cells), total=len(cells),
        any_synthetic=any(cell["is_synthetic"] for cell in cells),
        lineage=_lineage(cells, indicator, place, places),
    )  # fmt: skip


def _page_of(shown: Sequence[RowMapping]) -> dict[str, Any]:
    """The columns of this page, and where the next one begins (empty on the last)."""
    columns = shown[:PLACES_A_PAGE]
    return {"columns": columns, "more": columns[-1]["place"] if len(shown) > PLACES_A_PAGE else ""}


def _known(asked: str, known: Sequence[str]) -> str:
    """What was asked for if there is such a thing, else the first."""
    return asked if asked in known else next(iter(known), "")


def _period(periods: Sequence[RowMapping], asked: str, year: str) -> str:
    """The period asked for, else the round's year, else the newest that holds a value."""
    known = [row["period"] for row in periods]
    filled = [row["period"] for row in periods if row["n"]]
    return next((period for period in (asked, year) if period in known), (filled or known or [""])[0])


def _grouped(groups: Sequence[RowMapping], cells: Sequence[RowMapping]) -> list[dict[str, Any]]:
    """The tree of any depth as two levels: each top group with the groups below it that hold indicators.

    A held group carries its whole ``path`` from the top, and its indicators, each with its cells by place.
    """
    rows: dict[str, dict[str, dict[str, Any]]] = {}
    for cell in cells:
        one = rows.setdefault(cell["parent"] or "", {}).setdefault(cell["indicator"], {"row": cell, "cells": {}})
        one["cells"][cell["place"]] = cell
    known = {group["indicator"]: group for group in groups}
    paths = sorted((_path(known, parent), parent) for parent in rows)
    tops: dict[str, dict[str, Any]] = {}
    for keys, parent in paths:
        path = [known.get(key, _NO_GROUP) for _, key in keys] or [_NO_GROUP]
        top = tops.setdefault(path[0]["indicator"], {"group": path[0], "seconds": []})
        top["seconds"].append({"group": path[-1], "path": path, "rows": list(rows[parent].values())})
    return list(tops.values())


_NO_GROUP: dict[str, Any] = {"indicator": "top", "name_zh": "", "name_en": ""}


def _path(known: Mapping[str, RowMapping], indicator: str) -> list[tuple[int, str]]:
    """(position, indicator) of every group from the top down to this one."""
    path: list[tuple[int, str]] = []
    while indicator in known and len(path) < len(known):
        path.insert(0, (known[indicator]["position"], indicator))
        indicator = known[indicator]["parent"] or ""
    return path


def _lineage(
    cells: Sequence[RowMapping], indicator: str, place: str, places: list[str] | None
) -> dict[str, Any] | None:
    """The chosen cell, its formula, the cells of files it stands on, and what it lacks."""
    chosen = next((cell for cell in cells if (cell["indicator"], cell["place"]) == (indicator, place)), None)
    if chosen is None:
        return None
    wanted = {"period": chosen["period"], "place": chosen["place"], "inputs": chosen["inputs"] or []}
    stands_on = database.rows(_LINEAGE, **wanted, places=places)
    named = {row["definition"]: row for row in database.rows(_NAMES, wanted=chosen["missing"] or [])}
    formula = database.row(
        _FORMULA, edition=chosen["edition"], formula=chosen["formula"], version=chosen["formula_version"]
    )
    missing = [named.get(name, {"name_zh": name, "name_en": name}) for name in chosen["missing"] or []]
    return {"cell": chosen, "inputs": stands_on, "formula": formula, "missing": missing}

"""收集进度: who owes what. One matrix of places and departments, and what stands behind a cell."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import RowMapping

from learning_city.web import database, page
from learning_city.web.rights import Right
from learning_city.web.security import MayLook

router = APIRouter()
Short = Annotated[str, Query(max_length=120)]

URGENCY = ["逾期", "已退回", "审核中", "已报送", "未下发", "已下发", "延期", "已通过", "豁免"]
"""A cell with several forms shows the first of these that any of them is in."""
PLACES_A_PAGE = 40
REFUSALS = ("no_date", "no_reason", "state")
"""Why an exemption or extension was not taken: sentences ``excuse.refused.*``."""

_SHOWN = "CASE WHEN is_overdue AND state <> '已退回' THEN '逾期' ELSE state END"
_MINE = "round = :round AND (CAST(:places AS text[]) IS NULL OR place = ANY(CAST(:places AS text[])))"
_MATCH = "(:state = '' OR state = :state OR (:state = '逾期' AND is_overdue))"
_FILTER = f"{_MATCH} AND (:place = '' OR place = :place) AND (:department = '' OR department = :department)"
_FIGURES = f"""
SELECT {_SHOWN} AS state, count(*) AS n, count(*) FILTER (WHERE is_overdue) AS overdue
FROM mart.reporting_status WHERE {_MINE} GROUP BY 1
"""  # noqa: S608 - constants
_CELLS = f"""
WITH shown AS (
  SELECT DISTINCT place FROM mart.reporting_status
  WHERE {_MINE} AND {_MATCH} AND place > :after ORDER BY place LIMIT :many
)
SELECT place, department, min(place_name) AS place_zh, min(place_name_en) AS place_en,
  min(department_name) AS department_zh, min(department_name_en) AS department_en,
  min(array_position(CAST(:urgency AS text[]), {_SHOWN})) AS urgency,
  count(*) AS owed, count(*) FILTER (WHERE state = '已通过') AS passed, bool_or({_MATCH}) AS matches,
  bool_or(is_overdue) AS is_overdue
FROM mart.reporting_status JOIN shown USING (place) WHERE {_MINE}
GROUP BY place, department ORDER BY place, department
"""  # noqa: S608
_OBLIGATIONS = f"""
WITH chosen AS MATERIALIZED (
  SELECT obligation_id FROM mart.reporting_status WHERE {_MINE} AND {_FILTER}
  ORDER BY array_position(CAST(:urgency AS text[]), {_SHOWN}), due, place, form LIMIT :many
)
SELECT obligation_id, form, form_name AS form_zh, form_no, department, department_name AS department_zh,
  department_name_en AS department_en, place, place_name AS place_zh, place_name_en AS place_en, due, state,
  is_overdue, file_name, received_at, accepted_by, blocks, asks, notes, {_SHOWN} AS shown, form_name_en AS form_en,
  owed_until, grace, locks, until, decided_by, why
FROM mart.reporting_status WHERE obligation_id = ANY(ARRAY(SELECT obligation_id FROM chosen))
ORDER BY array_position(CAST(:urgency AS text[]), {_SHOWN}), due, place, form
"""  # noqa: S608
_FINDINGS = """
SELECT finding_id, severity, sheet, cell, found, expected, message_zh, message_en FROM mart.open_finding
WHERE round = :round AND place = :place AND department = :department
ORDER BY effect DESC, finding_id DESC LIMIT 12
"""
_SPARED = """
SELECT coalesce(sum(dropped), 0) AS dropped, coalesce(sum(prefilled), 0) AS prefilled,
  coalesce(sum(minutes), 0)::integer AS minutes
FROM mart.asked_once WHERE round = :round AND (:place = '' OR place = :place)
  AND (:department = '' OR department = :department)
"""
_READY = """
SELECT (SELECT max(edition) FROM ref.edition) AS edition, (SELECT count(DISTINCT "user") FROM app.grant) AS people,
  (SELECT count(*) FROM intake.round WHERE state = 'open') AS open_rounds,
  coalesce((SELECT max(data_year) FROM ref.calendar WHERE opens <= current_date),
    extract(year FROM current_date)::integer - 1) AS data_year
"""


@router.get("/", response_class=HTMLResponse)
def board(
    request: Request, viewer: MayLook, state: Short = "", place: Short = "", department: Short = "", after: Short = ""
) -> HTMLResponse:
    """The matrix of one round; with a cell chosen, its obligations and findings; the first day otherwise."""
    state = state if state in URGENCY else ""
    around = page.frame(request, viewer, "", state=state, place=place, department=department, after=after)
    ready = database.row(_READY)
    if not around.rounds:
        return page.render(around, "first_day.html", ready=ready)
    asked: dict[str, object] = {
        "round": around.round, "places": viewer.places(Right.LOOK), "state": state, "place": place,
        "department": department, "urgency": URGENCY,
    }  # fmt: skip
    cells = database.rows(_CELLS, **asked, after=after, many=PLACES_A_PAGE + 1)
    picked = bool(place and department)
    return page.render(
        around,
        "board.html",
        figures=_figures(database.rows(_FIGURES, **asked)),
        matrix=_matrix(cells),
        obligations=database.rows(_OBLIGATIONS, **_behind(asked, picked=picked), many=60 if picked else 12),
        found=_findings(asked) if picked and viewer.may(Right.LOOK, place) else (),
        picked=picked, state=state, states=URGENCY, ready=ready, spared=_spared(around.round, place, department),
        **_excusing(request, picked and viewer.may(Right.EXCUSE, place)),
    )  # fmt: skip


def _excusing(request: Request, may_excuse: bool) -> dict[str, Any]:  # noqa: FBT001 - one fact
    """Whether exemptions can be given here; and what was refused just now, with the reason that was typed."""
    refused, typed = (request.query_params.get(name, "") for name in ("refused", "typed"))
    return {"may_excuse": may_excuse, "refused": refused if refused in REFUSALS else "", "typed": typed[:500]}


def _spared(round_id: str, place: str, department: str) -> RowMapping | None:
    """What asking once saved in the round, or in the chosen cell; None where nothing."""
    found = database.row(_SPARED, round=round_id, place=place, department=department)
    return found if found and found["dropped"] + found["prefilled"] else None


def _behind(asked: dict[str, object], *, picked: bool) -> dict[str, object]:
    """A chosen cell shows all its obligations, whatever the state filter says."""
    return {**asked, "state": ""} if picked else asked


def _findings(asked: dict[str, object]) -> Sequence[RowMapping]:
    wanted = {name: asked[name] for name in ("round", "place", "department")}
    return database.rows(_FINDINGS, **wanted)


def _figures(counted: Sequence[RowMapping]) -> dict[str, Any]:
    """Owed, overdue, and how many are in each state, with the strip's shares in percent."""
    by_state = {row["state"]: int(row["n"]) for row in counted}
    owed = sum(by_state.values())
    strip, start = [], 0.0
    for state in reversed(URGENCY):
        width = 100 * by_state.get(state, 0) / owed if owed else 0
        strip.append((state, round(start, 3), round(width, 3)))
        start += width
    overdue = sum(int(row["overdue"]) for row in counted)
    arrived = sum(by_state.get(state, 0) for state in ("已报送", "审核中", "已退回", "已通过"))
    return {"owed": owed, "arrived": arrived, "overdue": overdue, "by_state": by_state, "strip": strip}


def _matrix(cells: Sequence[RowMapping]) -> dict[str, Any]:
    """Rows of places and columns of departments, with passed and owed at both margins."""
    places: dict[str, dict[str, Any]] = {}
    departments: dict[str, dict[str, Any]] = {}
    for cell in cells:
        place = places.setdefault(cell["place"], {"row": cell, "cells": {}, "owed": 0, "passed": 0})
        place["cells"][cell["department"]] = {**cell, "state": URGENCY[cell["urgency"] - 1]}
    more = len(places) > PLACES_A_PAGE
    if more:
        places.popitem()
    for place in places.values():
        for code, cell in place["cells"].items():
            column = departments.setdefault(code, {"row": cell, "owed": 0, "passed": 0})
            for margin in (place, column):
                margin["owed"] += cell["owed"]
                margin["passed"] += cell["passed"]
    return {"places": places, "departments": departments, "after": max(places) if more else ""}

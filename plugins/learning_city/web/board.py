"""收集进度: who owes what. One matrix of places and departments, what stands behind its cells, and 催报 for them."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import HTMLResponse
from sqlalchemy import RowMapping
from starlette.exceptions import HTTPException

from learning_city.model.home import Home
from learning_city.model.period import year_before
from learning_city.prepare import urge
from learning_city.prepare.letter import Letter
from learning_city.web import board_file, database, obligations, owed, page
from learning_city.web.owed import URGENCY, Wanted
from learning_city.web.rights import Right, Viewer
from learning_city.web.security import MayDownload, MayLook, MayReceive

router = APIRouter()
Short = Annotated[str, Query(max_length=120)]
OBLIGATIONS_SHOWN = 60
NEXT_SHOWN = 8
ARRIVED = ("已报送", "审核中", "已退回", "已通过")
_EXCUSABLE = ("未下发", "已下发", "已退回")

_OBLIGATIONS = """
SELECT obligation_id, form, form_name AS form_zh, form_no, department, department_name AS department_zh,
  department_name_en AS department_en, place, place_name AS place_zh, place_name_en AS place_en, due, state,
  is_overdue, file_name, submission_id, received_at, accepted_by, blocks, asks, form_name_en AS form_en, owed_until,
  grace, locks, until, decided_by, why, app.today() - owed_until AS days_late,
  CASE WHEN is_overdue AND state <> '已退回' THEN '逾期' ELSE state END AS shown
FROM mart.reporting_status WHERE obligation_id = ANY(:ids)
ORDER BY place, department, due, form
"""
_NEXT = f"""{owed.OWED}
SELECT o.*, o.owed_until - app.today() AS days, f.name_zh AS form_zh, f.name_en AS form_en, f.form_no,
  d.name_zh AS department_zh, d.name_en AS department_en
FROM (
  SELECT owed_until, form, department, count(*) AS places, min(period) AS period FROM owed
  WHERE state IN ('未下发', '已下发', '已退回', '延期') AND fits
  GROUP BY 1, 2, 3 ORDER BY 1, 3, 2 LIMIT :many
) AS o
LEFT JOIN ref.form AS f ON f.form = o.form AND f.edition = (SELECT edition FROM intake.round WHERE round = :round)
  AND daterange(f.valid_from, f.valid_to) @> intake.last_day(o.period)
LEFT JOIN ref.department AS d ON d.department = o.department
  AND d.edition = (SELECT edition FROM intake.round WHERE round = :round)
  AND daterange(d.valid_from, d.valid_to) @> intake.last_day(o.period)
ORDER BY o.owed_until, o.department, o.form
"""  # noqa: S608 - constants
_FINDINGS = """
SELECT finding_id, severity, sheet, cell, message_zh, message_en FROM mart.open_finding
WHERE round = :round AND place = :place AND department = :department
ORDER BY effect DESC, finding_id DESC LIMIT 8
"""
_BEFORE = """
SELECT count(*) AS owed, count(*) FILTER (WHERE (place, department) IN (
  SELECT s.place, s.department FROM intake.submission AS s
  WHERE s.round = :round AND s.kind = 'ledger' AND s.state <> 'withdrawn' AND s.received_at < (
    SELECT (max(x.due) - :left + 1)::timestamp AT TIME ZONE 'Asia/Shanghai' FROM intake.obligation AS x WHERE x.round = :round)
)) AS arrived
FROM intake.obligation WHERE round = :round AND (CAST(:places AS text[]) IS NULL OR place = ANY(CAST(:places AS text[])))
"""
_SPARED = """
SELECT coalesce(sum(dropped), 0) AS dropped, coalesce(sum(prefilled), 0) AS prefilled,
  coalesce(sum(minutes), 0)::integer AS minutes
FROM mart.asked_once WHERE round = :round
"""
_READY = """
SELECT (SELECT max(edition) FROM ref.edition) AS edition, (SELECT count(DISTINCT "user") FROM app.grant) AS people,
  (SELECT count(*) FROM intake.round WHERE state = 'open') AS open_rounds,
  coalesce((SELECT max(data_year) FROM ref.calendar WHERE opens <= current_date),
    extract(year FROM current_date)::integer - 1) AS data_year
"""


def wanted_of(
    state: Short = "",
    place: Short = "",
    department: Short = "",
    due: Short = "",
    mine: Short = "",
    q: Short = "",
    after: Short = "",
    pick: Annotated[str, Query(max_length=6000)] = "",
) -> Wanted:
    """The filters and the selection that stand in the address."""
    said = {"state": state, "place": place, "department": department, "due": due, "mine": mine, "q": q}
    return owed.understood(said | {"after": after, "pick": pick})


WantedQuery = Annotated[Wanted, Depends(wanted_of)]


@router.get("/", response_class=HTMLResponse)
def board(request: Request, viewer: MayLook, wanted: WantedQuery) -> HTMLResponse:
    """The matrix of one round, and the panels for what is selected; the first day where no round was ever opened."""
    around = page.frame(request, viewer, "", **wanted.query)
    ready = database.row(_READY)
    if not around.rounds:
        return page.render(around, "first_day.html", ready=ready)
    told = owed.asked(viewer, around.round, wanted)
    counted = owed.counts(told)
    figures = _figures(counted)
    places, departments = owed.options(told)
    shown = owed.matrix(told, wanted.after)
    late = [
        f"{place}~{code}"
        for place, row in shown.places.items()
        for code, cell in row["cells"].items()
        if _is_late(cell)
    ]
    return page.render(
        around, "board.html", wanted=wanted, ready=ready, figures=figures, matrix=shown,
        states={state: around.say(f"state.{state}") for state in URGENCY},
        places=places, departments=departments, names=_names(around, wanted, places, departments),
        without=lambda *cell: ",".join("~".join(one) for one in wanted.picked if one != cell),
        late_pick=",".join(late[: owed.MOST_PICKED]), late_count=min(len(late), owed.MOST_PICKED),
        before=_before(around, viewer, figures), spared=_spared(around.round),
        may_act=any(viewer.may(right) for right in (Right.ACCEPT, Right.REMIND)),
        is_issued=(Home.from_environment().issued / around.round).is_dir() and viewer.may(Right.RECEIVE, ""),
        **_panels(around, viewer, wanted, told, figures["today"]), **obligations.said(request),
    )  # fmt: skip


@router.get("/board.xlsx")
def workbook(request: Request, viewer: MayDownload, wanted: WantedQuery) -> Response:
    """The board as filtered: the matrix of every place, and the list of what is owed."""
    around = page.frame(request, viewer, "", **wanted.query)
    if not around.round:
        raise HTTPException(404)
    content = board_file.workbook(around, owed.asked(viewer, around.round, wanted))
    return board_file.download(content, f"收集进度_{around.round}.xlsx", board_file.XLSX)


@router.get("/board/issued.zip")
def issued(request: Request, viewer: MayReceive) -> Response:
    """The workbooks of the round as they were issued, in one zip."""
    around = page.frame(request, viewer, "")
    folder = Home.from_environment().issued / around.round
    if not around.round or not folder.is_dir() or not viewer.may(Right.RECEIVE, ""):
        raise HTTPException(404)
    return board_file.zipped(folder, f"表式_{around.round}.zip")


def _panels(
    around: page.Frame, viewer: Viewer, wanted: Wanted, told: dict[str, Any], today: date | None
) -> dict[str, Any]:
    """What stands below the matrix: the forms, findings and letters of the chosen cells; else the next deadlines."""
    cells = [cell for cell in wanted.picked if viewer.may(Right.LOOK, cell[0])]
    if not cells:
        rows = database.rows(_NEXT, **told, many=NEXT_SHOWN)
        return {
            "chosen": (),
            "next": rows,
            "obligations": (),
            "owing": 0,
            "letters": (),
            "found": (),
            "spare": 0,
            "may_excuse": False,
            "may_remind": False,
        }
    ids = owed.in_cells(around.round, cells, viewer, Right.LOOK)
    rows = database.rows(_OBLIGATIONS, ids=ids[:OBLIGATIONS_SHOWN])
    place, department = cells[-1]
    return {
        "chosen": cells, "next": (), "obligations": rows, "owing": len(ids),
        "letters": _letters(ids, today) if today else (),
        "found": database.rows(_FINDINGS, round=around.round, place=place, department=department),
        "spare": sum(row["state"] in _EXCUSABLE for row in rows),
        "may_excuse": all(viewer.may(Right.EXCUSE, place) for place, _ in cells),
        "may_remind": all(viewer.may(Right.REMIND, place) for place, _ in cells),
    }  # fmt: skip


def _letters(ids: Sequence[int], today: date) -> list[dict[str, Any]]:
    """The letters that would go to the departments of these obligations, as they would read."""
    with database.engine().connect() as connection:
        drafted = urge.draft(connection, ids, today)
    return [
        {"row": one.first, "body": one.body, "n": len(one.rows), "last_day": max(_days(one), default=None)}
        for one in drafted
    ]


def _days(letter: Letter) -> list[date]:
    return [row["last_day"] for row in letter.rows if row["last_day"]]


def _is_late(cell: RowMapping) -> bool:
    return cell["state"] in ("逾期", "已退回")


def _names(
    around: page.Frame, wanted: Wanted, places: Sequence[RowMapping], departments: Sequence[RowMapping]
) -> dict[str, str]:
    """The names of the place and department that are filtered by."""
    rows = {"place": places, "department": departments}
    return {key: around.name(row, key) for key, found in rows.items() for row in found if row[key] == wanted.query[key]}


def _spared(round_id: str) -> RowMapping | None:
    """What asking once saved in the round; None where nothing."""
    found = database.row(_SPARED, round=round_id)
    return found if found and found["dropped"] + found["prefilled"] else None


def _before(around: page.Frame, viewer: Viewer, figures: dict[str, Any]) -> dict[str, Any] | None:
    """How much had arrived in the round of the year before, as many days before its end; None without such a round."""
    period = next((row["period"] for row in around.rounds if row["round"] == around.round), None)
    earlier = [row for row in around.rounds if period and row["period"] == year_before(period)]
    if figures["left"] is None or not earlier:
        return None
    said = {"round": earlier[0]["round"], "left": figures["left"], "places": viewer.places(Right.LOOK)}
    found = database.row(_BEFORE, **said)
    share = 100 * found["arrived"] / found["owed"] if found and found["owed"] else None
    return {"name": earlier[0]["data_year"], "share": share} if share is not None else None


def _figures(counted: Sequence[RowMapping]) -> dict[str, Any]:
    """Owed, overdue, and how many are in each state, with the strip's shares in percent and the days that are left."""
    by_state = {row["state"]: int(row["n"]) for row in counted}
    owing = sum(by_state.values())
    strip, start = [], 0.0
    for state in reversed(URGENCY):
        width = 100 * by_state.get(state, 0) / owing if owing else 0
        strip.append((state, round(start, 3), round(width, 3)))
        start += width
    due, today = max((row["due"] for row in counted), default=None), counted[0]["today"] if counted else None
    return {
        "owed": owing, "arrived": sum(by_state.get(state, 0) for state in ARRIVED), "by_state": by_state, "strip": strip,
        "overdue": sum(int(row["overdue"]) for row in counted), "fits": sum(int(row["fits"]) for row in counted), "places": counted[0]["places"] if counted else 0,
        "due": due, "today": today, "left": (due - today).days if due and today else None,
        "not_due": sum(by_state.get(state, 0) for state in ("未下发", "已下发")),
        "excused": by_state.get("豁免", 0) + by_state.get("延期", 0),
    }  # fmt: skip

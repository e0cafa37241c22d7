"""收集进度: who owes what. One matrix of places and departments, what stands behind its cells, and 催报 for them."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import HTMLResponse
from markupsafe import Markup
from sqlalchemy import RowMapping
from starlette.exceptions import HTTPException

from learning_city.model.home import Home
from learning_city.model.period import year_before
from learning_city.web import board_file, database, obligations, owed, page
from learning_city.web.board_panels import panels
from learning_city.web.names import Named
from learning_city.web.owed import URGENCY, Totals, Wanted
from learning_city.web.rights import Right, Viewer
from learning_city.web.security import MayDownload, MayLook, MayReceive

router = APIRouter()
Short = Annotated[str, Query(max_length=120)]
ARRIVED = ("已报送", "审核中", "已退回", "已通过")
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
    (ready,) = database.shared(_READY)
    if not around.rounds:
        return page.render(around, "first_day.html", ready=ready)
    told = owed.asked(viewer, around.round, wanted)
    totals = owed.totals(told)
    figures = _figures(totals)
    shown = owed.matrix(told, totals, wanted.after)
    late = [
        f"{place}~{code}"
        for place, row in shown.places.items()
        for code, cell in row["cells"].items()
        if _is_late(cell)
    ]
    return page.render(
        around, "board.html", wanted=wanted, ready=ready, figures=figures, matrix=shown,
        states={state: around.say(f"state.{state}") for state in URGENCY},
        board_rows=_rows(around, wanted, shown), names=_names(around, wanted, totals),
        places=_choices(around, "place", totals.places), departments=_choices(around, "department", totals.departments),
        late_pick=",".join(late[: owed.MOST_PICKED]), late_count=min(len(late), owed.MOST_PICKED),
        before=_before(around, viewer, figures), spared=_spared(around.round),
        may_act=any(viewer.may(right) for right in (Right.ACCEPT, Right.REMIND)),
        is_issued=(Home.from_environment().issued / around.round).is_dir() and viewer.may(Right.RECEIVE, ""),
        **panels(around, wanted, told, figures["today"]), **obligations.said(request),
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


def _is_late(cell: owed.Cell) -> bool:
    return cell.state in ("逾期", "已退回")


def _rows(around: page.Frame, wanted: Wanted, shown: owed.Matrix) -> list[Markup]:
    """The rows of the matrix; an address at each cell chooses it as well, or no longer."""
    plus = around.again(pick=f"{wanted.pick},_" if wanted.pick else "_")[:-1]
    picked = wanted.picked

    def href(place: str, department: str) -> str:
        if (place, department) not in picked:
            return f"{plus}{place}~{department}"
        return around.again(pick=",".join("~".join(one) for one in picked if one != (place, department)))

    return [
        around.piece(
            "board_row.html", place=around.name(row["row"], "place"), timely=row["timely"], complete=row["complete"],
            picked=tuple(department for place, department in picked if place == code),
            cells=tuple((row["cells"].get(department), href(code, department)) for department in shown.departments),
        )
        for code, row in shown.places.items()
    ]  # fmt: skip


def _choices(around: page.Frame, code: str, rows: Sequence[Named]) -> tuple[tuple[str, str], ...]:
    """What a filter offers, as (code, name)."""
    return tuple((row[code], around.name(row, code)) for row in rows)


def _names(around: page.Frame, wanted: Wanted, totals: Totals) -> dict[str, str]:
    """The names of the place and department that are filtered by."""
    rows = {"place": totals.places, "department": totals.departments}
    return {key: around.name(row, key) for key, found in rows.items() for row in found if row[key] == wanted.query[key]}


def _spared(round_id: str) -> RowMapping | None:
    """What asking once saved in the round; None where nothing."""
    (found,) = database.shared(_SPARED, round=round_id)
    return found if found["dropped"] + found["prefilled"] else None


def _before(around: page.Frame, viewer: Viewer, figures: dict[str, Any]) -> dict[str, Any] | None:
    """How much had arrived in the round of the year before, as many days before its end; None without such a round."""
    period = next((row["period"] for row in around.rounds if row["round"] == around.round), None)
    earlier = [row for row in around.rounds if period and row["period"] == year_before(period)]
    if figures["left"] is None or not earlier:
        return None
    said = {"round": earlier[0]["round"], "left": figures["left"], "places": viewer.places(Right.LOOK)}
    (found,) = database.shared(_BEFORE, **said)
    share = 100 * found["arrived"] / found["owed"] if found["owed"] else None
    return {"name": earlier[0]["data_year"], "share": share} if share is not None else None


def _figures(totals: Totals) -> dict[str, Any]:
    """Owed, overdue, and how many are in each state, with the strip's shares in percent and the days that are left."""
    by_state = {row["shown"]: int(row["n"]) for row in totals.states}
    owing = sum(by_state.values())
    strip, start = [], 0.0
    for state in reversed(URGENCY):
        width = 100 * by_state.get(state, 0) / owing if owing else 0
        strip.append((state, round(start, 3), round(width, 3)))
        start += width
    due, today = max((row["due"] for row in totals.states), default=None), totals.states[0]["today"] if owing else None
    return {
        "owed": owing, "arrived": sum(by_state.get(state, 0) for state in ARRIVED), "by_state": by_state, "strip": strip,
        "overdue": sum(row["overdue"] for row in totals.states), "fits": sum(row["fits"] for row in totals.states),
        "places": sum(row["fits"] > 0 for row in totals.places),
        "due": due, "today": today, "left": (due - today).days if due and today else None,
        "not_due": sum(by_state.get(state, 0) for state in ("未下发", "已下发")),
        "excused": by_state.get("豁免", 0) + by_state.get("延期", 0),
    }  # fmt: skip

"""What a round owes, as the board asks for it: the filters of its address, and counts by cell, department and state."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Engine, RowMapping

from learning_city.web import database, names
from learning_city.web.names import Named, Names
from learning_city.web.rights import Right, Viewer

URGENCY = ["逾期", "已退回", "审核中", "已报送", "未下发", "已下发", "延期", "已通过", "豁免"]
"""A cell with several forms shows the first of these that any of them is in."""
DUE = ("week", "late")
PLACES_A_PAGE = 25
MOST_PICKED = 120
_CELL = re.compile(r"[^\s~,\0]{1,60}~[^\s~,\0]{1,60}")


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """The filters that stand in the board's address; what is no filter is dropped."""

    state: str = ""
    place: str = ""
    department: str = ""
    due: str = ""
    mine: str = ""
    q: str = ""
    after: str = ""
    pick: str = ""

    @property
    def query(self) -> dict[str, Any]:
        """The filters as the address carries them."""
        return {name: str(value) for name, value in vars(self).items()}

    @property
    def filters(self) -> dict[str, Any]:
        """Those that narrow the matrix."""
        return {name: value for name, value in self.query.items() if value and name not in ("after", "pick")}

    @property
    def picked(self) -> list[tuple[str, str]]:
        """The chosen cells, (place, department), in the order of choosing."""
        cells = dict.fromkeys(cell for cell in self.pick.split(",") if _CELL.fullmatch(cell))
        return [(place, department) for place, _, department in (c.partition("~") for c in [*cells][:MOST_PICKED])]


def understood(said: dict[str, str]) -> Wanted:
    """The filters of an address; an unknown state or due is none."""
    known = {
        name: value.replace("\0", "").strip() for name, value in said.items() if name in Wanted.__dataclass_fields__
    }
    known["state"] = known.get("state", "") if known.get("state") in URGENCY else ""
    known["due"] = known.get("due", "") if known.get("due") in DUE else ""
    known["mine"] = "1" if known.get("mine") else ""
    return Wanted(**known)


class Cell(NamedTuple):
    """What one department owes for one place: the state that needs most to be done (None: nothing fits the filter)."""

    department: str
    owed: int
    passed: int
    state: str | None
    days_late: int | None
    until: date | None


@dataclass(frozen=True, slots=True)
class Totals:
    """What is owed and fits, by state, by department, by place; the latter with their names."""

    states: Sequence[Named]
    departments: Sequence[Named]
    places: Sequence[Named]


@dataclass
class Matrix:
    """The cells of one page of places, with rates at the left and departments' totals below."""

    places: dict[str, dict[str, Any]] = field(default_factory=dict)
    departments: dict[str, Named] = field(default_factory=dict)
    after: str = ""


def asked(viewer: Viewer, round_id: str, wanted: Wanted) -> dict[str, Any]:
    """What the statements below are told: filters, and the places this person may see and must act for."""
    like = re.sub(r"([\\%_])", r"\\\1", wanted.q)
    return {
        "round": round_id, "places": viewer.places(Right.LOOK), "state": wanted.state, "place": wanted.place,
        "department": wanted.department, "due": wanted.due, "mine": bool(wanted.mine),
        "accepts": viewer.places(Right.ACCEPT), "reminds": viewer.places(Right.REMIND),
        "like": f"%{like}%" if wanted.q else "", "urgency": URGENCY, "shown": None,
    }  # fmt: skip


def totals(told: dict[str, Any]) -> Totals:
    """One pass over what is owed: how many, how many are overdue, fit the filter, passed."""
    found = rows(_TOTALS, told)
    called = names.of_round(told["round"])
    return Totals(
        states=[dict(row) for row in found if row["shown"] is not None],
        departments=_named(called, "department", found),
        places=_named(called, "place", found),
    )


def codes(round_id: str, places: list[str] | None) -> dict[str, tuple[Named, ...]]:
    """Places and departments of the round, to choose from; read again only after something more was owed."""
    newest = database.row("SELECT max(obligation_id) AS id FROM intake.obligation")
    return _codes(database.engine(), round_id, None if places is None else tuple(places), newest and newest["id"])


@lru_cache(maxsize=64)
def _codes(_: Engine, round_id: str, places: tuple[str, ...] | None, __: int | None) -> dict[str, tuple[Named, ...]]:
    found = database.rows(_CODES, round=round_id, places=None if places is None else list(places))
    called = names.of_round(round_id)
    return {code: tuple(_named(called, code, found)) for code in ("place", "department")}


def matrix(told: dict[str, Any], found: Totals, after: str, many: int = PLACES_A_PAGE) -> Matrix:
    """One page of places after a code, with every department that has something that fits."""
    fitting = [row for row in found.places if row["fits"] and row["place"] > after]
    shown = Matrix(departments={row["department"]: row for row in found.departments if row["fits"]})
    shown.places = {row["place"]: {"row": row, "cells": {}, "timely": None, "complete": None} for row in fitting[:many]}
    shown.after = max(shown.places) if len(fitting) > many else ""
    on_page = list(shown.places)
    for cell in rows(_CELLS, told | {"shown": on_page}):
        shown.places[cell["place"]]["cells"][cell["department"]] = Cell(*(cell[name] for name in Cell._fields))
    for row in database.shared(_RATES, round=told["round"], shown=on_page):
        shown.places[row["place"]] |= {"timely": row["timely"], "complete": row["complete"]}
    return shown


def _named(called: Names, code: str, found: Sequence[RowMapping]) -> list[Named]:
    """The rows that are about one code, in its order, with its names; a code without any is called by itself."""
    known = called.of(code)
    mine = sorted((row for row in found if row[code] is not None), key=lambda row: str(row[code]))
    return [{**row, f"{code}_zh": row[code], **known.get(row[code], {})} for row in mine]


def in_cells(round_id: str, cells: Sequence[tuple[str, str]], viewer: Viewer, right: Right) -> list[int]:
    """The obligations of these cells where the person holds a right."""
    mine = [cell for cell in cells if viewer.may(right, cell[0])]
    said = {"round": round_id, "at": [place for place, _ in mine], "by": [department for _, department in mine]}
    return [row["obligation_id"] for row in database.rows(_IN_CELLS, **said)]


TODAY = "(SELECT app.today())"
"""Asked once a statement, not once a row."""
LATE = f"o.state IN ('未下发', '已下发', '已退回', '延期', '豁免') AND coalesce(o.until, o.due) < {TODAY}"
SEEN = """o.round = :round AND (CAST(:places AS text[]) IS NULL OR o.place = ANY(CAST(:places AS text[])))
  AND (CAST(:shown AS text[]) IS NULL OR o.place = ANY(CAST(:shown AS text[])))"""
SHOWN = f"CASE WHEN {LATE} AND o.state <> '已退回' THEN '逾期' ELSE o.state END"
_LIKE = """(each.form IN (
    SELECT f.form FROM ref.form AS f JOIN intake.round AS r USING (edition)
    WHERE r.round = :round AND concat_ws(' ', f.form_no, f.name_zh, f.name_en, f.form) ILIKE :like)
  OR each.department IN (
    SELECT d.department FROM ref.department AS d JOIN intake.round AS r USING (edition)
    WHERE r.round = :round AND concat_ws(' ', d.name_zh, d.name_en, d.department) ILIKE :like)
  OR each.department IN (SELECT c.department FROM ref.contact AS c WHERE c.place IS NULL
    AND c.edition = (SELECT max(edition) FROM ref.edition) AND concat_ws(' ', c.name, c.phone, c.email) ILIKE :like)
  OR (each.place, each.department) IN (SELECT c.place, c.department FROM ref.contact AS c
    WHERE c.edition = (SELECT max(edition) FROM ref.edition) AND concat_ws(' ', c.name, c.phone, c.email) ILIKE :like))"""
_MINE = """((shown IN ('已报送', '审核中') AND (CAST(:accepts AS text[]) IS NULL OR place = ANY(CAST(:accepts AS text[]))))
  OR (shown IN ('逾期', '已退回', '未下发')
    AND (CAST(:reminds AS text[]) IS NULL OR place = ANY(CAST(:reminds AS text[])))))"""
_FITS = {
    "like": _LIKE,
    "state": "(shown = :state OR (:state = '逾期' AND is_overdue))",
    "place": "place = :place",
    "department": "department = :department",
    "due": f"""((:due = 'late' AND is_overdue) OR (:due = 'week'
      AND state IN ('未下发', '已下发', '已退回', '延期') AND owed_until - {TODAY} BETWEEN 0 AND 6))""",
    "mine": _MINE,
}
"""What a filter asks of a row; only filters that are set are part of a statement."""
_OWED = f"""
WITH each AS (
  SELECT o.obligation_id, o.place, o.department, o.form, o.state, o.period, o.due, o.until, o.submission_id,
    coalesce(o.until, o.due) AS owed_until, {LATE} AS is_overdue, {SHOWN} AS shown
  FROM intake.obligation AS o WHERE {SEEN} AND {{only}}
), owed AS (SELECT each.*, {{fits}} AS fits FROM each)
"""  # noqa: S608 - constants


def rows(statement: str, told: dict[str, Any], *, only: str = "true") -> Sequence[RowMapping]:
    """A statement over ``owed``: the obligations that this person sees, and whether each ``fits`` the filters."""
    fits = " AND ".join(condition for name, condition in _FITS.items() if told[name]) or "true"
    return database.shared(_OWED.format(only=only, fits=fits) + statement, **told)


_TOTALS = f"""
SELECT o.shown, o.department, o.place, count(*) AS n, count(*) FILTER (WHERE o.is_overdue) AS overdue,
  count(*) FILTER (WHERE o.fits) AS fits, count(*) FILTER (WHERE o.fits AND o.state = '已通过') AS passed,
  max(o.due) AS due, {TODAY} AS today
FROM owed AS o GROUP BY GROUPING SETS ((o.shown), (o.department), (o.place))
"""  # noqa: S608 - constants
_CODES = """
SELECT o.place, o.department FROM intake.obligation AS o
WHERE o.round = :round AND (CAST(:places AS text[]) IS NULL OR o.place = ANY(CAST(:places AS text[])))
GROUP BY GROUPING SETS ((o.place), (o.department))
"""
_CELLS = f"""
SELECT place, department, owed, passed, (CAST(:urgency AS text[]))[urgency] AS state, days_late, until FROM (
  SELECT place, department, count(*) AS owed, count(*) FILTER (WHERE state = '已通过') AS passed,
    min(array_position(CAST(:urgency AS text[]), shown)) FILTER (WHERE fits) AS urgency,
    {TODAY} - min(owed_until) FILTER (WHERE is_overdue) AS days_late,
    min(until) FILTER (WHERE state IN ('豁免', '延期')) AS until
  FROM owed GROUP BY 1, 2
) AS cell
"""  # noqa: S608 - constants
_RATES = """
WITH given AS (
  SELECT o.place, sum(a.asked) AS asked, sum(a.given) AS given
  FROM intake.obligation AS o JOIN intake.answered AS a USING (submission_id, form)
  WHERE o.round = :round AND o.place = ANY(:shown) GROUP BY 1
), due AS (
  SELECT o.place, count(*) AS due,
    count(*) FILTER (WHERE o.submission_id IS NOT NULL AND EXISTS (SELECT FROM intake.submission AS s
      WHERE s.round = o.round AND s.place = o.place AND s.department = o.department AND s.kind = 'ledger'
        AND s.state <> 'withdrawn'
        AND (s.received_at AT TIME ZONE 'Asia/Shanghai')::date <= coalesce(o.until, o.due))) AS in_time
  FROM intake.obligation AS o
  WHERE o.round = :round AND o.place = ANY(:shown) AND coalesce(o.until, o.due) <= app.today()
    AND NOT (o.state = '豁免' AND o.until >= app.today()) GROUP BY 1
)
SELECT place, 100.0 * d.in_time / d.due AS timely, 100.0 * g.given / g.asked AS complete
FROM due AS d FULL JOIN given AS g USING (place)
"""
_IN_CELLS = """
SELECT o.obligation_id FROM intake.obligation AS o
JOIN unnest(CAST(:at AS text[]), CAST(:by AS text[])) AS c (place, department) USING (place, department)
WHERE o.round = :round ORDER BY 1
"""

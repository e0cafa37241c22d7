"""What a round owes, as the board asks for it: the filters of its address, and counts by cell, department and state."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import RowMapping

from learning_city.web import database
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


@dataclass
class Matrix:
    """The cells of one page of places, with rates at the left and departments' totals below."""

    places: dict[str, dict[str, Any]] = field(default_factory=dict)
    departments: dict[str, RowMapping] = field(default_factory=dict)
    after: str = ""


def asked(viewer: Viewer, round_id: str, wanted: Wanted) -> dict[str, Any]:
    """What the statements below are told: filters, and the places this person may see and must act for."""
    like = re.sub(r"([\\%_])", r"\\\1", wanted.q)
    return {
        "round": round_id, "places": viewer.places(Right.LOOK), "state": wanted.state, "place": wanted.place,
        "department": wanted.department, "due": wanted.due, "mine": bool(wanted.mine),
        "accepts": viewer.places(Right.ACCEPT), "reminds": viewer.places(Right.REMIND),
        "like": f"%{like}%" if wanted.q else "", "urgency": URGENCY,
    }  # fmt: skip


def counts(told: dict[str, Any]) -> Sequence[RowMapping]:
    """By state: how many, how many are overdue, how many fit the filter."""
    return database.rows(_COUNTS, **told)


def matrix(told: dict[str, Any], after: str, many: int = PLACES_A_PAGE) -> Matrix:
    """One page of places after a code, with every department that has something that fits."""
    found = Matrix(departments={row["department"]: row for row in database.rows(_DEPARTMENTS, **told)})
    for cell in database.rows(_CELLS, **told, after=after, many=many + 1):
        place = found.places.setdefault(cell["place"], {"row": cell, "cells": {}, "timely": None, "complete": None})
        place["cells"][cell["department"]] = cell
    if len(found.places) > many:
        found.places.popitem()
        found.after = max(found.places)
    for row in database.rows(_RATES, round=told["round"], shown=list(found.places)):
        found.places[row["place"]] |= {"timely": row["timely"], "complete": row["complete"]}
    return found


def options(told: dict[str, Any]) -> tuple[Sequence[RowMapping], Sequence[RowMapping]]:
    """Places and departments of the round, to choose from."""
    said = {"round": told["round"], "places": told["places"]}
    return database.rows(_PLACES, **said), database.rows(_WHO, **said)


def in_cells(round_id: str, cells: Sequence[tuple[str, str]], viewer: Viewer, right: Right) -> list[int]:
    """The obligations of these cells where the person holds a right."""
    mine = [cell for cell in cells if viewer.may(right, cell[0])]
    said = {"round": round_id, "at": [place for place, _ in mine], "by": [department for _, department in mine]}
    return [row["obligation_id"] for row in database.rows(_IN_CELLS, **said)]


TODAY = "(SELECT app.today())"
"""Asked once a statement, not once a row."""
LATE = f"o.state IN ('未下发', '已下发', '已退回', '延期', '豁免') AND coalesce(o.until, o.due) < {TODAY}"
SEEN = "o.round = :round AND (CAST(:places AS text[]) IS NULL OR o.place = ANY(CAST(:places AS text[])))"
SHOWN = f"CASE WHEN {LATE} AND o.state <> '已退回' THEN '逾期' ELSE o.state END"
_LIKE = """(o.form IN (
    SELECT f.form FROM ref.form AS f JOIN intake.round AS r USING (edition)
    WHERE r.round = :round AND concat_ws(' ', f.form_no, f.name_zh, f.name_en, f.form) ILIKE :like)
  OR o.department IN (
    SELECT d.department FROM ref.department AS d JOIN intake.round AS r USING (edition)
    WHERE r.round = :round AND concat_ws(' ', d.name_zh, d.name_en, d.department) ILIKE :like)
  OR o.department IN (SELECT c.department FROM ref.contact AS c WHERE c.place IS NULL
    AND c.edition = (SELECT max(edition) FROM ref.edition) AND concat_ws(' ', c.name, c.phone, c.email) ILIKE :like)
  OR (o.place, o.department) IN (SELECT c.place, c.department FROM ref.contact AS c
    WHERE c.edition = (SELECT max(edition) FROM ref.edition) AND concat_ws(' ', c.name, c.phone, c.email) ILIKE :like))"""
_MINE = """((shown IN ('已报送', '审核中') AND (CAST(:accepts AS text[]) IS NULL OR place = ANY(CAST(:accepts AS text[]))))
  OR (shown IN ('逾期', '已退回', '未下发')
    AND (CAST(:reminds AS text[]) IS NULL OR place = ANY(CAST(:reminds AS text[])))))"""
OWED = f"""
WITH each AS (
  SELECT o.obligation_id, o.place, o.department, o.form, o.state, o.period, o.due, o.until, o.submission_id,
    coalesce(o.until, o.due) AS owed_until, {LATE} AS is_overdue, {SHOWN} AS shown,
    (:like = '' OR {_LIKE}) AS said
  FROM intake.obligation AS o WHERE {SEEN}
), owed AS MATERIALIZED (
  SELECT each.*, said AND (:state = '' OR shown = :state OR (:state = '逾期' AND is_overdue))
    AND (:place = '' OR place = :place) AND (:department = '' OR department = :department)
    AND (:due = '' OR (:due = 'late' AND is_overdue) OR (:due = 'week'
      AND state IN ('未下发', '已下发', '已退回', '延期') AND owed_until - {TODAY} BETWEEN 0 AND 6))
    AND (NOT :mine OR {_MINE}) AS fits
  FROM each
)
"""  # noqa: S608 - constants
_COUNTS = f"""{OWED}
SELECT shown AS state, count(*) AS n, count(*) FILTER (WHERE is_overdue) AS overdue, count(*) FILTER (WHERE fits) AS fits,
  (SELECT count(*) FROM (SELECT DISTINCT place FROM owed WHERE fits) AS p) AS places, max(due) AS due, app.today() AS today
FROM owed GROUP BY 1
"""  # noqa: S608 - constants
_DEPARTMENTS = f"""{OWED}
SELECT o.department, coalesce(min(d.name_zh), o.department) AS department_zh, min(d.name_en) AS department_en,
  sum(o.owed) AS owed, sum(o.passed) AS passed
FROM (SELECT department, min(period) AS period, count(*) AS owed, count(*) FILTER (WHERE state = '已通过') AS passed
  FROM owed WHERE fits GROUP BY 1) AS o
LEFT JOIN ref.department AS d ON d.department = o.department
  AND d.edition = (SELECT edition FROM intake.round WHERE round = :round)
  AND daterange(d.valid_from, d.valid_to) @> intake.last_day(o.period)
GROUP BY 1 ORDER BY 1
"""  # noqa: S608 - constants
_CELLS = f"""{OWED}, page AS (
  SELECT DISTINCT place FROM owed WHERE fits AND place > :after ORDER BY 1 LIMIT :many
), cell AS MATERIALIZED (
  SELECT place, department, min(period) AS period, count(*) AS owed, count(*) FILTER (WHERE state = '已通过') AS passed,
    min(array_position(CAST(:urgency AS text[]), shown)) FILTER (WHERE fits) AS urgency,
    app.today() - min(owed_until) FILTER (WHERE is_overdue) AS days_late,
    min(until) FILTER (WHERE state IN ('豁免', '延期')) AS until
  FROM owed JOIN page USING (place) GROUP BY 1, 2
)
SELECT cell.*, (CAST(:urgency AS text[]))[urgency] AS state, coalesce(p.name_zh, cell.place) AS place_zh, p.name_en AS place_en
FROM cell LEFT JOIN ref.place AS p ON p.place = cell.place
  AND p.edition = (SELECT edition FROM intake.round WHERE round = :round)
  AND daterange(p.valid_from, p.valid_to) @> intake.last_day(cell.period)
ORDER BY cell.place, cell.department
"""  # noqa: S608 - constants
_RATES = """
WITH given AS (
  SELECT o.place, count(*) AS asked, count(*) FILTER (WHERE i.status <> 'O'
    AND (coalesce(i.missing_type, '') NOT IN ('暂缺', '并入') OR i.reason <> '')) AS given
  FROM intake.obligation AS o JOIN intake.item AS i ON i.submission_id = o.submission_id AND i.form = o.form
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
_PLACES = """
SELECT o.place, coalesce(p.name_zh, o.place) AS place_zh, p.name_en AS place_en FROM (
  SELECT DISTINCT place, period FROM intake.obligation AS o WHERE round = :round
    AND (CAST(:places AS text[]) IS NULL OR place = ANY(CAST(:places AS text[])))) AS o
LEFT JOIN ref.place AS p ON p.place = o.place AND p.edition = (SELECT edition FROM intake.round WHERE round = :round)
  AND daterange(p.valid_from, p.valid_to) @> intake.last_day(o.period)
ORDER BY 1
"""
_WHO = (
    _PLACES.replace("place_", "department_")
    .replace("o.place", "o.department")
    .replace("p.place", "p.department")
    .replace("ref.place", "ref.department")
    .replace("DISTINCT place", "DISTINCT department")
)
_IN_CELLS = """
SELECT o.obligation_id FROM intake.obligation AS o
JOIN unnest(CAST(:at AS text[]), CAST(:by AS text[])) AS c (place, department) USING (place, department)
WHERE o.round = :round ORDER BY 1
"""

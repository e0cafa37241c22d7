"""What stands beside the board's matrix: the forms, findings and letters of chosen cells; else the next deadlines."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from learning_city.prepare import urge
from learning_city.prepare.letter import Letter
from learning_city.web import database, owed, page
from learning_city.web.owed import Wanted
from learning_city.web.rights import Right

OBLIGATIONS_SHOWN = 60
NEXT_SHOWN = 8
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
_UNANSWERED = "o.state IN ('未下发', '已下发', '已退回', '延期')"
_NEXT = """
SELECT o.*, o.owed_until - app.today() AS days, f.name_zh AS form_zh, f.name_en AS form_en, f.form_no,
  d.name_zh AS department_zh, d.name_en AS department_en
FROM (
  SELECT owed_until, form, department, count(*) AS places, min(period) AS period FROM owed
  WHERE fits
  GROUP BY 1, 2, 3 ORDER BY 1, 3, 2 LIMIT :many
) AS o
LEFT JOIN ref.form AS f ON f.form = o.form AND f.edition = (SELECT edition FROM intake.round WHERE round = :round)
  AND daterange(f.valid_from, f.valid_to) @> intake.last_day(o.period)
LEFT JOIN ref.department AS d ON d.department = o.department
  AND d.edition = (SELECT edition FROM intake.round WHERE round = :round)
  AND daterange(d.valid_from, d.valid_to) @> intake.last_day(o.period)
ORDER BY o.owed_until, o.department, o.form
"""
_FINDINGS = """
SELECT finding_id, severity, sheet, cell, message_zh, message_en FROM mart.open_finding
WHERE round = :round AND place = :place AND department = :department
ORDER BY effect DESC, finding_id DESC LIMIT 8
"""


def panels(around: page.Frame, wanted: Wanted, told: dict[str, Any], today: date | None) -> dict[str, Any]:
    """What stands below the matrix: the forms, findings and letters of the chosen cells; else the next deadlines."""
    viewer = around.viewer
    cells = [cell for cell in wanted.picked if viewer.may(Right.LOOK, cell[0])]
    if not cells:
        rows = owed.rows(_NEXT, told | {"many": NEXT_SHOWN}, only=_UNANSWERED)
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

"""The board as files: an Excel of what is filtered, and the issued workbooks of a round in one zip."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import xlsxwriter
from fastapi import Response
from fastapi.responses import StreamingResponse

from learning_city.web import owed, page

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PLAIN = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
"""Text that came from elsewhere stays text."""
_EVERY_PLACE = 100_000
_COLOURS = {
    "逾期": ("#ffffff", "#a8201a"), "已退回": ("#8a3c00", "#fde5d2"), "审核中": ("#664e00", "#fdf1c9"),
    "已报送": ("#17507f", "#e0edf9"), "已通过": ("#0b5d43", "#edf7f2"), "已下发": ("#43515e", "#f0f3f6"),
}  # fmt: skip
_LIST = """
SELECT coalesce(p.name_zh, o.place) AS place_zh, p.name_en AS place_en, coalesce(d.name_zh, o.department) AS department_zh,
  d.name_en AS department_en, f.form_no, f.name_zh AS form_zh, f.name_en AS form_en, o.shown, o.owed_until,
  CASE WHEN o.is_overdue THEN app.today() - o.owed_until END AS days_late, s.file_name,
  to_char(s.received_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI') AS received
FROM owed AS o JOIN intake.round AS r ON r.round = :round
LEFT JOIN ref.place AS p ON p.edition = r.edition AND p.place = o.place
  AND daterange(p.valid_from, p.valid_to) @> intake.last_day(o.period)
LEFT JOIN ref.department AS d ON d.edition = r.edition AND d.department = o.department
  AND daterange(d.valid_from, d.valid_to) @> intake.last_day(o.period)
LEFT JOIN ref.form AS f ON f.edition = r.edition AND f.form = o.form
  AND daterange(f.valid_from, f.valid_to) @> intake.last_day(o.period)
LEFT JOIN intake.submission AS s ON s.submission_id = o.submission_id
WHERE o.fits ORDER BY o.place, o.department, o.due, o.form
"""


def workbook(around: page.Frame, told: dict[str, Any]) -> bytes:
    """An Excel with the matrix of every place that fits, and the obligations that fit, in the page's language."""
    held = io.BytesIO()
    with xlsxwriter.Workbook(held, PLAIN) as book:
        head = book.add_format(
            {"bold": True, "bg_color": "#eef2f6", "bottom": 1, "text_wrap": True, "valign": "vcenter"}
        )
        styles = {
            state: book.add_format({"font_color": ink, "bg_color": tint}) for state, (ink, tint) in _COLOURS.items()
        }
        _matrix(around, told, book.add_worksheet(around.say("tab.board")), head, styles)
        _list(around, told, book.add_worksheet(around.say("board.list")), head, styles)
    return held.getvalue()


def _matrix(around: page.Frame, told: dict[str, Any], sheet: Any, head: Any, styles: dict[str, Any]) -> None:
    found = owed.matrix(told, owed.totals(told), "", _EVERY_PLACE)
    names = [around.name(row, "department") for row in found.departments.values()]
    sheet.write_row(0, 0, [around.say("place"), around.say("board.timely"), around.say("board.complete"), *names], head)
    for number, place in enumerate(found.places.values(), start=1):
        sheet.write_string(number, 0, around.name(place["row"], "place"))
        for column, rate in enumerate((place["timely"], place["complete"]), start=1):
            if rate is not None:
                sheet.write_number(number, column, round(float(rate), 1))
        for column, department in enumerate(found.departments, start=3):
            if cell := place["cells"].get(department):
                sheet.write_string(number, column, _said(around, cell), styles.get(cell.state))
    _set_up(sheet, len(found.places), 2 + len(names), 14)


def _said(around: page.Frame, cell: owed.Cell) -> str:
    """State, days late or end date, accepted / owed: as the page says it."""
    if cell.state is None:
        return around.say("board.filtered_out")
    word = around.say("state." + cell.state)
    if cell.state == "逾期":
        word = around.say("board.late", n=cell.days_late)
    elif cell.state in ("豁免", "延期"):
        word += " " + around.say("board.until", day=cell.until)
    return f"{word} {cell.passed}/{cell.owed}"


def _list(around: page.Frame, told: dict[str, Any], sheet: Any, head: Any, styles: dict[str, Any]) -> None:
    keys = ("place", "filter.department", "board.form_no", "board.form", "filter.state", "due", "board.days_late")
    sheet.write_row(0, 0, [around.say(key) for key in (*keys, "board.file", "board.received_at")], head)
    rows = owed.rows(_LIST, told)
    for number, row in enumerate(rows, start=1):
        said = [around.name(row, "place"), around.name(row, "department"), row["form_no"], around.name(row, "form")]
        for column, one in enumerate(said):
            sheet.write_string(number, column, one or "")
        sheet.write_string(number, 4, around.say("state." + row["shown"]), styles.get(row["shown"]))
        sheet.write_string(number, 5, str(row["owed_until"]))
        if row["days_late"] is not None:
            sheet.write_number(number, 6, row["days_late"])
        sheet.write_string(number, 7, row["file_name"] or "")
        sheet.write_string(number, 8, row["received"] or "")
    _set_up(sheet, len(rows), 8, 18)


def _set_up(sheet: Any, rows: int, last_column: int, width: int) -> None:
    """Frozen header, filter, widths, and A4 landscape with the header on every page."""
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(rows, 1), last_column)
    sheet.set_column(0, last_column, width)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def zipped(folder: Path, name: str) -> Response:
    """Every workbook of a folder in one zip; they are compressed already, so they are only put together."""
    return StreamingResponse(_parts(folder), media_type="application/zip", headers=_named(name))


def download(content: bytes, name: str, kind: str) -> Response:
    """A file to be saved under a name."""
    return Response(content, media_type=kind, headers=_named(name))


def _named(name: str) -> dict[str, str]:
    return {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}


def _parts(folder: Path) -> Iterator[bytes]:
    """The zip as it grows: a national round is hundreds of megabytes and is never held whole."""
    held = _Taken()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_STORED) as made:
        for path in sorted(folder.glob("*.xlsx")):
            made.write(path, path.name)
            yield held.take()
    yield held.take()


class _Taken:
    """What a zip is written into: its bytes are taken away as soon as they came."""

    def __init__(self) -> None:
        self._held = bytearray()

    def flush(self) -> None:
        """Nothing is kept back."""

    def close(self) -> None:
        """Nothing is open."""

    def write(self, more: bytes) -> int:
        """Hold what comes."""
        self._held += more
        return len(more)

    def take(self) -> bytes:
        """What came since the last time."""
        taken = bytes(self._held)
        self._held.clear()
        return taken

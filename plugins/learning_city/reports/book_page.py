"""A sheet of the published workbook before its table: paper, title, link home, banner, headings."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil
from typing import Any

from learning_city.model.status import BANNER
from learning_city.reports.book_formats import Formats
from learning_city.reports.tables import ReportTables

CONTENTS = "目录"
HEADINGS_AT = 4
"""Row of the column headings, from 0; the table starts below it."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table: what stands above it, and how wide it is in digits."""

    heading: str
    width: float


@dataclass(frozen=True, slots=True)
class Book:
    """The workbook while it is written: its formats and what it is about."""

    workbook: Any
    formats: Formats
    tables: ReportTables


def open_sheet(book: Book, name: str, title: str, english: str, columns: Sequence[Column], unit: str = "") -> Any:
    """Add a sheet with everything above its table; the table goes from HEADINGS_AT + 1 on."""
    sheet, formats = book.workbook.add_worksheet(name), book.formats
    last = len(columns) - 1
    set_page(sheet, book.tables, name)
    for number, column in enumerate(columns):
        sheet.set_column(number, number, column.width)
        sheet.write_string(HEADINGS_AT, number, column.heading, formats["head"])
    link(sheet, formats, (0, 0), CONTENTS, "← 目录")
    if book.tables.is_demo:
        sheet.merge_range(0, 1, 0, last, BANNER, formats["banner"])
    sheet.set_row(1, 34)
    sheet.merge_range(1, 0, 1, last, "", formats["title"])
    sheet.write_string(1, 0, plain(title), formats["title"])
    sheet.merge_range(2, 0, 2, last, "", formats["subtitle"])
    sheet.write_string(2, 0, plain(f"{english} · {book.tables.period}"), formats["subtitle"])
    if unit:
        sheet.write_string(3, last, plain(f"计量单位：{unit}"), formats["right"])
    sheet.set_row(HEADINGS_AT, 30)
    sheet.repeat_rows(HEADINGS_AT)
    return sheet


def set_page(sheet: Any, tables: ReportTables, name: str, *, pages: int = 0) -> None:
    """A4 landscape, one page wide, with title, page and build in the footer.

    ``pages`` is how many pages it may be high, 0 as many as it takes.
    """
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, pages)
    sheet.center_horizontally()
    sheet.set_margins(left=0.45, right=0.45, top=0.55, bottom=0.65)
    sheet.hide_gridlines(2)
    left = f"{tables.framework_zh} · {tables.period} · {name}"[:60].replace("&", "&&")
    right = f"版本 {tables.build} · 截至 {tables.as_of}"[:60].replace("&", "&&")
    sheet.set_footer(f"&L{left}&C第 &P 页 共 &N 页&R{right}", {"margin": 0.3})


def close_sheet(sheet: Any, formats: Formats, at: int, last: int, notes: Sequence[str]) -> None:
    """Write the notes below a table that ends above row ``at`` and set what is printed."""
    for number, note in enumerate(notes, start=at):
        sheet.write_string(number, 0, plain(note), formats["note"])
    sheet.print_area(0, 0, max(at + len(notes) - 1, HEADINGS_AT), last)


def link(
    sheet: Any,
    formats: Formats,
    cell: tuple[int, int],
    target: str,
    text: str,
    look: str = "link",
) -> None:
    """A link to the top of another sheet of the workbook."""
    address = "internal:'" + target.replace("'", "''") + "'!A1"
    sheet.write_url(*cell, address, formats[look], plain(text))


def plain(said: object) -> str:
    """Text as text, None as nothing; xlsxwriter takes <r>…</r> for XML of its own."""
    text = "" if said is None else str(said)
    return f"{text} " if text.startswith("<r>") and text.endswith("</r>") else text


def height(cells: Sequence[tuple[str, float]], least: float = 18.75) -> float:
    """Points a row needs for (text, column width in digits) at 9 points."""
    most = max((lines(text, width) for text, width in cells), default=1)
    return min(max(least, 12.5 * most + 6.25), 409)


@lru_cache(maxsize=65536)
def lines(text: str, width: float, points: float = 9.5) -> int:
    """How many lines a text takes in a column; a Chinese character is as wide as it is high."""
    em = points * 96 / 72
    room = max(width * 7 - 14, em)
    return sum(
        max(1, ceil(sum(em if ord(sign) > 0x2E7F else em * 0.55 for sign in part) / room)) for part in text.split("\n")
    )

"""勾稽关系 as a sheet of the register: the equation, both sides with their cells, the outcome and why it should hold."""

from collections.abc import Iterator
from typing import Any

from learning_city.web import page
from learning_city.web.relations_rows import EVERY, Row, Wanted, listed, sentence

MANY = 5000
"""Relations in one register."""
_HEADS = (
    "period", "place", "defs.definition", "relations.equation", "relations.outcome", "relations.facet", "defs.value", "unit",
    "relations.derived", "relations.low", "relations.high", "relations.difference", "defs.cell", "relations.others",
    "relations.because", "demo",
)  # fmt: skip
_WIDTHS = (12, 10, 26, 44, 10, 12, 12, 8, 12, 12, 12, 12, 30, 60, 40, 8)
_NUMERIC = "#,##0.######"


def add_sheet(around: page.Frame, period: str, book: Any) -> None:
    """One more worksheet: every relation at the places this person may see, of a period (empty: of each) and without a year."""
    sheet = book.add_worksheet(around.say("relations"))
    head = book.add_format({"bold": True, "bg_color": "#eef2f6", "bottom": 1, "text_wrap": True, "valign": "vcenter"})
    figure, plain = book.add_format({"num_format": _NUMERIC}), book.add_format({"text_wrap": True, "valign": "top"})
    sheet.write_row(0, 0, [around.say(key) for key in _HEADS], head)
    number = 0
    for number, row in enumerate(_rows(around, period), start=1):
        for column, said in enumerate(row):
            if isinstance(said, float):
                sheet.write_number(number, column, said, figure)
            else:
                sheet.write_string(number, column, said or "", plain)
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 4)
    sheet.autofilter(0, 0, max(number, 1), len(_HEADS) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _rows(around: page.Frame, period: str) -> Iterator[list[str | float | None]]:
    found = listed(around.viewer, Wanted(outcome=EVERY), period, MANY)
    for row in around.names.named(found.rows):
        parts = (f"{around.name(one, 'name')} {page.number(one['value'])} {_cell(one)}" for one in row["parts"])
        yield [
            row["period"], around.name(row, "place") or row["place"], around.name(row, "stated"), sentence(around, row),
            around.say(f"relations.{row['outcome']}"), around.say(f"defs.facet.{row['facet']}") if row["facet"] else "",
            row["value"], row["unit"], row["derived"], row["low"], row["high"], row["difference"], _cell(row),
            "\n".join(parts), around.name(row, "because"), around.say("synthetic") if row["is_synthetic"] else "",
        ]  # fmt: skip


def _cell(row: Row) -> str:
    return f"{row['file'] or ''} {row['sheet']}!{row['cell']}".strip() if row["obs_id"] else ""

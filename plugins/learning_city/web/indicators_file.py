"""指标表 as an Excel: a row for each cell that fits the filters, its mark, its verdict and what is missing in words."""

import io
from typing import Any

import xlsxwriter
from fastapi import Response

from learning_city.web import board_file, page
from learning_city.web.indicators_scope import Scope, Wanted
from learning_city.web.indicators_spark import Row
from learning_city.web.indicators_table import listed

_HEADS = (
    "period",
    "indicators.code",
    "indicator",
    "indicators.nature",
    "unit",
    "place",
    "defs.value",
    "indicators.word",
)
_MARKS = ("defs.verdict", "trend.break", "demo")
_WIDTHS = (9, 12, 44, 9, 12, 14, 14, 24, 14, 8, 9)


def download(around: page.Frame, wanted: Wanted, seen: Scope) -> Response:
    """The cells of the table that this person may see, filtered as the page is."""
    held = io.BytesIO()
    with xlsxwriter.Workbook(held, board_file.PLAIN) as book:
        _sheet(around, wanted, seen, book)
    name = f"{around.say('tab.indicators')}_{seen.framework}_{seen.period}.xlsx"
    return board_file.download(held.getvalue(), name, board_file.XLSX)


def _sheet(around: page.Frame, wanted: Wanted, seen: Scope, book: Any) -> None:
    sheet = book.add_worksheet(around.say("tab.indicators"))
    head = book.add_format({"bold": True, "bg_color": "#eef2f6", "bottom": 1})
    figures = {
        decimals: book.add_format({"num_format": f"#,##0.{'0' * decimals}".rstrip(".")}) for decimals in range(10)
    }
    sheet.write_row(0, 0, [around.say(key) for key in (*_HEADS, *_MARKS)], head)
    number = 0
    for number, cell in enumerate(listed(wanted, seen), start=1):
        for column, said in enumerate(_row(around, cell)):
            if isinstance(said, float):
                sheet.write_number(number, column, said, figures[min(cell["decimals"] or 0, 9)])
            else:
                sheet.write_string(number, column, said)
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 3)
    sheet.autofilter(0, 0, max(number, 1), len(_WIDTHS) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _row(around: page.Frame, cell: Row) -> list[str | float]:
    """A cell in words; a level stands where a figure does not, and a sample says so."""
    has = cell["value"] is not None
    is_sample = cell["is_synthetic"] and (has or cell["judgement_zh"])
    return [
        cell["period"], cell["indicator"], around.name(cell, "name"), around.say(f"indicators.{cell['nature']}"),
        cell["unit"] or "", around.name(cell, "place"), float(cell["value"]) if has else "", "" if has else _word(around, cell),
        around.say(f"verdict.{cell['verdict']}") if has and cell["verdict"] else "", "B" if cell["status"] == "B" else "",
        around.say("synthetic") if is_sample else "",
    ]  # fmt: skip


def _word(around: page.Frame, cell: Row) -> str:
    """What stands in a cell without a figure, as the page says it."""
    if cell["nature"] == "qualitative":
        return around.name(cell, "judgement") or around.say("judge.state.none")
    if cell["low"] is not None and cell["high"] is not None:
        low, high = (page.number(cell[side], cell["decimals"]) for side in ("low", "high"))
        return around.say("indicators.between", low=low, high=high)
    return around.say("missing.not_applicable" if cell["status"] == "M" else "missing.absent")

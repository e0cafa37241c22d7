"""表3: targets and how far they are reached, the bar in a column of its own."""

from typing import Any

from learning_city.reports.book_formats import Formats
from learning_city.reports.book_page import (
    HEADINGS_AT,
    Book,
    Column,
    close_sheet,
    height,
    open_sheet,
    plain,
)
from learning_city.reports.figures import NONE, figure, write_figure, write_signed
from learning_city.reports.tables import Record, records

_COLUMNS = (
    Column("序号", 6.7),
    Column("指标", 30.7),
    Column("城市", 10.7),
    Column("期限", 8.7),
    Column("计量\n单位", 9.7),
    Column("方向", 7.7),
    Column("基数\n（年）", 11.7),
    Column("目标", 11.7),
    Column("实绩", 12.7),
    Column("注", 7.7),
    Column("完成度\n（%）", 9.7),
    Column("进度（满格为 100%）", 22.7),
    Column("结论", 10.7),
    Column("牵头", 14.7),
    Column("配合", 16.7),
    Column("目标来源", 22.7),
)
_LAST = len(_COLUMNS) - 1
_DIRECTION = {"higher": "不低于", "lower": "不高于", "range": "区间内"}
_STATE = {True: ("✓", "green"), False: ("✕", "red"), None: ("○", "grey")}
_NOTES = (
    "完成度：有基数的为（实绩－基数）÷（目标－基数），没有基数的为实绩÷目标，仅限越高越好的指标；暂缺或不可比的不评估。",
    "目标数不与实绩合并，不参与趋势。[样例] 两边的斜体灰字为虚构数字。",
)


def write_attainment(book: Book, name: str) -> None:
    """Add the sheet, one row per target in the order given."""
    sheet = open_sheet(book, name, "表3　目标完成度", "Attainment of targets", _COLUMNS, "见各行")
    sheet.freeze_panes(HEADINGS_AT + 1, 2)
    rows = records(book.tables.attainment)
    first, at = HEADINGS_AT + 1, HEADINGS_AT
    for turn, row in enumerate(rows, start=1):
        at += 1
        _write_row(sheet, book.formats, (at, "!" if turn == len(rows) else ""), turn, row)
    if rows:
        gauge = {"type": "data_bar", "bar_color": "#9DC3E6", "bar_solid": True, "bar_only": True}
        gauge |= {"min_type": "num", "max_type": "num", "min_value": 0, "max_value": 100}
        sheet.conditional_format(first, 11, at, 11, gauge)
    close_sheet(sheet, book.formats, at + 1, _LAST, _NOTES if rows else ("（本表无内容）", *_NOTES))


def _write_row(
    sheet: Any,
    formats: Formats,
    place_in_table: tuple[int, str],
    turn: int,
    row: Record,
) -> None:
    at, closing = place_in_table
    sheet.write_number(at, 0, turn, formats["number_of" + closing])
    for column, said, look in (
        (1, row["name_zh"], "text"),
        (2, row["place_name"], "middle"),
        (3, row["due"], "middle"),
        (4, row["unit"] or NONE, "middle"),
        (5, _DIRECTION.get(row["direction"], NONE), "middle"),
        (6, _base(row), "middle"),
        (13, row["lead"] or NONE, "small"),
        (14, row["supporting"] or NONE, "small"),
        (15, row["source"] or NONE, "small"),
    ):
        sheet.write_string(at, column, plain(said), formats[look + closing])
    _write_target(sheet, formats, (at, 7), row["target"], closing)
    write_figure(sheet, formats, (at, 8), figure(row, _decimals(row["value"])), closing)
    _write_progress(sheet, formats, at, row, closing)
    sign, look = _STATE[None if row["met"] is None else bool(row["met"])]
    write_signed(sheet, formats, (at, 12), (f"{sign} {row['state_zh']}", look), closing)
    tall = ((1, "name_zh"), (13, "lead"), (14, "supporting"), (15, "source"))
    sheet.set_row(at, height([(plain(row[key]), _COLUMNS[n].width) for n, key in tall], 21.75))


def _write_target(
    sheet: Any,
    formats: Formats,
    cell: tuple[int, int],
    target: float | str | None,
    closing: str,
) -> None:
    if target is None:
        sheet.write_string(*cell, NONE, formats["none" + closing])
    elif isinstance(target, str):
        sheet.write_string(*cell, plain(target), formats["middle" + closing])
    else:
        sheet.write_number(*cell, target, formats[f"number{_decimals(target)}{closing}"])


def _write_progress(sheet: Any, formats: Formats, at: int, row: Record, closing: str) -> None:
    progress = row["progress"]
    if progress is None:
        sheet.write_string(at, 10, NONE, formats["none" + closing])
        sheet.write_blank(at, 11, None, formats["gauge" + closing])
        return
    look = "sample1" if row["is_synthetic"] else "number1"
    sheet.write_number(at, 10, progress, formats[look + closing])
    sheet.write_number(at, 11, progress, formats["gauge" + closing])


def _base(row: Record) -> str:
    """The base from which progress is counted, and its year."""
    base, year = row.get("baseline"), row.get("baseline_period")
    return NONE if base is None else f"{base:,.{_decimals(base)}f}" + (f"（{year}）" if year else "")


def _decimals(value: float | None) -> int:
    """As many decimals as the number has, four at most."""
    if value is None:
        return 0
    return len(f"{float(value):.4f}".rstrip("0").partition(".")[2])

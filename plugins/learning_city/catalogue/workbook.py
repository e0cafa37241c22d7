"""Write an edition as the office's own Excel: one sheet a table, Chinese headings, drop-downs, notes, a first sheet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from learning_city.catalogue import headings
from learning_city.catalogue.columns import TABLES
from learning_city.catalogue.order import ordered
from learning_city.catalogue.sheets import letter
from learning_city.catalogue.spans import is_in_force
from learning_city.model.edition import Edition, Row

SPARE_ROWS = 500
"""Empty rows below the last one that have drop-downs and formats too."""
_FIRST_DAY = date(1900, 3, 1)
"""Excel counts days rightly from here on; older dates are written as text."""
_LINE = 70
"""Chinese characters that fit into one line of the contents."""
_WIDTHS = {"date": 12, "whole": 8, "number": 11, "yes": 7, "unit": 9}
_WIDE = {"text_zh": 60, "text_en": 40, "expression": 60, "note": 40, "source": 30, "label_zh": 36, "name_zh": 34}


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What the first sheet says of an edition; ``as_of`` where only the rows of one day are written."""

    edition: int
    content_hash: str
    who: str
    why: str
    recorded_at: datetime | None = None
    as_of: date | None = None


def write(path: Path, edition: Edition, about: About) -> int:
    """Write the workbook and return how many rows it holds; equal input gives an equal workbook."""
    whole = ordered(edition)
    tables = {name: _shown(rows, about.as_of) for name, rows in whole.tables.items()}
    plain = {"strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd", **plain}) as book:
        created = about.recorded_at.replace(tzinfo=None) if about.recorded_at else datetime(2018, 1, 1)  # noqa: DTZ001
        book.set_properties({"title": "学习型城市监测目录", "author": about.who, "created": created})
        looks = _looks(book)
        _contents(book.add_worksheet(headings.CONTENTS), tables, about, looks)
        for name, rows in tables.items():
            _sheet(book.add_worksheet(headings.SHEETS[name]), name, rows, tables, looks)
    return sum(len(rows) for rows in tables.values())


def _shown(rows: list[Row], day: date | None) -> list[Row]:
    return rows if day is None else [row for row in rows if is_in_force(row, day)]


def _looks(book: Any) -> dict[str, Any]:
    base = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "top"}
    head = base | {"bold": True, "bg_color": "#EEF2F6", "bottom": 1, "text_wrap": True, "valign": "vcenter"}
    return {
        "title": book.add_format(base | {"bold": True, "font_size": 15, "font_color": "#1B4D85"}),
        "head": book.add_format(head),
        "must": book.add_format(head | {"font_color": "#A8201A"}),
        "text": book.add_format(base | {"num_format": "@", "text_wrap": True}),
        "date": book.add_format(base | {"num_format": "yyyy-mm-dd", "align": "left"}),
        "number": book.add_format(base | {"num_format": "General"}),
        "plain": book.add_format(base | {"text_wrap": True, "indent": 1}),
        "warn": book.add_format(base | {"text_wrap": True, "bold": True, "font_color": "#A8201A"}),
        "link": book.add_format(base | {"font_color": "#1B4D85", "underline": 1}),
    }


def _contents(sheet: Any, tables: dict[str, list[Row]], about: About, looks: dict[str, Any]) -> None:
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 12)
    sheet.set_column(2, 2, 100)
    sheet.hide_gridlines(2)
    sheet.set_row(0, 28)
    sheet.write_string(0, 0, "学习型城市监测目录 / Learning City catalogue", looks["title"])
    at = 1
    for name, value in _facts(about):
        sheet.write_string(at, 0, name, looks["head"])
        sheet.merge_range(at, 1, at, 2, value, looks["warn" if name.startswith(headings.AS_OF) else "plain"])
        at += 1
    for line in _HOW if about.as_of is None else _HOW_AS_OF:
        at += 1
        sheet.merge_range(at, 0, at, 2, line, looks["plain"])
        sheet.set_row(at, 32)
    at += 2
    for column, said in enumerate(("工作表 sheet", "行数 rows", "列（红色表头为必填）columns")):
        sheet.write_string(at, column, said, looks["head"])
    for table, rows in tables.items():
        at += 1
        name = headings.SHEETS[table]
        sheet.write_url(at, 0, f"internal:'{name}'!A1", looks["link"], name, TABLES[table].file)
        sheet.write_number(at, 1, len(rows), looks["number"])
        columns = "、".join(headings.heading(table, column) for column in TABLES[table].columns)
        sheet.write_string(at, 2, columns, looks["plain"])
        sheet.set_row(at, 32 if len(columns) > _LINE else 16)


def _facts(about: About) -> list[tuple[str, str]]:
    moment = f"{about.recorded_at:%Y-%m-%d %H:%M}" if about.recorded_at else ""
    facts = [
        ("版次 edition", f"第 {about.edition} 版"),
        ("内容校验 hash", about.content_hash),
        ("导入人 who", about.who),
        ("导入时间 when", moment),
        ("理由 why", about.why),
    ]
    if about.as_of:
        only = f"{about.as_of}（只含这一天有效的行，供查阅，不能导入 / for reading, cannot be imported）"
        facts.append((f"{headings.AS_OF} as of", only))
    return facts


_HOW = (
    "怎样使用：在各工作表里改、加、删行，不要改表头；列的先后可以变，自己的工作表请在名称前加 _。日期按 2017-12-31 填，代码按文本填。",
    "改完保存，先试运行：lcm catalogue import 文件.xlsx --why 理由 --dry-run，或在页面“目录与口径”上传；错误都指到工作表和单元格，"
    "没有错误时列出哪些指标值、达标和位次会变，然后才导入成新的一版。",
    "How to use: change, add and delete rows, keep the headings. Try it with --dry-run or on the page first: faults name "
    "sheet and cell; then see which values, attainments and ranks would change before you import.",
)
_HOW_AS_OF = (
    "这是某一天的目录，供查阅。要修改请导出完整目录。",
    "The catalogue as it was on one day, for reading. Export the whole one to change it.",
)


def _sheet(sheet: Any, table: str, rows: Sequence[Row], tables: dict[str, list[Row]], looks: dict[str, Any]) -> None:
    described = TABLES[table]
    last = len(rows) + SPARE_ROWS
    sheet.freeze_panes(1, 1)
    sheet.set_row(0, 32)
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    for index, (column, kind) in enumerate(described.columns.items()):
        look = "date" if kind == "date" else "number" if kind in ("whole", "number") else "text"
        sheet.set_column(index, index, _WIDE.get(column, _WIDTHS.get(kind, 16)), looks[look])
        must = looks["must" if column in described.required else "head"]
        sheet.write_string(0, index, headings.heading(table, column), must)
        sheet.write_comment(0, index, headings.meaning(table, column), {"x_scale": 1.6, "y_scale": 0.9})
        _drop_down(sheet, table, column, index, last, tables)
        for at, row in enumerate(rows, start=1):
            _cell(sheet, at, index, _said(table, column, row[column]), looks)
    sheet.autofilter(0, 0, max(len(rows), 1), len(described.columns) - 1)


def _said(table: str, column: str, value: object) -> object:
    if value is not None and column in TABLES[table].choices:
        return headings.choices(table, column)[str(value)]
    if isinstance(value, bool):
        return "是" if value else "否"
    return value


def _cell(sheet: Any, row: int, column: int, value: object, looks: dict[str, Any]) -> None:
    if isinstance(value, date) and value >= _FIRST_DAY:
        sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), looks["date"])  # noqa: DTZ001
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value, looks["number"])
    elif value is not None:
        sheet.write_string(row, column, str(value), looks["text"])


def _drop_down(sheet: Any, table: str, column: str, index: int, last: int, tables: dict[str, list[Row]]) -> None:
    """A list of what may stand in a column: firm for choices and yes or no, a suggestion for codes of other tables."""
    described = TABLES[table]
    source: list[str] | str = []
    if column in described.choices:
        source = list(headings.choices(table, column).values())
    elif described.columns[column] == "yes":
        source = ["是", "否"]
    elif column in described.references:
        target, key = described.references[column]
        at = letter(list(TABLES[target].columns).index(key))
        source = f"='{headings.SHEETS[target]}'!${at}$2:${at}${len(tables[target]) + 1 + SPARE_ROWS}"
    if source:
        said = {"validate": "list", "source": source, "error_type": "stop" if isinstance(source, list) else "warning"}
        said |= {"error_title": "不在可选范围", "error_message": "请从下拉列表中选。Choose from the list."}
        sheet.data_validation(1, index, last, index, said)

"""Every quirk of a printed table, alone and in pairs: the same small table, written crookedly, is read as the same."""

import csv
import html
import io
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
import xlsxwriter

from learning_city.collect.table_file import read_tables
from learning_city.collect.table_structure import Table

PLACES = {"全市": "Total", "东城区": "Dongcheng", "西城区": "Xicheng", "朝阳区": "Chaoyang"}
ITEMS = {
    "常住人口": ("万人", "Resident population"),
    "图书馆数": ("个", "Libraries"),
    "财政支出": ("亿元", "Expenditure"),
}
FIGURES: dict[tuple[str, str], float | str | None] = {
    ("全市", "常住人口"): 2154.2, ("全市", "图书馆数"): 24, ("全市", "财政支出"): 7408.19,
    ("东城区", "常住人口"): 79.4, ("东城区", "图书馆数"): 3, ("东城区", "财政支出"): 822318,
    ("西城区", "常住人口"): 113.7, ("西城区", "图书馆数"): "…", ("西城区", "财政支出"): 361.25,
    ("朝阳区", "常住人口"): 347.3, ("朝阳区", "图书馆数"): None, ("朝阳区", "财政支出"): 512.02,
}  # fmt: skip
YEAR = 2019


@dataclass
class Sheet:
    """A sheet to be written: rows of cells, merged ranges, percent cells."""

    name: str = "表1"
    rows: list[list[Any]] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    formats: dict[tuple[int, int], str] = field(default_factory=dict)
    indents: dict[tuple[int, int], int] = field(default_factory=dict)
    hidden: bool = False


@dataclass
class Plan:
    """How the table is put down; each quirk changes one thing."""

    title: list[str] = field(default_factory=lambda: ["表2-1 各区基本情况（2019）"])
    unit_rows: list[list[Any]] = field(default_factory=list)
    place: Callable[[str], Any] = str
    item: Callable[[str], list[Any]] = lambda item: [f"{item}（{ITEMS[item][0]}）"]
    figure: Callable[[Any], Any] = lambda figure: "" if figure is None else figure
    stub: Any = "地区"
    twin_column: bool = False
    gap_row: bool = False
    notes: list[str] = field(default_factory=list)
    parent: str = ""
    outer: str = ""
    continued: str = ""
    serial: bool = False
    numbered: bool = False
    more_sheets: list[Sheet] = field(default_factory=list)
    sheet: str = "表1"
    indent: int = 0


QUIRKS: dict[str, Callable[[Plan], Plan]] = {
    "plain": lambda p: p,
    "unit in a row of its own under the head": lambda p: replace(p, item=lambda i: [i, f"（{ITEMS[i][0]}）"]),
    "unit bare under the head": lambda p: replace(p, item=lambda i: [i, ITEMS[i][0]]),
    "year on the sheet's name": lambda p: replace(p, title=["表2-1 各区基本情况"], sheet="2019年"),
    "year in a row below the title": lambda p: replace(p, title=["表2-1 各区基本情况", "（2019年）"]),
    "spaces inside words": lambda p: replace(p, place=lambda x: "  ".join(x), stub="地  区"),
    "full-width spaces before labels": lambda p: replace(p, place=lambda x: x if x == "全市" else "\u3000\u3000" + x),
    "NBSP before labels": lambda p: replace(p, place=lambda x: x if x == "全市" else "\u00a0\u00a0" + x),
    "of-which signs": lambda p: replace(p, place=lambda x: x if x == "全市" else "# " + x),
    "of-which words": lambda p: replace(p, place=lambda x: x if x == "全市" else "其中：" + x),
    "footnote marks on labels": lambda p: replace(p, place=lambda x: x + "①", notes=["①：户籍数。"]),
    "indent of the cell format": lambda p: replace(p, indent=1),
    "Chinese and English in one cell": lambda p: replace(p, place=lambda x: f"{x}\n{PLACES[x]}"),
    "Chinese and English behind a space": lambda p: replace(p, place=lambda x: f"{x} {PLACES[x]}"),
    "English column": lambda p: replace(p, twin_column=True),
    "English row under the head": lambda p: replace(p, item=lambda i: [f"{i}（{ITEMS[i][0]}）", ITEMS[i][1]]),
    "English title": lambda p: replace(p, title=[*p.title, "2-1 Basic Conditions by District (2019)"]),
    "numbers as text": lambda p: replace(p, figure=lambda f: "" if f is None else str(f)),
    "thousands separators": lambda p: replace(p, figure=lambda f: f"{f:,}" if isinstance(f, int | float) else f or ""),
    "spaces inside numbers": lambda p: replace(
        p, figure=lambda f: "82231 8" if f == 822318 else "" if f is None else f
    ),
    "full-width numbers": lambda p: replace(p, figure=lambda f: wide(f) if isinstance(f, int | float) else f or ""),
    "footnote marks on numbers": lambda p: replace(p, figure=lambda f: "24①" if f == 24 else "" if f is None else f),
    "flag letters on numbers": lambda p: replace(p, figure=lambda f: "24 p" if f == 24 else "" if f is None else f),
    "notes and source": lambda p: replace(p, notes=["注：本表按当年价格计算。", "资料来源：统计局"]),
    "empty row under the head": lambda p: replace(p, gap_row=True),
    "one head over all": lambda p: replace(p, parent="主要指标"),
    "filled-down outer labels": lambda p: replace(p, outer="北京市"),
    "continued below": lambda p: replace(p, continued="below"),
    "continued on the next sheet": lambda p: replace(p, continued="sheet"),
    "row numbers": lambda p: replace(p, serial=True),
    "numbered columns": lambda p: replace(p, numbered=True),
    "empty sheet": lambda p: replace(p, more_sheets=[Sheet(name="Sheet2")]),
    "hidden sheet": lambda p: replace(p, more_sheets=[Sheet(name="草稿", rows=[["旧", "数"], ["甲", 1]], hidden=True)]),
    "metadata sheet": lambda p: replace(
        p, more_sheets=[Sheet(name="说明", rows=[["制表单位", "统计局"], ["联系人", "处"]])]
    ),
}
APART = {
    frozenset(pair)
    for group in (
        {name for name in QUIRKS if "numbers" in name and name != "row numbers"} | {"thousands separators"},
        {"spaces inside words", "full-width spaces before labels", "NBSP before labels", "of-which signs",
         "of-which words", "footnote marks on labels", "Chinese and English in one cell",
         "Chinese and English behind a space"},
        {"unit in a row of its own under the head", "unit bare under the head", "English row under the head"},
        {"year on the sheet's name", "year in a row below the title", "English title"},
        {"empty sheet", "hidden sheet", "metadata sheet"},
        {"continued below", "continued on the next sheet"},
        {"English column", "Chinese and English in one cell"}, {"English column", "Chinese and English behind a space"},
        {"numbered columns", "filled-down outer labels"}, {"numbered columns", "English column"},
    )
    for pair in itertools.combinations(sorted(group), 2)
}  # fmt: skip
"""Pairs that change the same thing and cannot both be written."""


def wide(number: float) -> str:
    return str(number).translate(str.maketrans("0123456789.", "０１２３４５６７８９．"))


def lay(plan: Plan) -> list[Sheet]:
    """The sheets of a plan; a continued table carries its last item to the continuation."""
    items = list(ITEMS)
    parts = [items[:2], items[2:]] if plan.continued else [items]
    sheets = [Sheet(name=plan.sheet)]
    for number, part in enumerate(parts):
        if number and plan.continued == "sheet":
            sheets.append(Sheet(name="续"))
        sheet = sheets[-1]
        if number and plan.continued == "below":
            sheet.rows += [[], []]
        put(sheet, plan, part, plan.title if not number else ["表2-1 续表"])
    sheets[0].rows += [[note] for note in plan.notes]
    return [*sheets, *plan.more_sheets]


def put(sheet: Sheet, plan: Plan, items: list[str], title: list[str]) -> None:
    sheet.rows += [[line] for line in title] + [list(row) for row in plan.unit_rows]
    lead = (["序号"] if plan.serial else []) + (["城市"] if plan.outer else []) + [plan.stub]
    lead += ["Region"] if plan.twin_column else []
    top = len(sheet.rows)
    if plan.parent:
        sheet.rows.append([*[""] * len(lead), plan.parent, *[""] * (len(items) - 1)])
        if len(items) > 1:
            sheet.merged.append((top, len(lead), top, len(lead) + len(items) - 1))
    heads = [plan.item(item) for item in items]
    for level in range(max(map(len, heads))):
        sheet.rows.append([*(lead if not level else [""] * len(lead)), *[head[level] for head in heads]])
    if plan.numbered:
        sheet.rows.append([*[""] * (len(lead) - 1), "甲", *range(1, len(items) + 1)])
    if plan.gap_row:
        sheet.rows.append([])
    for number, place in enumerate(PLACES):
        row: list[Any] = [number + 1] if plan.serial else []
        row += [plan.outer if not number else ""] if plan.outer else []
        if plan.indent and number:
            sheet.indents[len(sheet.rows), len(row)] = plan.indent
        row += [plan.place(place)] + ([PLACES[place]] if plan.twin_column else [])
        sheet.rows.append([*row, *[plan.figure(FIGURES[place, item]) for item in items]])


def xlsx(sheets: list[Sheet]) -> bytes:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        for sheet in sheets:
            page = book.add_worksheet(sheet.name)
            if sheet.hidden:
                page.hide()
            for top, left, bottom, right in sheet.merged:
                page.merge_range(top, left, bottom, right, sheet.rows[top][left])
            for r, row in enumerate(sheet.rows):
                for c, cell in enumerate(row):
                    code, indent = sheet.formats.get((r, c)), sheet.indents.get((r, c))
                    style = book.add_format({"num_format": code} if code else {"indent": indent} if indent else {})
                    if cell != "" and not any((r, c) == (t, le) for t, le, *_ in sheet.merged):
                        page.write(r, c, cell, style)
    return made.getvalue()


def check(tables: list[Table], *, year: int | None = YEAR) -> None:
    """All five fields of every cell, and the account of the numbers."""
    cells = [cell for table in tables for cell in table.cells]
    seen = {(cell.row_path[-1], cell.column_path[-1]): cell for cell in cells}
    for (place, item), figure in FIGURES.items():
        cell = seen[place, item]
        assert (cell.value, cell.year, cell.unit) == (
            figure if isinstance(figure, int | float) else None,
            year,
            ITEMS[item][0],
        ), cell
        assert cell.flag == ("N" if figure == "…" else "P" if cell.text == "24 p" else None)
    assert len(cells) == len(FIGURES)
    accounted(tables)


def accounted(tables: list[Table]) -> None:
    emitted = sum(cell.value is not None for table in tables for cell in table.cells)
    left = [reason for table in tables for reason in table.left.values()]
    assert emitted + len(left) == sum(table.numeric for table in tables)
    assert all(left)


PAIRS = [pair for pair in itertools.combinations(QUIRKS, 2) if frozenset(pair) not in APART]


@pytest.mark.parametrize("quirk", QUIRKS)
def test_a_quirk_alone_changes_nothing(quirk: str) -> None:
    check(read_tables(xlsx(lay(QUIRKS[quirk](Plan())))))


@pytest.mark.parametrize("pair", PAIRS, ids=" + ".join)
def test_two_quirks_together_change_nothing(pair: tuple[str, str]) -> None:
    check(read_tables(xlsx(lay(QUIRKS[pair[1]](QUIRKS[pair[0]](Plan()))))))


def text(sheets: list[Sheet]) -> bytes:
    made = io.StringIO()
    csv.writer(made).writerows(sheets[0].rows)
    return made.getvalue().encode("gb18030")


def page(sheets: list[Sheet]) -> bytes:
    tables = ""
    for sheet in sheets:
        if sheet.rows and not sheet.hidden:
            lines = ("".join(f"<td>{shown(cell)}</td>" for cell in row) for row in sheet.rows)
            tables += f"<table>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>"
    return f"<html><body>{tables}</body></html>".encode()


def shown(cell: Any) -> str:
    return html.escape(str(cell)).replace("\n", "<br>")


ONE_SHEET = [name for name in QUIRKS if "sheet" not in name and "cell format" not in name]


@pytest.mark.parametrize("write", [text, page])
@pytest.mark.parametrize("quirk", ONE_SHEET)
def test_a_quirk_changes_nothing_in_text_and_on_a_web_page(quirk: str, write: Callable[[list[Sheet]], bytes]) -> None:
    check(read_tables(write(lay(QUIRKS[quirk](Plan())))))

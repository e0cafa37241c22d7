"""Write the sample's yearbook and document tables: workbooks with merged headers, and HTML saved as .xls."""

import html
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import xlsxwriter

from learning_city.samples.facts import Fact, SampleTable

_CREATED = datetime(2018, 1, 1)  # noqa: DTZ001 - a constant, so that bytes repeat
UNSTATED = "年份未注明"


def write_table(path: Path, table: SampleTable, facts: Sequence[Fact], names: Mapping[str, str]) -> dict[str, str]:
    """Write one table; returns fact id -> cell. ``names``: place code -> name."""
    layouts = {
        "districts_by_column": _by_place,
        "items_by_year": _by_year,
        "document": _document,
    }
    grid, merges, cells = layouts[table.layout](table, facts, names)
    (_html if table.format == "html" else _xlsx)(path, table, grid, merges)
    return cells


Laid = tuple[list[list[object]], list[tuple[int, int, int, int]], dict[str, str]]


def _by_place(table: SampleTable, facts: Sequence[Fact], names: Mapping[str, str]) -> Laid:
    """Places as rows under a two-row merged header."""
    columns = list(dict.fromkeys(f.label for f in facts))
    places = list(dict.fromkeys(f.place for f in facts))
    grid: list[list[object]] = [[table.title], [table.unit_note], ["地区", "人口", *[""] * (len(columns) - 1)]]
    grid += [["", *columns]]
    cells = {}
    for place in places:
        row: list[object] = [names[place], *[""] * len(columns)]
        for fact in facts:
            if fact.place == place:
                column = columns.index(fact.label) + 1
                row[column] = fact.value
                cells[fact.fact_id] = f"{chr(65 + column)}{len(grid) + 1}"
        grid.append(row)
    grid.append([f"注：{table.period_note}。"])
    return grid, [(2, 0, 3, 0), (2, 1, 2, len(columns)), (0, 0, 0, len(columns))], cells


def _by_year(table: SampleTable, facts: Sequence[Fact], names: Mapping[str, str]) -> Laid:
    """Items as rows, years as columns, the unit in brackets behind the label."""
    years = sorted({f.period for f in facts})
    labels = list(dict.fromkeys(f.label for f in facts))
    units = {f.label: f.unit for f in facts}
    place = names[facts[0].place]
    grid: list[list[object]] = [[f"{place} {table.title}"], [f"指标（{place}）", *[f"{year}年" for year in years]]]
    cells = {}
    for label in labels:
        row: list[object] = [f"{label}（{units[label]}）", *[""] * len(years)]
        for fact in facts:
            if fact.label == label:
                column = years.index(fact.period) + 1
                row[column] = fact.value
                cells[fact.fact_id] = f"{chr(65 + column)}{len(grid) + 1}"
        grid.append(row)
    grid.append([f"注：{table.period_note}。"])
    return grid, [(0, 0, 0, len(years))], cells


def _document(table: SampleTable, facts: Sequence[Fact], names: Mapping[str, str]) -> Laid:
    """One row a figure: place, item, year or 年份未注明, value, unit, and the document's own words."""
    grid: list[list[object]] = [[table.title], ["地区", "项目", "年份", "数值", "单位", "原文"]]
    cells = {}
    for fact in facts:
        year: object = UNSTATED if fact.period.startswith("unstated@") else int(fact.period[:4])
        cells[fact.fact_id] = f"D{len(grid) + 1}"
        grid.append([names[fact.place], fact.label, year, fact.value, fact.unit, f"“{fact.value_text}”"])
    grid.append([f"资料来源：{table.title}"])
    return grid, [(0, 0, 0, 5)], cells


def _xlsx(path: Path, table: SampleTable, grid: list[list[object]], merges: list[tuple[int, int, int, int]]) -> None:
    with xlsxwriter.Workbook(path) as book:
        book.set_properties({"title": table.title, "created": _CREATED})
        head = book.add_format({"bold": True, "align": "center", "valign": "vcenter", "border": 1})
        sheet = book.add_worksheet("表")
        sheet.set_column(0, 1, 34)
        merged = {(top, left): (bottom, right) for top, left, bottom, right in merges}
        for r, row in enumerate(grid):
            for c, cell in enumerate(row):
                if (r, c) in merged:
                    sheet.merge_range(r, c, *merged[r, c], cell, head)
                elif cell != "":
                    sheet.write(r, c, cell)


def _html(path: Path, table: SampleTable, grid: list[list[object]], merges: list[tuple[int, int, int, int]]) -> None:
    """As statistics bureaus export it: an HTML page whose name says .xls, the title outside the table."""
    del merges
    title, rows, note = str(grid[0][0]), grid[1:-1], str(grid[-1][0])
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape(_shown(cell))}</td>" for cell in row) + "</tr>\n" for row in rows
    )
    page = (
        '<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312"></head><body>\n'
        f"<h2>{html.escape(title)}</h2>\n<table border=1>\n{body}</table>\n<p>{html.escape(note)}</p></body></html>"
    )
    path.write_bytes(page.encode("gb18030"))
    del table


def _shown(cell: object) -> str:
    if isinstance(cell, float):
        return f"{cell:.10g}"
    return str(cell)

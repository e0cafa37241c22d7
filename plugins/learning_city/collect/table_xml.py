"""Workbooks as one XML page, as Excel 2003 and many export programs write them under the name .xls."""

from typing import Any

from lxml import etree

from learning_city.collect import table_formats
from learning_city.collect.table_grid import Grid, refusal, spread

_NS = "{urn:schemas-microsoft-com:office:spreadsheet}"
_MARK = b"urn:schemas-microsoft-com:office:spreadsheet"
_NAMED = {"Percent": "0.00%", "Standard": "#,##0.00", "Fixed": "0.00", "General Number": "General"}
_MOST_ROWS, _MOST_COLUMNS = 20_000, 1_000


def is_workbook(content: bytes) -> bool:
    """Whether an XML page is a workbook of this kind."""
    return _MARK in content[:3000]


def read(content: bytes) -> list[Grid]:
    """The visible worksheets; raises NotATable for a damaged page."""
    parser: Any = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, recover=True)
    tree = etree.fromstring(content, parser)
    if tree is None:
        raise refusal("truncated")
    formats: dict[str, str] = {}
    for style in tree.iter(f"{_NS}Style"):
        shown = style.find(f"{_NS}NumberFormat")
        code = str(shown.get(f"{_NS}Format", "General")) if shown is not None else "General"
        formats[str(style.get(f"{_NS}ID"))] = _NAMED.get(code, code)
    sheets = list(tree.iter(f"{_NS}Worksheet"))
    visible = [
        sheet for sheet in sheets if not any((one.text or "") != "SheetVisible" for one in sheet.iter("{*}Visible"))
    ]
    return [_sheet(sheet, formats) for sheet in visible or sheets]


def _sheet(sheet: Any, formats: dict[str, str]) -> Grid:
    grid = Grid(sheet=str(sheet.get(f"{_NS}Name", "")), cells=[])
    for row in sheet.iter(f"{_NS}Row"):
        index = int(row.get(f"{_NS}Index", len(grid.cells) + 1)) - 1
        if index >= _MOST_ROWS:
            break
        grid.cells.extend([] for _ in range(index - len(grid.cells) + 1))
        for cell in row.iter(f"{_NS}Cell"):
            _add_cell(grid, index, cell, formats)
    return grid


def _add_cell(grid: Grid, row: int, cell: Any, formats: dict[str, str]) -> None:
    line = grid.cells[row]
    column = int(cell.get(f"{_NS}Index", len(line) + 1)) - 1
    across = min(int(cell.get(f"{_NS}MergeAcross", 0)), _MOST_COLUMNS)
    down = min(int(cell.get(f"{_NS}MergeDown", 0)), _MOST_ROWS)
    if column >= _MOST_COLUMNS:
        return
    data = cell.find(f"{_NS}Data")
    line.extend([""] * (column - len(line)))
    text = "".join(data.itertext()) if data is not None else ""
    value: Any = text
    if data is not None and data.get(f"{_NS}Type") == "Number":
        value = float(text)
        code = formats.get(str(cell.get(f"{_NS}StyleID")), "General")
        grid.shown[row, column] = table_formats.show(value, code)
        if table_formats.is_percent(code):
            grid.percents.add((row, column))
    elif data is None and cell.get(f"{_NS}Formula"):
        grid.pending.add((row, column))
    line.extend([value, *[""] * across])
    if across or down:
        grid.merged |= spread(row, column, row + down, column + across)

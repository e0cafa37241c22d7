"""OpenDocument spreadsheets: value, what is shown, merged ranges and hidden sheets, straight from the package."""

import io
import zipfile
import zlib
from typing import Any

from lxml import etree

from learning_city.collect.table_grid import Grid, Place, refusal, spread

_NS = "{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}"
_TABLE, _OFFICE, _STYLE, _TEXT = (_NS % name for name in ("table", "office", "style", "text"))
_MIME = b"application/vnd.oasis.opendocument.spreadsheet"
_MOST_ROWS, _MOST_COLUMNS = 20_000, 1_000


def is_ods(content: bytes) -> bool:
    """Whether a zip package says it is an OpenDocument spreadsheet."""
    return _MIME in content[:200]


def read(content: bytes) -> list[Grid]:
    """The visible sheets; raises NotATable for a damaged or locked package."""
    parser: Any = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            if b"encryption-data" in package.read("META-INF/manifest.xml"):
                raise refusal("password")
            tree = etree.fromstring(package.read("content.xml"), parser)
    except (KeyError, OSError, etree.XMLSyntaxError, zipfile.BadZipFile, zlib.error) as problem:
        raise refusal("truncated", str(problem)[:80]) from problem
    hidden = {
        style.get(f"{_STYLE}name")
        for style in tree.iter(f"{_STYLE}style")
        for one in style.iter(f"{_STYLE}table-properties")
        if one.get(f"{_TABLE}display") == "false"
    }
    sheets = list(tree.iter(f"{_TABLE}table"))
    visible = [sheet for sheet in sheets if sheet.get(f"{_TABLE}style-name") not in hidden]
    return [_sheet(sheet) for sheet in visible or sheets]


def _sheet(sheet: Any) -> Grid:
    grid = Grid(sheet=str(sheet.get(f"{_TABLE}name", "")), cells=[])
    for row in sheet.iter(f"{_TABLE}table-row"):
        times = int(row.get(f"{_TABLE}number-rows-repeated", 1))
        start = len(grid.cells)
        line = _row(grid, row, start)
        if not any(cell != "" for cell in line):
            grid.cells.extend([] for _ in range(min(times, 200)))
            continue
        grid.cells.append(line)
        _repeat(grid, line, start, min(times, _MOST_ROWS - start))
    while grid.cells and not any(cell != "" for cell in grid.cells[-1]):
        grid.cells.pop()
    return grid


def _repeat(grid: Grid, line: list[Any], first: int, times: int) -> None:
    shown = {column: grid.shown[first, column] for column in range(len(line)) if (first, column) in grid.shown}
    percents = [column for column in range(len(line)) if (first, column) in grid.percents]
    for row in range(first + 1, first + times):
        grid.cells.append(list(line))
        grid.shown |= {(row, column): text for column, text in shown.items()}
        grid.percents |= {(row, column) for column in percents}


def _row(grid: Grid, row: Any, number: int) -> list[Any]:
    line: list[Any] = []
    for cell in row.iter(f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
        times = int(cell.get(f"{_TABLE}number-columns-repeated", 1))
        if len(cell) == 0 and times > 50:
            break
        for _ in range(min(times, _MOST_COLUMNS - len(line))):
            line.append(_cell(grid, (number, len(line)), cell))
    return line


def _cell(grid: Grid, place: Place, cell: Any) -> Any:
    row, column = place
    height = int(cell.get(f"{_TABLE}number-rows-spanned", 1))
    width = int(cell.get(f"{_TABLE}number-columns-spanned", 1))
    if height * width > 1:
        grid.merged |= spread(row, column, row + min(height, 500) - 1, column + min(width, 200) - 1)
    shown = "\n".join(_text(paragraph) for paragraph in cell.iter(f"{_TEXT}p"))
    kind, value = cell.get(f"{_OFFICE}value-type"), cell.get(f"{_OFFICE}value")
    if kind in ("float", "percentage", "currency") and value is not None:
        grid.shown[place] = shown
        if kind == "percentage":
            grid.percents.add(place)
        return float(value)
    if kind is None and cell.get(f"{_TABLE}formula"):
        grid.pending.add(place)
    return shown


def _text(paragraph: Any) -> str:
    """A paragraph's text; runs of spaces and tabs are elements of their own."""
    text = paragraph.text or ""
    for child in paragraph:
        if child.tag == f"{_TEXT}s":
            text += " " * int(child.get(f"{_TEXT}c", 1))
        elif child.tag in (f"{_TEXT}line-break", f"{_TEXT}tab"):
            text += "\n" if child.tag.endswith("line-break") else "\t"
        else:
            text += _text(child)
        text += child.tail or ""
    return text

"""Workbooks as zip packages: values by calamine, which also reads what crashes others; formats from the package."""

import io
import re
import zipfile
import zlib
from pathlib import PurePosixPath
from typing import Any

from lxml import etree
from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from learning_city.collect import table_formats
from learning_city.collect.container import Container
from learning_city.collect.table_grid import Grid, Place, refusal, spread

_CELL = re.compile(rb"<c\b([^>]*?)(?:/>|>(.*?)</c>)", re.DOTALL)
_ADDRESS = re.compile(rb"""\br=["']([A-Z]{1,3})(\d+)["']""")
_STYLE = re.compile(rb"""\bs=["'](\d+)["']""")
_RESULT = re.compile(rb"<v[^>/]*>[^<]")
_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_SAFE: Any = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)


def read(content: bytes, seen: Container | None = None) -> list[Grid]:
    """The visible worksheets with what is shown; raises NotATable for a damaged or locked package."""
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
            visible = [meta.name for meta in book.sheets_metadata if str(meta.visible).endswith("Visible")]
            grids = [_sheet(book, name) for name in visible or book.sheet_names]
    except PasswordError as problem:
        raise refusal("password") from problem
    except (CalamineError, ValueError) as problem:
        raise refusal("not_workbook", str(problem)[:80]) from problem
    if seen is not None and seen.sheets:
        _add_formats(content, seen, grids)
    return grids


def _sheet(book: CalamineWorkbook, name: str) -> Grid:
    try:
        sheet = book.get_sheet_by_name(name)
    except CalamineError:
        return Grid(sheet=name, cells=[])
    cells = sheet.to_python(skip_empty_area=False)
    last, right_most = len(cells) - 1, max(map(len, cells), default=0) - 1
    merged: dict[Place, Place] = {}
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or []:
        merged |= spread(top, left, min(bottom, last), min(right, right_most))
    return Grid(sheet=name, cells=cells, merged=merged)


def _add_formats(content: bytes, seen: Container, grids: list[Grid]) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = _parts(package)
            styles = _styles(package)
    except (KeyError, OSError, etree.XMLSyntaxError, zipfile.BadZipFile, zlib.error):
        return
    for grid in grids:
        for attributes, inside in _CELL.findall(seen.sheets.get(parts.get(grid.sheet, ""), b"")):
            if address := _ADDRESS.search(attributes):
                place = int(address[2]) - 1, _column(address[1])
                _format_cell(grid, place, styles, attributes, inside)


def _format_cell(grid: Grid, place: Place, styles: list[tuple[str, int]], attributes: bytes, inside: bytes) -> None:
    if b"<f" in inside and not _RESULT.search(inside) and b't="str"' not in attributes:
        grid.pending.add(place)
    style = _STYLE.search(attributes)
    number = int(style[1]) if style else 0
    code, indent = styles[number] if number < len(styles) else ("General", 0)
    if indent:
        grid.indents[place] = indent
    row, column = place
    value = grid.cells[row][column] if row < len(grid.cells) and column < len(grid.cells[row]) else ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        grid.shown[place] = table_formats.show(value, code)
        if table_formats.is_percent(code):
            grid.percents.add(place)


def _column(letters: bytes) -> int:
    number = 0
    for sign in letters:
        number = number * 26 + sign - 64
    return number - 1


def _parts(package: zipfile.ZipFile) -> dict[str, str]:
    """Sheet name -> its part in the package, as the workbook itself says."""
    book = etree.fromstring(package.read("xl/workbook.xml"), _SAFE)
    relations = etree.fromstring(package.read("xl/_rels/workbook.xml.rels"), _SAFE)
    targets = {str(one.get("Id")): str(one.get("Target")) for one in relations}
    named = {str(sheet.get("name")): targets.get(str(sheet.get(_REL)), "") for sheet in book.iter("{*}sheet")}
    return {
        name: target.lstrip("/") if target.startswith("/") else str(PurePosixPath("xl", target))
        for name, target in named.items()
    }


def _styles(package: zipfile.ZipFile) -> list[tuple[str, int]]:
    """Per cell style its number format and indent."""
    tree = etree.fromstring(package.read("xl/styles.xml"), _SAFE)
    own = {int(one.get("numFmtId", 0)): str(one.get("formatCode")) for one in tree.iter("{*}numFmt")}
    codes = table_formats.BUILT_IN | own
    styles: list[tuple[str, int]] = []
    for formats in tree.iter("{*}cellXfs"):
        for one in formats.iter("{*}xf"):
            alignment = one.find("{*}alignment")
            indent = int(alignment.get("indent", 0)) if alignment is not None else 0
            styles.append((codes.get(int(one.get("numFmtId", 0)), "General"), indent))
    return styles

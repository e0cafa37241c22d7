"""Web pages that hold tables, often saved under the name of a workbook: title and unit may stand outside the table."""

import re
from typing import Any

from learning_city.collect.table_grid import Grid, Place, refusal, spread
from learning_city.collect.table_text import decode

_OUTSIDE = ("h1", "h2", "h3", "h4", "p", "caption", "title", "div", "span", "b", "strong", "font", "center")
_INDENT = re.compile(r"(?:padding-left|text-indent)\s*:\s*([\d.]+)\s*(px|pt|em)?|mso-char-indent-count\s*:\s*(\d+)")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden")


def read(content: bytes) -> list[Grid]:
    """Every innermost table of a page with the text above it; raises NotATable where there is none."""
    from lxml import etree, html

    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", decode(content))
    try:
        tree = html.document_fromstring(text, parser=html.HTMLParser(no_network=True, huge_tree=False))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as problem:
        raise refusal("空网页，请重新下载 / an HTML page without content; download the table again") from problem
    grids: list[Grid] = []
    before: list[str] = []
    for element in tree.iter("table", *_OUTSIDE):
        if _is_hidden(element):
            continue
        if element.tag != "table":
            before += _own_words(element)
        elif not element.xpath(".//table"):
            before += _add_table(grids, element, before)
    if not grids:
        raise refusal(
            "网页里没有表格（登录页或出错页？），请登录后重新下载 / an HTML page without a table (a login or error page?); "
            "log in and download again"
        )
    return grids


def _is_hidden(element: Any) -> bool:
    return any(_HIDDEN.search(one.get("style") or "") for one in (element, *element.iterancestors()))


def _own_words(element: Any) -> list[str]:
    if any(ancestor.tag in ("td", "th") for ancestor in element.iterancestors()):
        return []
    words = " ".join((element.text or "").split())
    return [words] if words else []


def _add_table(grids: list[Grid], element: Any, before: list[str]) -> list[str]:
    """Keep a table; one without numbers in several rows only lends its words to the tables that follow."""
    grid = _table(element, f"table{len(grids) + 1}")
    grid.before = list(before)
    words = [str(cell).strip() for line in grid.cells for cell in line if str(cell).strip()]
    digits = sum(bool(re.search(r"\d", word)) and len(word) < 25 for word in words)
    if len(grid.cells) > 1 and digits > 1 and max(map(len, grid.cells)) > 1:
        grids.append(grid)
        return []
    return words


def _table(element: Any, name: str) -> Grid:
    cells: dict[Place, Any] = {}
    grid = Grid(sheet=name, cells=[])
    for row, line in enumerate(element.iter("tr")):
        column = 0
        for cell in line.iter("td", "th"):
            while (row, column) in cells:
                column += 1
            height, width = _extent(cell, "rowspan", 500), _extent(cell, "colspan", 200)
            covered = spread(row, column, row + height - 1, column + width - 1)
            cells |= dict.fromkeys(covered, "")
            cells[row, column] = _value(grid, cell, (row, column))
            if height * width > 1:
                grid.merged |= covered
            column += width
    rows, columns = max((r for r, _ in cells), default=-1) + 1, max((c for _, c in cells), default=-1) + 1
    grid.cells = [[cells.get((r, c), "") for c in range(columns)] for r in range(rows)]
    return grid


def _extent(cell: Any, name: str, most: int) -> int:
    said = re.match(r"\s*(\d+)", cell.get(name) or "")
    return max(1, min(int(said[1]), most)) if said else 1


def _value(grid: Grid, cell: Any, place: Place) -> Any:
    for line_break in cell.iter("br"):
        line_break.tail = "\n" + (line_break.tail or "")
    shown = "\n".join(re.sub(r"[ \t\r\f\n]+", " ", line).rstrip(" ") for line in _lines(cell))
    if found := _INDENT.search(cell.get("style") or ""):
        grid.indents[place] = round(float(found[1] or found[3] or 0))
    stored = next((value for name, value in cell.attrib.items() if name.split(":")[-1] in ("num", "value")), None)
    if stored and re.fullmatch(r"-?\d+(\.\d+)?(E[+-]?\d+)?", stored, re.IGNORECASE):
        grid.shown[place] = shown.strip()
        if shown.strip().endswith("%"):
            grid.percents.add(place)
        return float(stored)
    return shown


def _lines(cell: Any) -> list[str]:
    """The cell's text at its marked line breaks; breaks of the page's own source mean nothing."""
    text = "".join(cell.itertext())
    marked = "\n" if cell.find(".//br") is not None else None
    return text.strip(" \t\r\n\f").split(marked) if marked else [text.strip(" \t\r\n\f")]

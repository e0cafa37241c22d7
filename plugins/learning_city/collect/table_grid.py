"""Any file that may hold statistical tables, as grids of plain cells with their merged ranges."""

import io
import re
from dataclasses import dataclass, field
from typing import Any

from charset_normalizer import from_bytes
from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from learning_city.collect import container
from learning_city.errors import NotATable

DEFAULT_KEY = "VelvetSweatshop"
"""Excel's built-in password: it opens such files without asking, and so do we."""


@dataclass(slots=True, kw_only=True)
class Grid:
    """One worksheet: ``cells[row][column]`` as str, float or empty text; merged cells repeat their value in ``merged``.

    ``before`` holds text that stands outside the table (an HTML title).
    """

    sheet: str
    cells: list[list[Any]]
    merged: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    before: list[str] = field(default_factory=list)

    def at(self, row: int, column: int) -> Any:
        """The cell's value, through a merge to its first cell; empty text outside the grid."""
        row, column = self.merged.get((row, column), (row, column))
        line = self.cells[row] if row < len(self.cells) else []
        return line[column] if column < len(line) else ""


def read(content: bytes) -> list[Grid]:
    """The worksheets of a file, whatever its name says it is; raises NotATable saying what it is instead."""
    seen = container.look(content)
    if seen.problem:
        raise NotATable(f"{seen.problem} {seen.detail}".strip())
    if seen.kind == "html":
        return _html(content)
    if seen.kind == "text":
        return _text(content)
    if seen.kind == "ole":
        content = _decrypted(content)
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
            visible = [meta.name for meta in book.sheets_metadata if str(meta.visible).endswith("Visible")]
            return [_sheet(book, name) for name in visible or book.sheet_names]
    except PasswordError as problem:
        raise NotATable("protected by a password; ask for an open copy") from problem
    except (CalamineError, ValueError) as problem:
        raise NotATable(f"damaged workbook: {str(problem)[:120]}") from problem


def _sheet(book: CalamineWorkbook, name: str) -> Grid:
    sheet = book.get_sheet_by_name(name)
    merged = {}
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or []:
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                merged[row, column] = (top, left)
    return Grid(sheet=name, cells=sheet.to_python(skip_empty_area=False), merged=merged)


def _decrypted(content: bytes) -> bytes:
    import msoffcrypto
    from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError

    try:
        locked = msoffcrypto.OfficeFile(io.BytesIO(content))
        if not locked.is_encrypted():
            return content
        locked.load_key(password=DEFAULT_KEY)
        opened = io.BytesIO()
        locked.decrypt(opened)
    except (FileFormatError, DecryptionError, InvalidKeyError, ValueError, OSError) as problem:
        if isinstance(problem, InvalidKeyError | DecryptionError):
            raise NotATable("protected by a password; ask for an open copy") from problem
        return content
    return opened.getvalue()


def _html(content: bytes) -> list[Grid]:
    from lxml import etree, html

    parser = html.HTMLParser(no_network=True, encoding=_encoding(content).removesuffix("-sig"), huge_tree=False)
    try:
        tree = html.document_fromstring(content, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError) as problem:
        raise NotATable("an HTML page without content") from problem
    grids: list[Grid] = []
    before: list[str] = []
    for element in tree.iter("table", "h1", "h2", "h3", "p", "caption", "title", "div"):
        if element.tag != "table":
            text = " ".join((element.text or "").split())
            before += [text] if text else []
        elif not element.xpath(".//table"):
            grids.append(_html_table(element, f"table{len(grids) + 1}", before))
    kept = [grid for grid in grids if len(grid.cells) > 1]
    if not kept:
        raise NotATable("an HTML page without a table (a login or error page?)")
    return kept


def _html_table(element: Any, name: str, before: list[str]) -> Grid:
    cells: dict[tuple[int, int], Any] = {}
    merged: dict[tuple[int, int], tuple[int, int]] = {}
    for row, line in enumerate(element.iter("tr")):
        column = 0
        for cell in line.iter("td", "th"):
            while (row, column) in cells:
                column += 1
            text = " ".join(cell.text_content().split())
            height = min(int(cell.get("rowspan") or 1), 500)
            width = min(int(cell.get("colspan") or 1), 200)
            for r in range(row, row + height):
                for c in range(column, column + width):
                    cells[r, c] = text if (r, c) == (row, column) else ""
                    if height * width > 1:
                        merged[r, c] = (row, column)
            column += width
    rows, columns = max((r for r, _ in cells), default=-1) + 1, max((c for _, c in cells), default=-1) + 1
    grid = [[cells.get((r, c), "") for c in range(columns)] for r in range(rows)]
    return Grid(sheet=name, cells=grid, merged=merged, before=list(before))


def _text(content: bytes) -> list[Grid]:
    import csv

    text = content.decode(_encoding(content), errors="replace")
    lines = text.splitlines()
    separator = max((",", "\t", ";"), key=lambda mark: sum(mark in line for line in lines[:50]))
    cells = [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=separator)]
    if sum(len(row) > 1 for row in cells) < 2:
        raise NotATable("plain text without columns")
    return [Grid(sheet="csv", cells=cells)]


def _encoding(content: bytes) -> str:
    """UTF-8 where it decodes, else what the characters look like; CP949 also decodes as GB18030, so it is weighed."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    else:
        return "utf-8-sig"
    declared = re.search(rb"charset=[\"']?([\w-]+)", content[:2000])
    if declared and declared[1].lower() in (b"gb2312", b"gbk", b"gb18030"):
        return "gb18030"
    best = from_bytes(content[:20000], cp_isolation=["gb18030", "cp949", "big5"]).best()
    return best.encoding if best else "gb18030"

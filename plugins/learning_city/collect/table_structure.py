"""Find the tables in a grid by structure: title, years, units, header tree, row labels, notes, symbols."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from learning_city.collect.ledger_file import as_text
from learning_city.collect.table_grid import Grid
from learning_city.model import units

SYMBOLS = {"…": "N", "...": "N", "..": "N", ":": "L", "-": "M", "—": "M", "－": "M", "–": "M", "x": "Q"}
"""What stands in a cell instead of a number, and the status it has unless a source's legend says otherwise."""
_NUMBER = re.compile(r"^[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?%?$")
_YEAR = re.compile(r"^((?:18|19|20)\d\d)\s*年?(?:度|末|底)?$")
_TITLE_YEAR = re.compile(r"[((]\s*(?:[12]\d{3}\s*[-~—至~–]\s*)?([12]\d{3})\s*年?\s*[))]")
_UNIT = re.compile(r"(?:计量)?单位\s*[:::]\s*([^\s,,;;))]+)")
_IN_BRACKETS = re.compile(r"[((]([^()()]{1,12})[))]")
_NOTE = re.compile(r"^\s*(?:注|资料来源|数据来源|来源|说明|Source|Note|a\)|\*)\s*[::.]?", re.IGNORECASE)
_YEAR_HEADS, _UNIT_HEADS = frozenset({"年份", "年度"}), frozenset({"单位", "计量单位"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One data cell of a table. ``value`` is None for a symbol, whose status is ``flag``; ``year`` None when unstated."""

    sheet: str
    cell: str
    row_path: list[str]
    column_path: list[str]
    year: int | None
    unit: str | None
    value: float | None
    flag: str | None
    text: str


@dataclass(slots=True, kw_only=True)
class Table:
    """What was read of one sheet; every numeric cell is among ``cells`` or in ``left`` with its reason."""

    sheet: str
    title: str
    unit: str | None
    cells: list[Cell] = field(default_factory=list)
    left: dict[str, str] = field(default_factory=dict)
    numeric: int = 0


def read(grid: Grid) -> Table:
    """Read one sheet; a sheet without data rows gives a table without cells, its numbers accounted for in ``left``."""
    numbers = {
        (r, c): n for r, row in enumerate(grid.cells) for c, cell in enumerate(row) if (n := number(cell)) is not None
    }
    body = _body(grid, numbers)
    title = _title(grid, body[0] if body else len(grid.cells))
    table = Table(sheet=grid.sheet, title=title, unit=_unit_row(grid, body), numeric=len(numbers))
    if body:
        _read_body(grid, numbers, body, table)
    emitted = {cell.cell for cell in table.cells}
    for r, c in numbers:
        name = address(r, c)
        if name not in emitted:
            table.left.setdefault(name, "outside the table body" if body else "no table found")
    return table


def number(cell: Any) -> float | None:
    """The number a cell holds, also as text with spaces, separators or full-width digits; None otherwise."""
    if isinstance(cell, bool) or cell == "":
        return None
    if isinstance(cell, int | float):
        return float(cell)
    if not isinstance(cell, str):
        return None
    plain = re.sub(r"[\s\u00a0,]", "", unicodedata.normalize("NFKC", cell))
    return float(plain.rstrip("%")) if _NUMBER.match(plain) else None


def address(row: int, column: int) -> str:
    """``A1`` of 0-based coordinates."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"


def plain(cell: Any) -> str:
    """A label as a person reads it: no line breaks, no spaces between Chinese characters."""
    text = " ".join(as_text(cell).replace("\u00a0", " ").replace("\u3000", " ").split())
    return re.sub(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])", "", text)


def _is_year(cell: Any) -> bool:
    return bool(_YEAR.match(plain(cell)))


def _body(grid: Grid, numbers: dict[tuple[int, int], float]) -> list[int]:
    """Rows that hold data: a label and at least one number or symbol that is not a year in a heading."""
    rows: list[int] = []
    for r, row in enumerate(grid.cells):
        filled = [c for c, cell in enumerate(row) if cell != ""]
        values = [c for c in filled if (r, c) in numbers or plain(row[c]) in SYMBOLS]
        if not values or (not rows and all(_is_year(row[c]) for c in values)):
            continue
        labelled = any(isinstance(row[c], str) and c not in values for c in filled) or _is_year(row[filled[0]])
        if labelled and not _NOTE.match(plain(row[filled[0]])):
            rows.append(r)
    return rows


def _title(grid: Grid, first: int) -> str:
    for row in [[text] for text in reversed(grid.before)] + grid.cells[:first]:
        texts = [plain(cell) for cell in row if cell != ""]
        if len(set(texts)) == 1 and not _UNIT.match(texts[0]) and len(texts[0]) > 3:
            return texts[0]
    return ""


def _unit_row(grid: Grid, body: list[int]) -> str | None:
    for row in [grid.before, *grid.cells[: (body[0] if body else 0) + 1]]:
        for cell in row:
            if isinstance(cell, str) and (found := _UNIT.search(unicodedata.normalize("NFKC", cell))):
                return found[1]
    return None


def _read_body(grid: Grid, numbers: dict[tuple[int, int], float], body: list[int], table: Table) -> None:
    year_column, unit_column = (_headed(grid, body[0], words) for words in (_YEAR_HEADS, _UNIT_HEADS))
    labels = _label_columns(grid, numbers, body, year_column)
    heads = {c: _column_path(grid, c, body[0], labels) for c in range(max(len(grid.cells[r]) for r in body))}
    title_year = None if year_column is not None else _TITLE_YEAR.search(unicodedata.normalize("NFKC", table.title))
    parents: list[tuple[int, str]] = []
    for r in body:
        path = _row_path(grid, r, labels, parents)
        for c, cell in _data_cells(grid, numbers, r, labels):
            if c == year_column:
                table.left[address(r, c)] = "year of its row"
                continue
            labelled = [*reversed(heads[c]), *reversed(path)]
            said = labelled if year_column is None else [plain(grid.at(r, year_column))]
            years = [found for label in said if (found := _YEAR.match(label))]
            year = int(years[0][1]) if years else int(title_year[1]) if title_year else None
            own_unit = plain(grid.at(r, unit_column)) if unit_column is not None else None
            table.cells.append(
                Cell(
                    sheet=grid.sheet,
                    cell=address(r, c),
                    row_path=path,
                    column_path=heads[c],
                    year=year,
                    unit=own_unit or _unit_of(path, heads[c]) or table.unit,
                    value=numbers.get((r, c)),
                    flag=None if (r, c) in numbers else SYMBOLS.get(plain(cell)),
                    text=as_text(cell),
                )
            )


def _data_cells(
    grid: Grid, numbers: dict[tuple[int, int], float], r: int, labels: list[int]
) -> Iterator[tuple[int, Any]]:
    for c, cell in enumerate(grid.cells[r]):
        if c not in labels and ((r, c) in numbers or plain(cell) in SYMBOLS):
            yield c, cell


def _headed(grid: Grid, first: int, words: frozenset[str]) -> int | None:
    """The column whose heading is one of the words: it says the year or the unit of each row."""
    for r in reversed(range(first)):
        for c, cell in enumerate(grid.cells[r]):
            if plain(cell) in words:
                return c
    return None


def _label_columns(
    grid: Grid, numbers: dict[tuple[int, int], float], body: list[int], year_column: int | None
) -> list[int]:
    """Leading columns that hold words (or years as row labels) in most data rows."""
    labels: list[int] = []
    for c in range(max(len(grid.cells[r]) for r in body)):
        if c == year_column:
            break
        cells = [grid.at(r, c) for r in body]
        words = sum(cell != "" and ((r, c) not in numbers or _is_year(cell)) and plain(cell) not in SYMBOLS
                    for r, cell in zip(body, cells, strict=True))  # fmt: skip
        if words * 2 <= len(body):
            break
        labels.append(c)
    return labels or [0]


def _row_path(grid: Grid, r: int, labels: list[int], parents: list[tuple[int, str]]) -> list[str]:
    """Labels of a row, outer first: label columns, and within the last of them the indent."""
    words = [plain(grid.at(r, c)) for c in labels]
    raw = as_text(grid.at(r, labels[0]))
    indent = len(raw) - len(raw.lstrip(" \u00a0\u3000\t"))
    while parents and parents[-1][0] >= indent:
        parents.pop()
    path = [label for _, label in parents] if len(labels) == 1 else []
    parents.append((indent, words[0]))
    return [*path, *[word for word in words if word]] or [""]


def _column_path(grid: Grid, c: int, first: int, labels: list[int]) -> list[str]:
    """Headings above a column, outer first; a merged heading speaks for all columns below it."""
    path: list[str] = []
    for r in range(first):
        row = grid.cells[r]
        if len({plain(cell) for cell in row if cell != ""}) < 2 and not _spans_part(grid, r, labels):
            continue
        word = plain(grid.at(r, c))
        if word and not _UNIT.match(word) and (not path or path[-1] != word):
            path.append(word)
    return path


def _spans_part(grid: Grid, r: int, labels: list[int]) -> bool:
    """A lone heading that stands over the data columns only (a title stands over the labels too)."""
    filled = [c for c, cell in enumerate(grid.cells[r]) if cell != ""]
    return len(filled) == 1 and filled[0] > max(labels) and r > 0


def _unit_of(*paths: list[str]) -> str | None:
    """A unit in brackets in the innermost label that has one."""
    for path in paths:
        for label in reversed(path):
            for found in _IN_BRACKETS.findall(unicodedata.normalize("NFKC", label)):
                if units.canonical(found) in units.UNITS:
                    return str(found)
    return None

"""Any file that may hold statistical tables, as grids of plain cells: which reader opens it, and what is refused."""

from dataclasses import dataclass, field
from typing import Any

from learning_city.collect import container
from learning_city.errors import NotATable

WIDEST = 4_000
"""Columns; no table that a person reads has as many."""
Place = tuple[int, int]
"""A cell by its 0-based row and column."""

_REFUSALS = {
    "empty_file": "文件是空的，请重新下载 / the file is empty; download it again",
    "truncated": "文件不完整，请重新下载 / the file is cut short; download it again",
    "password": "文件有打开密码，请另存为无密码的副本 / protected by a password; save a copy without one",
    "picture": "这是图片，不是表格，请取得原始电子表格 / a picture; ask for the spreadsheet itself",
    "pdf": "这是 PDF 文档，请取得原始电子表格 / a PDF document; ask for the spreadsheet itself",
    "packed": "这是压缩包，请先解压 / a packed archive; unpack it first",
    "too_big": "文件过大，请拆分后再读 / the file is too big; split it",
    "bomb": "文件解压后过大，不予打开 / it unpacks to far too much; not opened",
    "sparse": "工作表范围远大于任何统计表，请清除多余单元格 / its extent is beyond any table; clear the stray cells",
    "not_workbook": "不是工作簿，请另存为 .xlsx / not a workbook; save it as .xlsx",
}


@dataclass(slots=True, kw_only=True)
class Grid:
    """One worksheet: ``cells[row][column]`` as text, number or empty text, and what the file says beside the values.

    ``shown`` is what a person sees where it differs from the stored value, ``percents`` the cells shown in percent,
    ``indents`` the indent of a cell's format, ``pending`` formulas without a result, ``before`` text outside the table.
    """

    sheet: str
    cells: list[list[Any]]
    merged: dict[Place, Place] = field(default_factory=dict)
    shown: dict[Place, str] = field(default_factory=dict)
    percents: set[Place] = field(default_factory=set)
    indents: dict[Place, int] = field(default_factory=dict)
    pending: set[Place] = field(default_factory=set)
    before: list[str] = field(default_factory=list)


def read(content: bytes) -> list[Grid]:
    """The visible worksheets of a file, whatever its name says it is; raises NotATable saying what it is instead."""
    seen = container.look(content, macros=True)
    if seen.problem:
        raise refusal(seen.problem, seen.detail)
    if seen.kind in _REFUSALS:
        raise refusal(seen.kind)
    try:
        grids = _opened(content, seen)
    except (ValueError, TypeError, AttributeError, LookupError, ArithmeticError, RecursionError) as problem:
        raise refusal("not_workbook", f"{type(problem).__name__}: {problem}"[:80]) from problem
    widest = max((len(row) for grid in grids for row in grid.cells), default=0)
    if widest > WIDEST:
        raise refusal("sparse", f"{widest} columns")
    return grids


def _opened(content: bytes, seen: container.Container) -> list[Grid]:
    if seen.kind == "html":
        from learning_city.collect import table_html, table_xml

        return table_xml.read(content) if table_xml.is_workbook(content) else table_html.read(content)
    if seen.kind == "text":
        from learning_city.collect import table_text

        return table_text.read(content)
    if seen.kind == "ole":
        from learning_city.collect import table_xls

        return table_xls.read(content)
    from learning_city.collect import table_ods, table_xlsx

    return table_ods.read(content) if table_ods.is_ods(content) else table_xlsx.read(content, seen)


def refusal(code: str, detail: str = "") -> NotATable:
    """Why a file is no table, and what to do next, in one line."""
    said = _REFUSALS.get(code, code)
    return NotATable(" ".join(f"{said} ({detail})".split()) if detail else said)


def spread(top: int, left: int, bottom: int, right: int) -> dict[Place, Place]:
    """Each cell of a merged range (inclusive) -> its first cell."""
    return {(row, column): (top, left) for row in range(top, bottom + 1) for column in range(left, right + 1)}

"""Parse issued workbooks: identity, every worksheet row as text, and the cells the hidden sheet names.

Runs in the child process only. Imports stay few: this is what a hostile file gets to see.
"""

import io
import json
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from learning_city.collect import container
from learning_city.model import ledger

Grid = list[list[Any]]
ITEM_COLUMNS = (
    "file", "item_no", *(c for c in ledger.COLUMNS if c != "role"), "text", "typed",
    "missing_type", "missing_cell", "reason", "reason_cell", "evidence", "evidence_cell",
)  # fmt: skip
_LOCKED = "EncryptedPackage".encode("utf-16-le")
"""Stands in the directory of a workbook that has a password; calamine only says that it does not know the format."""
_SHEET, _CELL, _ROLE = (ledger.COLUMNS.index(name) for name in ("sheet", "cell", "role"))
_MEASURE = ledger.COLUMNS.index("measure")
_KEY = slice(ledger.COLUMNS.index("form"), ledger.COLUMNS.index("period") + 1)
_STRUCTURE = [ledger.COLUMNS.index(name) for name in ledger.STRUCTURE]
_BESIDE = {"missing_type": "missing_type", "reason": "reason", "explanation": "reason", "evidence": "evidence"}
"""Role of a companion cell -> what it says of the value; one 说明 column takes reasons and explanations."""
_FIRST_ITEM = ledger.HEADINGS_ROW  # 0-based index of the row below the headings


def read_chunk(paths: list[str], progress: Callable[[int], None]) -> Iterable[bytes]:
    """Three frames: files (JSON list), sheet rows (Arrow), items (Arrow)."""
    files: list[dict[str, object]] = []
    rows: tuple[list[Any], ...] = ([], [], [], [])
    items: list[list[Any]] = [[] for _ in ITEM_COLUMNS]
    for index, path in enumerate(paths):
        progress(index)
        files.append(_read(Path(path).read_bytes(), index, rows, items))
    yield json.dumps(files, ensure_ascii=False).encode()
    yield _arrow(dict(zip(("file", "sheet", "row_no", "cells"), rows, strict=True)))
    yield _arrow(dict(zip(ITEM_COLUMNS, items, strict=True)))


def _read(content: bytes, index: int, rows: tuple[list[Any], ...], items: list[list[Any]]) -> dict[str, object]:
    seen = container.look(content)
    if seen.problem:
        return {"problem": seen.problem, "detail": seen.detail}
    if seen.kind not in ("zip", "ole"):
        return {"problem": "not_workbook", "detail": seen.kind}
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
            grids = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}
    except PasswordError:
        return {"problem": "password", "detail": ""}
    except (CalamineError, ValueError, OSError) as problem:
        return {"problem": "password" if _LOCKED in content else "truncated", "detail": str(problem)[:200]}
    for sheet, grid in grids.items():
        if sheet != ledger.HIDDEN_SHEET:
            _land(index, sheet, grid, rows)
    if ledger.HIDDEN_SHEET not in grids:
        return {"problem": "no_identity", "detail": ""}
    asked = _asked(grids[ledger.HIDDEN_SHEET])
    _collect_items(index, asked, grids, seen, items)
    return {
        "problem": "",
        "detail": "",
        "identity": _identity(grids[ledger.HIDDEN_SHEET]),
        "template_found": ledger.template_hash([tuple([row[n] for n in _STRUCTURE]) for row in asked]),
        "signoff": _signoff(asked, grids),
        "printed": _printed(grids, asked),
        "sheets": "\n".join(dict.fromkeys(row[_SHEET] for row in asked if row[_ROLE] == "value")),
    }


def _land(index: int, sheet: str, grid: Grid, rows: tuple[list[Any], ...]) -> None:
    for number, cells in enumerate(grid, start=1):
        last = len(cells)
        while last and cells[last - 1] == "":
            last -= 1
        if last:
            rows[0].append(index)
            rows[1].append(sheet)
            rows[2].append(number)
            rows[3].append("{" + ",".join([_quoted(_text(cell)) for cell in cells[:last]]) + "}")


@cache
def _quoted(text: str) -> str:
    if not text:
        return "NULL"
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def as_text(value: object) -> str:
    """A cell as text: whole numbers without a point, dates as ISO, empty cells as empty text.

    The character NUL, which no database holds, becomes the sign for an unreadable one.
    """
    if isinstance(value, str):
        return value.replace("\x00", "\ufffd")
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return str(value)


def _identity(hidden: Grid) -> dict[str, str]:
    return {
        as_text(row[0]): as_text(row[1]) for row in hidden[: ledger.HEADINGS_ROW - 1] if len(row) > 1 and row[0] != ""
    }


def _text(value: object) -> str:
    return value if value.__class__ is str and "\x00" not in value else as_text(value)


def _asked(hidden: Grid) -> list[list[str]]:
    """Rows of the hidden sheet as text in the order of COLUMNS, whatever order its headings have."""
    if len(hidden) < ledger.HEADINGS_ROW:
        return []
    headings = [_text(cell) for cell in hidden[ledger.HEADINGS_ROW - 1]]
    order = [headings.index(name) if name in headings else None for name in ledger.COLUMNS]
    if order == list(range(len(order))):
        width = len(order)
        rows = [
            row[:width] if {*map(type, row)} == {str} else [_text(cell) for cell in row[:width]]
            for row in hidden[_FIRST_ITEM:]
        ]
    else:
        rows = [["" if n is None else _text(row[n]) for n in order] for row in hidden[_FIRST_ITEM:]]
    return [row for row in rows if row[_CELL]]


@cache
def _at(cell: str) -> tuple[int, int]:
    letters = cell.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return int(cell[len(letters) :]) - 1, column - 1


def _value(grids: dict[str, Grid], sheet: str, cell: str) -> Any:
    grid = grids.get(sheet)
    try:
        row, column = _at(cell)
    except ValueError:
        return ""
    if grid is None or row >= len(grid) or column < 0 or column >= len(grid[row]):
        return ""
    return grid[row][column]


def _collect_items(
    index: int,
    asked: list[list[str]],
    grids: dict[str, Grid],
    seen: container.Container,
    items: list[list[Any]],
) -> None:
    parts = {name: f"xl/worksheets/sheet{number}.xml" for number, name in enumerate(grids, start=1)}
    beside: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for row in asked:
        if row[_ROLE] in _BESIDE:
            beside[_BESIDE[row[_ROLE]], tuple(row[_KEY])] = row
    number = 0
    for row in asked:
        if row[_ROLE] != "value":
            continue
        number += 1
        sheet, cell, key = row[_SHEET], row[_CELL], tuple(row[_KEY])
        value = _value(grids, sheet, cell)
        typed = "number" if isinstance(value, int | float) and not isinstance(value, bool) else "text"
        if value == "":
            typed = "formula" if seen.is_uncalculated(parts.get(sheet, ""), cell) else "empty"
        shown = ledger.UNCALCULATED if typed == "formula" else _text(value)
        line = [index, number, sheet, cell, *row[_ROLE + 1 :], shown, typed]
        for role in ("missing_type", "reason", "evidence"):
            other = beside.get((role, key))
            line.append(_text(_value(grids, other[_SHEET], other[_CELL])).strip() if other else "")
            line.append(other[_CELL] if other else "")
        for column, said in zip(items, line, strict=True):
            column.append(said)


def _signoff(asked: list[list[str]], grids: dict[str, Grid]) -> dict[str, dict[str, str]]:
    return {
        row[_MEASURE]: {
            "sheet": row[_SHEET],
            "cell": row[_CELL],
            "text": _text(_value(grids, row[_SHEET], row[_CELL])).strip(),
        }
        for row in asked
        if row[_ROLE] == "signoff"
    }


def _printed(grids: dict[str, Grid], asked: list[list[str]]) -> str:
    """What stands printed above the first table of each form sheet, to be compared with the identity."""
    lines = []
    for sheet in dict.fromkeys(row[_SHEET] for row in asked if row[_ROLE] == "value"):
        for row in grids.get(sheet, [])[:8]:
            lines += [as_text(cell) for cell in row if cell != ""]
    return "\n".join(lines)[:4000]


def _arrow(columns: dict[str, list[Any]]) -> bytes:
    types = {"file": pa.int32(), "item_no": pa.int32(), "row_no": pa.int32()}
    table = pa.table({name: pa.array(values, types.get(name, pa.string())) for name, values in columns.items()})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue().to_pybytes())

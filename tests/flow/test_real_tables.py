"""Real statistical tables, where a folder of them is named in LCM_REAL_TABLES; skipped where it is not."""

import json
import os
import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from learning_city.collect.table_file import read_tables
from learning_city.collect.table_structure import Cell, Table
from learning_city.errors import NotATable

FOLDER = Path(os.environ.get("LCM_REAL_TABLES", ""))
NAMED = bool(os.environ.get("LCM_REAL_TABLES"))
FILES = sorted((FOLDER / "files").glob("*")) if NAMED else []
TRUTHS = sorted((FOLDER / "truth").glob("*.json")) if NAMED else []

pytestmark = pytest.mark.skipif(not FILES, reason="LCM_REAL_TABLES names no folder of real tables")


@cache
def tables_of(path: Path) -> list[Table]:
    return read_tables(path.read_bytes())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_numeric_cell_is_emitted_or_left_with_its_reason(path: Path) -> None:
    if path.name.startswith("notatable"):
        with pytest.raises(NotATable, match="登录"):
            tables_of(path)
        return
    tables = tables_of(path)
    emitted = sum(cell.value is not None for table in tables for cell in table.cells)
    left = [reason for table in tables for reason in table.left.values()]
    assert emitted + len(left) == sum(table.numeric for table in tables)
    assert emitted > 0
    assert all(left)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_number_of_a_table_is_without_row_or_column(path: Path) -> None:
    if path.name.startswith("notatable"):
        return
    cells = [cell for table in tables_of(path) for cell in table.cells]
    assert [cell.cell for cell in cells if not cell.row_path or not cell.column_path] == []
    assert len({(cell.sheet, cell.cell) for cell in cells}) == len(cells)


@pytest.mark.parametrize("path", TRUTHS, ids=lambda path: path.stem)
def test_cells_read_by_eye_are_read_alike(path: Path) -> None:
    truth = json.loads(path.read_text(encoding="utf-8"))
    cells = {(c.sheet, c.cell): c for table in tables_of(FOLDER / truth["file"]) for c in table.cells}
    wrong = [want for want in truth["cells"] if not agrees(found(cells, want["at"]), want)]
    assert wrong == []


def found(cells: dict[tuple[str, str], Cell], at: dict[str, Any]) -> Cell:
    letters, number = "", at["col0"] + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return cells[at["sheet"], f"{letters}{at['row0'] + 1}"]


def agrees(cell: Cell, want: dict[str, Any]) -> bool:
    labels = bare(cell.row_path[-1]) == bare(want["row_label"]) and bare(want["column_label"]) in {
        bare(part) for part in cell.column_path[-2:]
    }
    return labels and (cell.value, cell.year, cell.unit) == (want["value"], want["year"], want["unit"])


def bare(label: str) -> str:
    return re.sub(r"[\s#年]", "", unicodedata.normalize("NFKC", label))

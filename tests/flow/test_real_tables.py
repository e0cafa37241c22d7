"""Real statistical tables, where a folder of them is named in LCM_REAL_TABLES; skipped where it is not."""

import os
from pathlib import Path

import pytest

from learning_city.collect.table_file import read_tables
from learning_city.errors import NotATable

FOLDER = Path(os.environ.get("LCM_REAL_TABLES", ""), "files")
FILES = sorted(FOLDER.glob("*")) if os.environ.get("LCM_REAL_TABLES") else []
REFUSED = {"notatable_2018_1.xls"}

pytestmark = pytest.mark.skipif(not FILES, reason="LCM_REAL_TABLES names no folder of real tables")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_numeric_cell_is_emitted_or_left_with_its_reason(path: Path) -> None:
    if path.name in REFUSED:
        with pytest.raises(NotATable):
            read_tables(path.read_bytes())
        return
    tables = read_tables(path.read_bytes())
    emitted = sum(cell.value is not None for table in tables for cell in table.cells)
    left = sum(len(table.left) for table in tables)
    assert emitted + left == sum(table.numeric for table in tables)
    assert emitted > 0
    assert all(reason for table in tables for reason in table.left.values())

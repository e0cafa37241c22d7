"""What somebody gave as reason for an edition stays text in its Excel."""

from pathlib import Path

import pytest
from openpyxl import load_workbook

from learning_city.catalogue.read import read
from learning_city.catalogue.workbook import About, write
from learning_city.warehouse.statements import SQL


@pytest.mark.parametrize("said", ["=cmd|'/C calc'!A0", "+1+1", "http://x.example"])
def test_a_reason_is_text(tmp_path: Path, said: str) -> None:
    about = About(edition=1, content_hash="x", who=said, why=said)
    write(tmp_path / "x.xlsx", read(SQL / "reference"), about)
    cells = [cell for row in load_workbook(tmp_path / "x.xlsx").worksheets[0].iter_rows() for cell in row]
    saying = [cell for cell in cells if cell.value == said]
    assert saying
    assert {(cell.data_type, cell.hyperlink) for cell in saying} == {("s", None)}

"""What departments and catalogues wrote stays text in the workbooks handed out, however it begins."""

from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import load_workbook
from workbooks import KEY, answers, form, item, ledger

from learning_city.model.ledger import Answer, SignOff
from learning_city.prepare.workbook import write_ledger

SAYINGS = ("=cmd|'/C calc'!A0", '=HYPERLINK("http://x.example","y")', "+1+1", "-2+3", "@SUM(1,2)", "\t=1+1", "{=1+1}")


@pytest.mark.parametrize("said", SAYINGS)
def test_a_ledger_holds_what_was_said_as_text(tmp_path: Path, said: str) -> None:
    one = item("e1", label_zh=said, label_en=said, definition_text=said, section=said)
    asked = replace(form(one), name_zh=said, authority=said, approval_no=said)
    book = ledger(asked, place_name=said, department_name=said, round_name=said)
    told = answers(e1=Answer(value=said, reason=said, evidence=said))
    write_ledger(tmp_path / "x.xlsx", book, KEY, told, SignOff(head=said, filler=said, seal=said))
    cells = [cell for sheet in load_workbook(tmp_path / "x.xlsx") for row in sheet.iter_rows() for cell in row]
    saying = [cell for cell in cells if said.strip() in str(cell.value)]
    assert len(saying) > 8
    assert {cell.data_type for cell in saying} == {"s"}

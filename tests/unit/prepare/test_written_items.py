"""Items that ask for a text or a choice: where they are written, what is offered, what comes back."""

from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from workbooks import KEY, answers, cell, form, hidden, item, ledger, said_by, sheet_rows, verdicts

from learning_city.model.checkcode import check_code
from learning_city.model.ledger import Answer
from learning_city.prepare.workbook import write_ledger

STATES = ("未启动", "进行中", "已完成")
MIXED = ledger(
    form(
        item("e1"),
        item("e2", type="choice", choices=STATES, unit="—"),
        item("e3", type="text", unit="", decimals=0, evidence=True),
        item("e4", type="choice", choices=tuple(f"第{n}类，含其他" for n in range(40))),
        item("e5", type="choice", choices=("有,已立法", "无")),
    )
)


def lists(file: Path) -> dict[str, str]:
    """Cells -> the list their drop-down offers."""
    rules = load_workbook(file)["教育"].data_validations.dataValidation
    return {str(rule.sqref): str(rule.formula1) for rule in rules if rule.type == "list"}


def test_a_text_has_room_over_three_columns_and_many_lines(tmp_path: Path) -> None:
    write_ledger(tmp_path / "a.xlsx", MIXED, KEY)
    sheet = load_workbook(tmp_path / "a.xlsx")["教育"]
    merged = {str(cells) for cells in sheet.merged_cells.ranges}
    assert {"F12:H12", "F13:H13", "F14:H14", "F15:H15"} <= merged
    assert "F11:H11" not in merged
    assert sheet["F13"].alignment.wrap_text
    assert sheet["F13"].number_format == "@"
    assert sheet.row_dimensions[13].height >= 200
    assert sheet.row_dimensions[12].height < 40


def test_a_long_text_grows_its_row_up_to_what_a_spreadsheet_allows(tmp_path: Path) -> None:
    heights = []
    for length in (300, 500, 5000):
        write_ledger(tmp_path / "a.xlsx", MIXED, KEY, answers(e3="字" * length))
        heights.append(load_workbook(tmp_path / "a.xlsx")["教育"].row_dimensions[13].height)
    assert 200 <= heights[0] < heights[1] < heights[2] <= 409


def test_the_hidden_sheet_names_the_first_cell_of_the_merged_ones_and_the_type(tmp_path: Path) -> None:
    write_ledger(tmp_path / "a.xlsx", MIXED, KEY)
    values = [
        (row["measure"], row["cell"], row["type"]) for row in hidden(tmp_path / "a.xlsx") if row["role"] == "value"
    ]
    assert values[:3] == [("e1", "H11", "number"), ("e2", "F12", "choice"), ("e3", "F13", "text")]


def test_where_no_number_is_asked_the_unit_is_a_dash(tmp_path: Path) -> None:
    write_ledger(tmp_path / "a.xlsx", MIXED, KEY)
    assert [cell(tmp_path / "a.xlsx", "教育", f"D{row}") for row in (11, 12, 13)] == ["万元", "—", "—"]
    assert "计量单位：万元" in str(sheet_rows(tmp_path / "a.xlsx", "教育")[6])


def test_a_choice_offers_its_choices_and_a_text_nothing(tmp_path: Path) -> None:
    write_ledger(tmp_path / "a.xlsx", MIXED, KEY)
    offered = lists(tmp_path / "a.xlsx")
    assert offered["F12"] == '"未启动,进行中,已完成"'
    assert "F13" not in offered
    assert offered["I11"] == '"不适用,暂缺,并入,零"'
    assert offered["I12:I15"] == '"不适用,暂缺,并入"'


def test_choices_that_no_list_can_hold_stand_in_hidden_cells(tmp_path: Path) -> None:
    write_ledger(tmp_path / "a.xlsx", MIXED, KEY)
    offered, sheet = lists(tmp_path / "a.xlsx"), load_workbook(tmp_path / "a.xlsx")["教育"]
    assert offered["F14"] == "$O$14:$BB$14"
    assert offered["F15"] == "$O$15:$P$15"
    assert [sheet["O15"].value, sheet["P15"].value, sheet["BB14"].value] == ["有,已立法", "无", "第39类，含其他"]
    hidden_columns = [one for one in sheet.column_dimensions.values() if one.hidden]
    assert max(one.max for one in hidden_columns) >= 54


def test_texts_and_choices_come_back_from_their_cells(tmp_path: Path) -> None:
    told = answers(
        e1=1.0, e2="进行中", e3=Answer(value="一是…\n二是…", evidence="E3.pdf"), e4=Answer(missing_type="不适用")
    )
    write_ledger(tmp_path / "a.xlsx", MIXED, KEY, told)
    assert said_by(tmp_path / "a.xlsx", "value", "e2") == "进行中"
    assert said_by(tmp_path / "a.xlsx", "value", "e3") == "一是…\n二是…"
    assert said_by(tmp_path / "a.xlsx", "missing_type", "e4") == "不适用"
    assert verdicts(tmp_path / "a.xlsx") == ["通过", "通过", "通过", "通过", "待填"]


def test_a_number_typed_where_text_is_asked_counts_as_text_in_the_code(tmp_path: Path) -> None:
    told: dict[str, Any] = {"e1": 2018.0, "e2": "未启动", "e3": 2018.0}
    write_ledger(tmp_path / "a.xlsx", MIXED, KEY, answers(**told))
    cells = [(2018.0, ""), ("未启动", ""), ("2018", ""), (None, ""), (None, "")]
    assert said_by(tmp_path / "a.xlsx", "signoff", "code") == check_code(cells)

"""Values that are known come with the workbook, say where they are from, and count as filled."""

import shutil
from collections.abc import Callable
from pathlib import Path

from workbooks import KEY, answers, cell, form, item, ledger, recalculated_all, said_by, sheet_rows, verdicts

from learning_city.model.checkcode import check_code
from learning_city.model.ledger import Identity, Ledger
from learning_city.prepare.workbook import write_ledger

KNOWN = item("e2", prefill=40.0, prefill_source="2016年度台账（教育局）", previous=100.0)
SPARED = "本表预填 1 项、免填 3 项（一数一源）"


def asked(*, dropped: int = 3) -> Ledger:
    return ledger(form(item("e1", parent="e2", parts="some"), KNOWN, item("e3")), dropped=dropped)


def test_a_known_value_stands_in_its_cell_and_the_column_of_reasons_is_empty(tmp_path: Path) -> None:
    write_ledger(tmp_path / "a.xlsx", asked(), KEY)
    assert said_by(tmp_path / "a.xlsx", "value", "e2") == 40.0
    assert said_by(tmp_path / "a.xlsx", "reason", "e2") == ""
    assert said_by(tmp_path / "a.xlsx", "value", "e1") == ""


def test_beside_it_stands_where_it_comes_from_and_what_to_do(tmp_path: Path) -> None:
    write_ledger(tmp_path / "a.xlsx", asked(), KEY)
    note = "已预填：2016年度台账（教育局），请核对，有出入请改并说明"
    assert cell(tmp_path / "a.xlsx", "教育", "C12") == f"年末数；{note}"
    assert cell(tmp_path / "a.xlsx", "教育", "C11") == "年末数"


def test_its_check_and_the_code_are_the_ones_a_spreadsheet_computes(
    tmp_path: Path, require: Callable[[str], str]
) -> None:
    write_ledger(tmp_path / "a.xlsx", asked(), KEY)
    (tmp_path / "bare").mkdir()
    copy = Path(shutil.copyfile(tmp_path / "a.xlsx", tmp_path / "bare" / "a.xlsx"))
    (again,) = recalculated_all([copy], tmp_path / "again", require("soffice"))
    code = check_code([(None, ""), (40.0, ""), (None, "")])
    for file in (tmp_path / "a.xlsx", again):
        assert verdicts(file) == ["待填", "有错：变动大请说明", "待填"]
        assert said_by(file, "signoff", "code") == code
        assert sheet_rows(file, "核对")[3][0] == "还不能报出：待填 2 项，有错 1 项，签署未填 6 栏"
        assert sheet_rows(file, "教育")[4][0] == "■ 有错　1 项　▎"


def test_an_answer_takes_the_place_of_the_known_value(tmp_path: Path) -> None:
    write_ledger(tmp_path / "a.xlsx", asked(), KEY, answers(e2=101.0))
    assert said_by(tmp_path / "a.xlsx", "value", "e2") == 101.0
    assert verdicts(tmp_path / "a.xlsx") == ["待填", "通过", "待填"]


def test_the_guide_and_the_hidden_sheet_count_what_was_spared(tmp_path: Path) -> None:
    write_ledger(tmp_path / "a.xlsx", asked(), KEY)
    assert SPARED in [row[0] for row in sheet_rows(tmp_path / "a.xlsx", "填报说明")]
    below = sheet_rows(tmp_path / "a.xlsx", "_lcm")[len(Identity.keys()) : 12]
    assert [row[:2] for row in below] == [["prefilled", "1"], ["dropped", "3"], ["", ""]]


def test_where_nothing_was_spared_nothing_is_said(tmp_path: Path) -> None:
    write_ledger(tmp_path / "a.xlsx", ledger(), KEY)
    assert "一数一源" not in str(sheet_rows(tmp_path / "a.xlsx", "填报说明"))


def test_places_with_other_known_values_share_the_template(tmp_path: Path) -> None:
    first = write_ledger(tmp_path / "a.xlsx", asked(), KEY)
    second = write_ledger(
        tmp_path / "b.xlsx", ledger(form(item("e1", parent="e2", parts="some"), item("e2"), item("e3"))), KEY
    )
    assert first.template == second.template
    assert said_by(tmp_path / "b.xlsx", "value", "e2") == ""
    assert cell(tmp_path / "b.xlsx", "教育", "C12") == "年末数"

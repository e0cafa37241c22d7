"""The workbook a department fills in: what is hidden in it, what it computes, what it refuses."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import workbooks
from openpyxl import load_workbook
from workbooks import (
    KEY,
    answers,
    as_text,
    cell,
    form,
    hidden,
    item,
    ledger,
    said_by,
    sheet_rows,
    verdicts,
)

from learning_city.errors import NeedsAPerson
from learning_city.model.checkcode import check_code
from learning_city.model.ledger import (
    COLUMNS,
    SIGNOFF_FIELDS,
    STRUCTURE,
    Answer,
    Identity,
    LedgerItem,
    SignOff,
    template_hash,
)
from learning_city.prepare.workbook import write_ledger

Recalculated = Callable[[Path], Path]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "issued").mkdir()
    return tmp_path / "issued" / "ledger.xlsx"


@pytest.fixture
def recalculated(tmp_path: Path, require: Callable[[str], str]) -> Recalculated:
    """The workbook as LibreOffice saves it after computing every formula anew."""
    soffice = require("soffice")

    def compute(file: Path) -> Path:
        copy = tmp_path / "bare" / file.name
        copy.parent.mkdir()
        shutil.copyfile(file, copy)
        return workbooks.recalculated(copy, tmp_path, soffice)

    return compute


def test_the_hidden_sheet_starts_with_the_signed_identity(file: Path) -> None:
    identity = write_ledger(file, ledger(), KEY)
    rows = sheet_rows(file, "_lcm")
    assert [row[0] for row in rows[:9]] == list(Identity.keys())
    assert Identity(**{row[0]: row[1] for row in rows[:9]}) == identity
    assert identity.token == identity.signed(KEY)
    assert identity.token != identity.signed(b"another key")


def test_each_item_lists_value_missing_type_reason_and_evidence(file: Path) -> None:
    asked = ledger(form(item("e1", previous=9.5, unit="所", decimals=0, required=False)))
    write_ledger(file, asked, KEY)
    value, missing, reason, evidence = hidden(file)[:4]
    assert value == {
        "sheet": "教育",
        "cell": "H11",
        "role": "value",
        "form": "E01",
        "measure": "e1",
        "definition": "e1@2017",
        "place": "110000",
        "period": "2017",
        "unit": "所",
        "decimals": 0,
        "required": 0,
        "previous": 9.5,
        "yearbook": "",
        "parent": "",
        "parts": "",
        "kind": "actual",
        "numerator": "",
        "denominator": "",
        "type": "number",
    }
    kept = ("sheet", "form", "measure", "definition", "place", "period")
    shared = dict.fromkeys(COLUMNS, "") | {name: value[name] for name in kept}
    assert missing == shared | {"role": "missing_type", "cell": "I11"}
    assert reason == shared | {"role": "reason", "cell": "J11"}
    assert evidence == shared | {"role": "evidence", "cell": "K11"}


def test_the_sign_off_ends_the_hidden_sheet(file: Path) -> None:
    write_ledger(file, ledger(), KEY)
    rows = hidden(file)[-len(SIGNOFF_FIELDS) :]
    assert [row["measure"] for row in rows] == list(SIGNOFF_FIELDS)
    assert {row["role"] for row in rows} == {"signoff"}
    assert {(row["sheet"], row["definition"], row["place"]) for row in rows} == {("签署", "", "110000")}


def test_a_changed_structural_cell_no_longer_answers_to_the_template(file: Path) -> None:
    identity = write_ledger(file, ledger(), KEY)
    told = [tuple(as_text(row[name]) for name in STRUCTURE) for row in hidden(file)]
    assert template_hash(told) == identity.template
    changed = [tuple(text.replace("H11", "H12") for text in row) for row in told]
    assert template_hash(changed) != identity.template


def test_last_years_figures_are_no_part_of_the_template(file: Path) -> None:
    first = write_ledger(file, ledger(form(item("e1", previous=1.0))), KEY)
    second = write_ledger(file, ledger(form(item("e1", previous=2.0))), KEY)
    assert first.template == second.template


def test_answers_land_at_the_cells_the_hidden_sheet_names(file: Path) -> None:
    full = Answer(value=12.5, reason="扩建", evidence="E1.pdf;E2.pdf")
    given = answers(e1=full, e2=Answer(missing_type="暂缺", reason="7月出数"))
    signed = SignOff(head="张三", phone="010-0123", date=date(2018, 9, 28), seal="盖章.pdf")
    write_ledger(file, ledger(), KEY, given, signed)
    assert said_by(file, "value", "e1") == 12.5
    assert said_by(file, "reason", "e1") == "扩建"
    assert said_by(file, "evidence", "e1") == "E1.pdf;E2.pdf"
    assert said_by(file, "value", "e2") == ""
    assert said_by(file, "missing_type", "e2") == "暂缺"
    assert said_by(file, "signoff", "phone") == "010-0123"
    assert said_by(file, "signoff", "date") == date(2018, 9, 28)
    assert said_by(file, "signoff", "seal") == "盖章.pdf"


def test_an_answer_to_nothing_is_refused(file: Path) -> None:
    with pytest.raises(NeedsAPerson, match="e9@2017"):
        write_ledger(file, ledger(), KEY, answers(e9=1.0))


@pytest.mark.parametrize("sheet", ["签署", "核对", "a/b", "x" * 32])
def test_a_sheet_name_excel_does_not_allow_is_refused(file: Path, sheet: str) -> None:
    with pytest.raises(NeedsAPerson, match="表号不能用作工作表名"):
        write_ledger(file, ledger(form(item("e1"), sheet=sheet)), KEY)
    assert not file.exists()


def test_only_cells_that_may_be_filled_are_open_and_yellow(file: Path) -> None:
    write_ledger(file, ledger(), KEY)
    named = {(row["sheet"], row["cell"]) for row in hidden(file) if row["measure"] != "code"}
    book = load_workbook(file)
    open_cells, yellow = set(), set()
    for sheet in book:
        assert sheet.protection.sheet
        assert sheet.title == "_lcm" or not sheet.protection.formatColumns
        for row in sheet.iter_rows():
            for one in row:
                if not one.protection.locked:
                    open_cells.add((sheet.title, one.coordinate))
                if one.fill.fgColor.rgb == "FFFFFBE8":
                    yellow.add((sheet.title, one.coordinate))
    assert open_cells == yellow == named
    assert book["_lcm"].sheet_state == "veryHidden"


@pytest.mark.parametrize("is_demo", [True, False])
def test_every_visible_sheet_of_a_demonstration_says_so(file: Path, is_demo: bool) -> None:
    write_ledger(file, ledger(is_demo=is_demo), KEY)
    for sheet in ("填报说明", "教育", "核对", "签署"):
        said = any("SAMPLE DATA" in str(one) for row in sheet_rows(file, sheet) for one in row)
        assert said is is_demo


def test_links_lead_to_every_sheet_and_back(file: Path) -> None:
    write_ledger(file, ledger(form(item("e1"), sheet="教育's")), KEY)
    book = load_workbook(file)
    targets = {
        sheet.title: {one.hyperlink.location for row in sheet.iter_rows() for one in row if one.hyperlink}
        for sheet in book
    }
    assert targets["填报说明"] == {"'教育''s'!A1", "'核对'!A1", "'签署'!A1"}
    assert targets["教育's"] == {"'填报说明'!A1", "'核对'!A1"}
    assert targets["核对"] == {"'填报说明'!A1", "'教育''s'!A1", "'签署'!A1"}
    assert targets["签署"] == {"'填报说明'!A1"}


@pytest.mark.parametrize("text", ["=1+1", "<r>x</r>", "a&b<c>", "_x0041_", "\x07bell", "+1", "@x"])
def test_hostile_text_stays_text(file: Path, text: str) -> None:
    hostile = item("e1", label_zh=text)
    write_ledger(file, ledger(form(hostile)), KEY, answers(e1=Answer(value=1.0, reason=text)))
    sheet = load_workbook(file)["教育"]
    assert sheet["J11"].data_type == "s"
    assert sheet["B11"].data_type == "s"
    assert str(said_by(file, "reason", "e1")).strip() == text


def test_the_same_ledger_gives_the_same_bytes(file: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.xlsx"
    given = answers(e1=3.5)
    write_ledger(file, ledger(), KEY, given)
    write_ledger(again, ledger(), KEY, given)
    assert file.read_bytes() == again.read_bytes()


def test_places_of_one_department_share_nothing_but_the_form(file: Path, tmp_path: Path) -> None:
    here = ledger()
    there = ledger(
        form(item("e1", place="310000", previous=7.0), item("e2", place="310000")),
        place_name="上海市",
        department_name="上海市教育委员会 & 学习办",
        identity=replace(here.identity, place="310000"),
    )
    write_ledger(file, here, KEY)
    other = tmp_path / "other.xlsx"
    identity = write_ledger(other, there, KEY)
    text = "".join(str(one) for row in sheet_rows(other, "教育") for one in row)
    assert "上海市教育委员会 & 学习办" in text
    assert "北京" not in text
    assert {row["place"] for row in hidden(other)} == {"310000"}
    assert identity.place == "310000"
    footer = load_workbook(other)["教育"].oddFooter.left.text
    assert "上海市教育委员会 && 学习办" in footer


CODED = [
    {},
    {"e1": 12.5, "e2": 7.0},
    {"e1": 7.0, "e2": 12.5},
    {"e1": Answer(missing_type="暂缺", reason="7月"), "e2": Answer(missing_type="零")},
    {"e1": -3.25, "e2": "一千"},
    {"e1": 123456789.1234, "e2": Answer(value=0.0, missing_type="零")},
]


@pytest.mark.parametrize("given", CODED)
def test_the_printed_code_is_the_one_of_the_model(
    file: Path, recalculated: Recalculated, given: dict[str, Any]
) -> None:
    two = ledger(form(item("e1")), form(item("e2"), sheet="其他"))
    filled = answers(**given)
    write_ledger(file, two, KEY, filled)
    cells = [filled.get(("E01", f"{name}@2017"), Answer()) for name in ("e1", "e2")]
    expected = check_code((one.value, one.missing_type) for one in cells)
    assert said_by(file, "signoff", "code") == expected
    assert said_by(recalculated(file), "signoff", "code") == expected


def test_swapping_two_values_changes_the_code(file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.xlsx"
    write_ledger(file, ledger(), KEY, answers(e1=12.5, e2=7.0))
    write_ledger(other, ledger(), KEY, answers(e1=7.0, e2=12.5))
    assert said_by(file, "signoff", "code") != said_by(other, "signoff", "code")


PART = {"parent": "e1", "parts": "some", "indent": 1}
SHARE = {"parent": "e1", "parts": "all"}
RATE = {"unit": "%", "decimals": 2, "kind": "rate", "numerator": "e2", "denominator": "e1"}
STATES = ("未启动", "进行中", "已完成")
MANY = tuple(f'第{n}项"甲"' for n in range(30))
CHECKED: list[tuple[str, list[LedgerItem], dict[str, Any], list[str]]] = [
    ("clean", [item("e1"), item("e2", **PART)], {"e1": 10.0, "e2": 4.0}, ["通过", "通过"]),
    ("blank", [item("e1"), item("e2", required=False)], {}, ["待填", "选填"]),
    ("part over its total", [item("e1"), item("e2", **PART)], {"e1": 4.0, "e2": 10.0}
     , ["通过", "有错：大于合计"]),
    ("part in another unit", [item("e1", unit="万人"), item("e2", unit="人", decimals=0, **PART)],
     {"e1": 1.2, "e2": 15000.0}, ["通过", "有错：大于合计"]),
    ("a rate that follows", [item("e1", decimals=0), item("e2", decimals=0), item("e3", **RATE)],
     {"e1": 15.0, "e2": 5.0, "e3": 33.33}, ["通过"] * 3),
    ("a rate that does not", [item("e1", decimals=0), item("e2", decimals=0), item("e3", **RATE)],
     {"e1": 15.0, "e2": 5.0, "e3": 50.0}, ["通过", "通过", "有错：与分子分母不符"]),
    ("a rate of nothing", [item("e1", decimals=0), item("e2", decimals=0), item("e3", **RATE)],
     {"e1": 0.0, "e2": 0.0, "e3": 50.0}, ["通过"] * 3),
    ("parts that add up", [item("e1"), item("e2", **SHARE), item("e3", **SHARE)],
     {"e1": 10.0, "e2": 4.0, "e3": 6.1}, ["通过", "通过", "通过"]),
    ("parts that do not", [item("e1"), item("e2", **SHARE), item("e3", **SHARE)],
     {"e1": 10.0, "e2": 4.0, "e3": 5.0}, ["有错：不等于分项和", "通过", "通过"]),
    ("a part that is zero", [item("e1"), item("e2", **SHARE), item("e3", **SHARE)],
     {"e1": 10.0, "e2": 4.0, "e3": Answer(missing_type="零")},
     ["有错：不等于分项和", "通过", "通过"]),
    ("a part not known", [item("e1"), item("e2", **SHARE), item("e3", **SHARE)],
     {"e1": 10.0, "e2": 4.0, "e3": Answer(missing_type="暂缺", reason="7月")}, ["通过"] * 3),
    ("both columns", [item("e1")], {"e1": Answer(value=1.0, missing_type="暂缺", reason="x")},
     ["有错：两栏只填一栏"]),
    ("zero and a number", [item("e1")], {"e1": Answer(value=1.0, missing_type="零")},
     ["有错：与“零”矛盾"]),
    ("zero and 0", [item("e1")], {"e1": Answer(value=0.0, missing_type="零")}, ["通过"]),
    ("no reason", [item("e1")], {"e1": Answer(missing_type="并入")}, ["有错：请写明说明"]),
    ("a reason", [item("e1")], {"e1": Answer(missing_type="并入", reason="E2")}, ["通过"]),
    ("no such type", [item("e1")], {"e1": Answer(missing_type="无")}, ["有错：无此缺数类型"]),
    ("text", [item("e1")], {"e1": "约12"}, ["有错：不是数"]),
    ("text where text is asked", [item("e1", type="text")], {"e1": "已立法"}, ["通过"]),
    ("negative", [item("e1")], {"e1": -1.0}, ["有错：不应为负"]),
    ("more than all", [item("e1", unit="%")], {"e1": 100.5}, ["有错：超过100%"]),
    ("not whole", [item("e1", unit="所", decimals=0)], {"e1": 1.5}, ["有错：应为整数"]),
    ("falling", [item("e1", kind="cumulative", previous=9.0)], {"e1": 8.5}, ["有错：累计数减少"]),
    ("a leap", [item("e1", previous=10.0)], {"e1": 13.1}, ["有错：变动大请说明"]),
    ("a leap explained", [item("e1", previous=10.0)], {"e1": Answer(value=20.0, reason="扩建")},
     ["通过"]),
    ("a choice", [item("e1", type="choice", choices=STATES)], {"e1": "已完成"}, ["通过"]),
    ("a choice in other letters", [item("e1", type="choice", choices=("A 级", "B 级"))], {"e1": "b 级"}, ["有错：不在可选范围"]),
    ("a choice that is a number", [item("e1", type="choice", choices=("1", "2"))], {"e1": 2.0}, ["通过"]),
    ("no such choice", [item("e1", type="choice", choices=STATES)], {"e1": "快完了"}, ["有错：不在可选范围"]),
    ("the last of many", [item("e1", type="choice", choices=MANY)], {"e1": MANY[-1]}, ["通过"]),
    ("none of many", [item("e1", type="choice", choices=MANY)], {"e1": "其他"}, ["有错：不在可选范围"]),
    ("a choice not made", [item("e1", type="choice", choices=STATES)], {}, ["待填"]),
    ("a choice not applicable", [item("e1", type="choice", choices=STATES)], {"e1": Answer(missing_type="不适用")},
     ["通过"]),
    ("a text that is zero", [item("e1", type="text")], {"e1": Answer(missing_type="零")}, ["有错：无此缺数类型"]),
    ("a text that is a number", [item("e1", type="text", unit="%")], {"e1": 250.0}, ["通过"]),
    ("a text beside its total", [item("e1"), item("e2", type="text", **PART)], {"e1": 1.0, "e2": 2.0},
     ["通过", "通过"]),
    ("falling against the same quarter", [item("e1", kind="cumulative", previous=9.0, period="2018-Q3")],
     {"e1": 8.5}, ["通过"]),
    ("exactly 30 %", [item("e1", previous=1.0)], {"e1": 1.3}, ["通过"]),
]  # fmt: skip


@pytest.mark.parametrize(("items", "given", "expected"), [c[1:] for c in CHECKED], ids=[c[0] for c in CHECKED])
def test_the_verdict_written_is_the_one_expected(
    file: Path, items: list[LedgerItem], given: dict[str, Any], expected: list[str]
) -> None:
    write_ledger(file, ledger(form(*items)), KEY, answers(**given))
    assert verdicts(file) == expected


def test_libreoffice_comes_to_the_same_verdicts(file: Path, recalculated: Recalculated) -> None:
    forms, given, expected = [], {}, []
    for turn, (_, items, values, said) in enumerate(CHECKED):
        name = f"F{turn}"
        forms.append(form(*(replace(one, form=name) for one in items), sheet=name))
        given |= {(name, key): answer for (_, key), answer in answers(**values).items()}
        expected += said
    write_ledger(file, ledger(*forms), KEY, given)
    assert verdicts(recalculated(file)) == expected


def test_the_summary_counts_what_the_rows_say(file: Path, recalculated: Recalculated) -> None:
    asked = ledger(form(item("e1"), item("e2", **PART), item("e3")))
    write_ledger(file, asked, KEY, answers(e1=4.0, e2=10.0))
    counts = [cell(file, "教育", address) for address in ("A3", "A4", "A5")]
    assert counts == ["✓ 通过　1 项　▎", "○ 待填　1 项　▎", "■ 有错　1 项　▎"]
    again = recalculated(file)
    assert [cell(again, "教育", address) for address in ("A3", "A4", "A5")] == counts

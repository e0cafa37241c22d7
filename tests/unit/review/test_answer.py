"""The answer workbook (答复件): the department's own file, what failed coloured and open, everything else locked."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from answering import AUDIENCE, DEPARTMENT, ROOMS, answer, come_back, deliver, explain, items, slot
from office import KEY, SEAL, SIGNED, Office, filled
from openpyxl import load_workbook
from sqlalchemy import Engine, text
from workbooks import hidden, recalculated, sheet_rows

from learning_city.collect.reader import Readers
from learning_city.collect.register import register
from learning_city.errors import NeedsAPerson
from learning_city.model.explanations import EXPLANATIONS
from learning_city.model.home import Home
from learning_city.model.ledger import Answer as AnsweredRow
from learning_city.prepare import issue, rounds
from learning_city.prepare.workbook import write_ledger
from learning_city.review.answer_list import NAME
from learning_city.review.settle import settle_by_rule
from learning_city.validate import store

HOSTILE = ['=HYPERLINK("http://evil")', "+1+1", "-2+3|cmd", "@SUM(A1)", "[x](javascript:alert(1))", "<r><b>x</b></r>"]


def unlocked(file: Path) -> set[tuple[str, str]]:
    book = load_workbook(file)
    return {
        (sheet.title, cell.coordinate)
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if not cell.protection.locked
    }


def keys(file: Path) -> dict[str, Any]:
    return {row[0]: row[1] for row in sheet_rows(file, "_lcm")[:13] if row[0]}


def test_only_what_failed_and_its_explanation_is_open(office: Office, tmp_path: Path) -> None:
    file = answer(office, deliver(office), tmp_path)
    sheet = office.ledger(DEPARTMENT).forms[0].sheet
    rows = [office.cell("甲", name)[1:] for name in ("libraries", ROOMS)]
    figures = {(sheet, f"{column}{row}") for row in rows for column in ("H", "I", "P", "Q", "R")}
    assert unlocked(file) == figures | {("签署", f"C{row}") for row in range(6, 12)}
    known = office.rows("SELECT sheet, cell FROM intake.answer_cell")
    assert {tuple(row) for row in known} == unlocked(file)


def test_every_sheet_and_the_structure_are_locked_without_a_password(office: Office, tmp_path: Path) -> None:
    book = load_workbook(answer(office, deliver(office), tmp_path))
    assert book.security.lockStructure
    assert [sheet.title for sheet in book.worksheets if not sheet.protection.sheet or sheet.protection.password] == []
    assert book["_lcm"].sheet_state == "veryHidden"
    assert book.sheetnames[0] == NAME


def test_a_failing_cell_says_what_is_wrong_and_offers_what_may_be_chosen(office: Office, tmp_path: Path) -> None:
    file = answer(office, deliver(office), tmp_path)
    sheet, cell = slot(office, file, "libraries", "value")
    book = load_workbook(file)
    failing = book[sheet][cell]
    assert failing.fill.fgColor.rgb.endswith("FBD9C9")
    for words in ("■ 须改", "不能为负数", "应为：≥ 0", "建议：核对后改正"):
        assert words in failing.comment.text
    assert list(book[sheet].conditional_formatting) == []
    offered = {
        address: rule.formula1
        for rule in book[sheet].data_validations.dataValidation
        for address in str(rule.sqref).split()
    }
    assert "不适用" in offered[slot(office, file, "libraries", "missing_type")[1]]
    assert all(code in offered[slot(office, file, "libraries", "explanation_code")[1]] for code in EXPLANATIONS)
    assert book[sheet].page_setup.orientation == "landscape"
    assert book[sheet].sheet_properties.pageSetUpPr.fitToPage


def test_the_list_links_to_each_cell_in_the_order_of_severity(office: Office, tmp_path: Path) -> None:
    sheet = load_workbook(answer(office, deliver(office), tmp_path))[NAME]
    assert [sheet.cell(row, 2).value for row in (5, 6)] == ["■ 须改", "▲ 须说明"]
    form = office.ledger(DEPARTMENT).forms[0].sheet
    assert sheet["C5"].hyperlink.location == f"'{form}'!{office.cell('甲', 'libraries')}"
    assert (sheet["D5"].value, sheet["F5"].value, sheet["G5"].value) == ("公共图书馆机构数", -3, "≥ 0")
    assert [sheet[f"J{row}"].data_type for row in (5, 6)] == ["f", "f"]


def test_the_state_of_the_list_follows_what_is_filled_in(office: Office, tmp_path: Path, require: Any) -> None:
    soffice = require("soffice")
    file = answer(office, deliver(office), tmp_path)
    states = [row[9] for row in sheet_rows(recalculated(file, tmp_path / "1", soffice), NAME)[4:6]]
    assert states == ["待改正", "待说明"]
    book = load_workbook(file)
    sheet, cell = slot(office, file, "libraries", "value")
    book[sheet][cell] = 30
    for (name, address), said in explain(office, file, ROOMS, "E01 情况属实，业务量确有变化").items():
        book[name][address] = said
    book.save(file)
    states = [row[9] for row in sheet_rows(recalculated(file, tmp_path / "2", soffice), NAME)[4:6]]
    assert states == ["已改正", "已说明"]


def test_who_knows_only_the_contract_finds_every_old_row_where_it_was(office: Office, tmp_path: Path) -> None:
    one = deliver(office)
    file = answer(office, one, tmp_path)
    before, now = hidden(office.inbox / "甲" / "台账.xlsx"), hidden(file)
    assert now[: len(before)] == before
    assert {row["role"] for row in now[len(before) :]} == {"explanation_code", "explanation", "explanation_until"}
    assert {row["measure"] for row in now[len(before) :]} == {"libraries", ROOMS}
    identity = keys(office.inbox / "甲" / "台账.xlsx")
    assert {name: keys(file)[name] for name in identity} == identity
    assert int(keys(file)["answer"]) == office.one("SELECT answer_id FROM intake.answer")


def test_the_number_counts_returns_and_not_downloads(office: Office, tmp_path: Path) -> None:
    one = deliver(office)
    first = answer(office, one, tmp_path)
    assert first.name == "答复件_北京市_文化广电新闻出版局_第1次.xlsx"
    assert answer(office, one, tmp_path) == first
    assert office.one("SELECT count(*) FROM intake.answer") == 1
    come_back(office, "乙", first, {slot(office, first, "libraries", "value"): -4})
    (two,) = office.check("乙")
    assert answer(office, two, tmp_path).name == "答复件_北京市_文化广电新闻出版局_第2次.xlsx"
    due = office.one("SELECT due - app.today() FROM intake.answer WHERE nth = 2")
    assert timedelta(days=due) == timedelta(days=10), "the obligation was due long ago"


def test_a_second_answer_workbook_shows_what_counts_now(office: Office, tmp_path: Path) -> None:
    first = answer(office, deliver(office), tmp_path)
    come_back(office, "乙", first, {slot(office, first, "libraries", "value"): -4})
    (two,) = office.check("乙")
    second = answer(office, two, tmp_path)
    sheet, cell = slot(office, second, "libraries", "value")
    book = load_workbook(second)
    assert book[sheet][cell].value == -4
    assert book.sheetnames.count(NAME) == 1
    assert sum(1 for row in book[sheet].iter_rows() for c in row if c.value == "问题与处理") == 1


@pytest.mark.parametrize("words", HOSTILE)
def test_what_strangers_wrote_stays_words(office: Office, tmp_path: Path, words: str) -> None:
    told = filled(
        office.ledger(DEPARTMENT), libraries=words, **{ROOMS: AnsweredRow(value=20_000, reason=words, evidence=words)}
    )
    file = answer(office, deliver(office, told=told), tmp_path)
    book = load_workbook(file)
    sheet = book[NAME]
    assert {cell.data_type for row in sheet.iter_rows(min_row=5, max_col=9) for cell in row} <= {"s", "n"}
    links = [cell.hyperlink for s in book.worksheets for row in s.iter_rows() for cell in row if cell.hyperlink]
    assert [link.target for link in links if link.target] == []
    form = book[office.ledger(DEPARTMENT).forms[0].sheet]
    assert form[office.cell("甲", "libraries")].data_type == "s"


def test_a_formula_a_stranger_typed_is_replaced_by_what_it_gave(office: Office, tmp_path: Path) -> None:
    path = office.deliver(
        "甲", office.ledger(DEPARTMENT), filled(office.ledger(DEPARTMENT), **{ROOMS: 20_000, "libraries": -3})
    )
    book = load_workbook(path)
    sheet = book[office.ledger(DEPARTMENT).forms[0].sheet]
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value == -3]
    sheet[cells[0].coordinate.replace("H", "J")] = '=HYPERLINK("#x","y")'
    book.save(path)
    (one,) = office.check("甲")
    made = load_workbook(answer(office, one, tmp_path))[sheet.title]
    assert made[cells[0].coordinate.replace("H", "J")].data_type != "f"


def test_nothing_to_answer_is_said(office: Office, tmp_path: Path) -> None:
    one = deliver(office, libraries=30, **{ROOMS: 2_000})
    settle_by_rule(office.engine)
    with pytest.raises(NeedsAPerson, match="没有待改正或待说明的问题"):
        answer(office, one, tmp_path)
    with pytest.raises(NeedsAPerson, match="没有可以退回的工作簿"):
        answer(office, 999, tmp_path)


def test_a_finding_on_evidence_opens_the_evidence_and_not_the_figure(office: Office, tmp_path: Path) -> None:
    one = deliver(office, libraries=30, **{ROOMS: 2_000, AUDIENCE: AnsweredRow(value=15, evidence="没有的.pdf")})
    file = answer(office, one, tmp_path)
    opened = office.rows("SELECT role FROM intake.answer_cell WHERE definition = :name ORDER BY role", name=AUDIENCE)
    assert [row.role for row in opened] == ["evidence", "explanation", "explanation_code", "explanation_until"]
    assert len(unlocked(file)) == 4 + 6


def test_a_finding_on_the_sign_off_is_coloured_there(office: Office, tmp_path: Path) -> None:
    ledger = office.ledger(DEPARTMENT)
    office.deliver("甲", ledger, filled(ledger), replace(SIGNED, head="", date=date(2030, 1, 1)))
    (one,) = office.check("甲")
    book = load_workbook(answer(office, one, tmp_path))
    assert "在今天之后" in book["签署"]["C10"].comment.text
    assert book[NAME]["C5"].hyperlink.location == "'签署'!C10"
    assert office.one("SELECT count(*) FROM intake.answer_cell WHERE role <> 'signoff'") == 0


@pytest.mark.parametrize("typed", ["foo", "", "ZZZZ9999999", "=1+1"])
def test_a_workbook_whose_hidden_sheet_was_tampered_with_goes_back_all_the_same(
    office: Office, tmp_path: Path, typed: str
) -> None:
    path = office.deliver("甲", office.ledger(DEPARTMENT))
    book = load_workbook(path)
    for row in (15, 16, 20):
        book["_lcm"].cell(row, 2).value = typed
        book["_lcm"].cell(row, 2).data_type = "s"
    book.save(path)
    (one,) = office.check("甲")
    assert "identity.template" in {row.rule_id for row in office.findings("甲")}
    sheet = load_workbook(answer(office, one, tmp_path))[NAME]
    assert "整件" in {sheet.cell(row, 3).value for row in range(5, 5 + len(office.findings("甲")))}


def test_a_file_that_is_gone_is_said(office: Office, tmp_path: Path) -> None:
    one = deliver(office)
    sha256 = str(office.submission("甲").sha256)
    (office.home.archive / sha256[:2] / sha256).unlink()
    with pytest.raises(NeedsAPerson, match="不是可以批注的"):
        answer(office, one, tmp_path)
    assert office.one("SELECT count(*) FROM intake.answer") == 0


def test_a_choice_in_merged_cells_keeps_its_drop_down_and_is_answered(
    home: Home, engine: Engine, readers: Readers, tmp_path: Path
) -> None:
    rounds.open_round(engine, "2018-Q3")
    with engine.begin() as connection:
        made = issue.ledgers(connection, "2018-Q3", is_demo=True)
        ledger = next(one for one in made if one.identity.department == "edu")
        connection.execute(text("UPDATE intake.obligation SET locks = NULL"))
    quarter = Office(home=home, engine=engine, readers=readers, ledgers={})
    told = {
        (item.form, item.definition): AnsweredRow(value={"choice": "快了", "text": "=不是公式"}.get(item.type, 12))
        for item in ledger.forms[0].items
    }
    folder = home.inbox / "2018-Q3" / "甲"
    folder.mkdir(parents=True)
    (folder / SEAL).write_bytes(b"a scan")
    write_ledger(folder / "台账.xlsx", ledger, KEY, told, replace(SIGNED, date=date(2018, 10, 10)))
    (one,) = register(engine, home, "2018-Q3", ["甲"], KEY, readers)
    store.check(engine, [one], date(2018, 10, 12), is_demo=True)
    file = answer(quarter, one, tmp_path)
    sheet, cell = slot(quarter, file, "progress_edu_state", "value")
    book = load_workbook(file)
    assert any(rule.type == "list" and cell in rule.sqref for rule in book[sheet].data_validations.dataValidation)
    merged = next(range_ for range_ in book[sheet].merged_cells.ranges if cell in range_)
    assert {c.protection.locked for row in book[sheet][merged.coord] for c in row} == {False}
    book[sheet][cell] = "进行中"
    again = home.inbox / "2018-Q3" / "乙"
    again.mkdir()
    (again / SEAL).write_bytes(b"another scan")
    book.save(again / "答复.xlsx")
    assert len(register(engine, home, "2018-Q3", ["乙"], KEY, readers)) == 1
    assert items(quarter, "乙", "progress_edu_state", "progress_edu_text") == ["进行中", "=不是公式"]
    assert quarter.rows("SELECT * FROM intake.merge_note") == []

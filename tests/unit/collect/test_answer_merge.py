"""An answer workbook comes back: unlocked cells that changed are taken, the rest stays as it counts, nothing is lost."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from answering import DEPARTMENT, ROOMS, answer, come_back, deliver, explain, items, slot
from office import Office, filled
from openpyxl import load_workbook
from sqlalchemy import text
from workbooks import recalculated

from learning_city.collect.answer_merge import explained

UNTIL = date(2099, 12, 31)
CODE = "E01 情况属实，业务量确有变化"


def notes(office: Office, name: str) -> list[Any]:
    return office.rows(
        """SELECT n.cell, n.kind, n.kept, n.said FROM intake.merge_note AS n JOIN intake.submission USING (submission_id)
           WHERE delivered_as = :name ORDER BY n.cell""",
        name=name,
    )


def doubts(office: Office, name: str) -> dict[str, str]:
    return dict(office.submission(name).identity)


def told(office: Office, name: str, definition: str) -> list[Any]:
    return office.rows(
        """SELECT e.code, e.text, e.valid_until, e.who FROM quality.explanation AS e JOIN quality.finding AS f USING (finding_id)
           JOIN intake.submission AS s USING (submission_id)
           WHERE s.delivered_as = :name AND f.definition = :definition ORDER BY e.recorded_at""",
        name=name,
        definition=definition,
    )


def test_a_corrected_cell_is_taken_and_the_workbook_is_recognised(office: Office, tmp_path: Path) -> None:
    file = answer(office, deliver(office), tmp_path)
    come_back(office, "乙", file, {slot(office, file, "libraries", "value"): 31})
    office.check("乙")
    came = office.submission("乙")
    assert came.answers == office.one("SELECT answer_id FROM intake.answer")
    assert (came.identity["token_ok"], came.identity["template_ok"]) == ("yes", "yes")
    assert items(office, "乙", "libraries", ROOMS) == ["31", "20000"]
    assert office.submission("甲").state == "superseded"
    assert notes(office, "乙") == []
    assert "identity.template" not in {row.rule_id for row in office.findings("乙")}


def test_an_answer_that_changed_nothing_is_what_was_sent(office: Office, tmp_path: Path) -> None:
    one = deliver(office)
    come_back(office, "乙", answer(office, one, tmp_path), {})
    (two,) = office.register("乙")
    assert office.rows("SELECT * FROM intake.changed_items(:two, :one)", one=one, two=two) == []
    assert notes(office, "乙") == []


def test_a_locked_cell_that_was_changed_is_not_taken_and_told(office: Office, tmp_path: Path) -> None:
    file = answer(office, deliver(office), tmp_path)
    sheet, cell = office.ledger(DEPARTMENT).forms[0].sheet, office.cell("甲", "lib_seats")
    kept = items(office, "甲", "lib_seats")
    come_back(office, "乙", file, {(sheet, cell): 7, (sheet, cell.replace("H", "J")): "偷改"})
    (two,) = office.register("乙")
    assert items(office, "乙", "lib_seats") == kept
    locked = [tuple(row) for row in notes(office, "乙")]
    assert locked == [(cell, "locked", kept[0], "7"), (cell.replace("H", "J"), "locked", "—", "偷改")]
    assert f"{sheet}!{cell}" in doubts(office, "乙")["merged_locked"]
    landed = office.one(
        "SELECT text FROM intake.cell WHERE submission_id = :two AND sheet = :sheet AND cell = :cell",
        two=two, sheet=sheet, cell=cell,
    )  # fmt: skip
    assert landed == "7", "rows stay as delivered"


def test_two_people_answer_one_return(office: Office, tmp_path: Path) -> None:
    file = answer(office, deliver(office), tmp_path)
    value, rooms = (slot(office, file, name, "value") for name in ("libraries", ROOMS))
    come_back(office, "乙", file, {value: 31})
    come_back(office, "丙", file, {rooms: 2_000})
    office.check("乙")
    office.check("丙")
    assert items(office, "丙", "libraries", ROOMS) == ["31", "2000"]
    assert notes(office, "丙") == []


def test_two_people_change_one_cell_on_the_same_day(office: Office, tmp_path: Path) -> None:
    file = answer(office, deliver(office), tmp_path)
    value, rooms = (slot(office, file, name, "value") for name in ("libraries", ROOMS))
    come_back(office, "乙", file, {value: 31, rooms: 2_000})
    come_back(office, "丙", file, {value: 32})
    assert len(office.check("乙", "丙")) == 1, "one batch, one after the other"
    last, before = sorted(("乙", "丙"), key=lambda name: office.submission(name).state != "superseded", reverse=True)
    assert office.submission(before).state == "superseded"
    assert items(office, last, ROOMS) == ["2000"]
    (note,) = [row for row in notes(office, last) if row.kind == "both"]
    assert {note.kept, note.said} == {"31", "32"}
    assert items(office, last, "libraries") == [note.kept]
    assert doubts(office, last)["merged_both"]


@pytest.mark.parametrize("claim", ["999999", "abc", "0"])
def test_a_forged_answer_is_a_plain_revision_and_told(office: Office, tmp_path: Path, claim: str) -> None:
    file = answer(office, deliver(office), tmp_path)
    cell = slot(office, file, "libraries", "value")
    seats = (office.ledger(DEPARTMENT).forms[0].sheet, office.cell("甲", "lib_seats"))
    book = load_workbook(file)
    (row,) = [row for row in book["_lcm"].iter_rows(max_row=13) if row[0].value == "answer"]
    row[1].value = claim
    book.save(file)
    come_back(office, "乙", file, {cell: 31, seats: 7})
    office.check("乙")
    came = office.submission("乙")
    assert came.answers is None
    assert came.identity["answer_foreign"] == claim
    assert items(office, "乙", "libraries", "lib_seats") == ["31", "7"]


def test_an_answer_of_another_department_is_no_answer(office: Office, tmp_path: Path) -> None:
    deliver(office)
    ledger = office.ledger(DEPARTMENT, "140100")
    office.deliver("太原", ledger, filled(ledger, libraries=-3))
    (theirs,) = office.check("太原")
    foreign = answer(office, theirs, tmp_path)
    number = office.one("SELECT answer_id FROM intake.answer")
    own = answer(office, int(office.submission("甲").submission_id), tmp_path)
    book = load_workbook(own)
    (row,) = [row for row in book["_lcm"].iter_rows(max_row=13) if row[0].value == "answer"]
    row[1].value = str(number)
    book.save(own)
    come_back(office, "乙", own, {})
    office.register("乙")
    assert foreign.is_file()
    assert doubts(office, "乙")["answer_foreign"] == str(number)


def test_an_explanation_is_kept_with_code_and_day_and_answers_the_finding(office: Office, tmp_path: Path) -> None:
    file = answer(office, deliver(office), tmp_path)
    said = explain(office, file, ROOMS, CODE, "新建一批", UNTIL)
    come_back(office, "乙", file, {slot(office, file, "libraries", "value"): 31, **said})
    office.check("乙")
    expected = ("E01", "新建一批", UNTIL, "张（填表人）")
    assert [tuple(row) for row in told(office, "甲", ROOMS)] == [expected]
    assert [tuple(row) for row in told(office, "乙", ROOMS)] == [expected]
    (finding,) = [row for row in office.findings("乙") if row.definition == ROOMS]
    assert finding.state == "explained"


def test_a_figure_that_changed_and_is_still_asked_about_keeps_what_was_said(office: Office, tmp_path: Path) -> None:
    file = answer(office, deliver(office), tmp_path)
    said = explain(office, file, ROOMS, CODE, "新建一批")
    come_back(office, "乙", file, {slot(office, file, ROOMS, "value"): 21_000, **said})
    office.check("乙")
    (finding,) = [row for row in office.findings("乙") if row.definition == ROOMS]
    assert (finding.state, finding.found) == ("explained", "21000")


def test_what_holds_until_a_day_is_shown_again_in_a_later_round(office: Office, tmp_path: Path) -> None:
    file = answer(office, deliver(office), tmp_path)
    come_back(office, "乙", file, explain(office, file, ROOMS, CODE, "新建一批", UNTIL))
    office.check("乙")
    with office.engine.begin() as connection:
        connection.execute(text("UPDATE quality.finding SET round = '2016'"))
    deliver(office, "丙", libraries=33, **{ROOMS: 22_000})
    (finding,) = [row for row in office.findings("丙") if row.definition == ROOMS]
    assert finding.state == "explained"
    (again,) = told(office, "丙", ROOMS)
    assert (again.code, again.text, again.valid_until) == ("E01", "新建一批", UNTIL)
    assert again.who == "张（填表人），沿用至 2099-12-31"


def test_a_missing_mark_chosen_in_an_answer_takes_its_reason_from_the_explanation(
    office: Office, tmp_path: Path
) -> None:
    file = answer(office, deliver(office), tmp_path)
    cells = {slot(office, file, "libraries", "value"): None, slot(office, file, "libraries", "missing_type"): "暂缺"}
    come_back(office, "乙", file, {**cells, **explain(office, file, "libraries", "E07 暂无法取得", "8月底补报")})
    office.check("乙")
    item = office.one(
        """SELECT value, status, missing_type, reason FROM intake.item JOIN intake.submission USING (submission_id)
           WHERE delivered_as = '乙' AND definition = 'libraries'"""
    )
    assert tuple(item) == (None, "L", "暂缺", "8月底补报")
    assert [row for row in office.findings("乙") if row.definition == "libraries" and row.state != "closed"] == []


SAID = {
    "submission_id": 1,
    "base": 1,
    "form": "f",
    "definition": "d",
    "place": "p",
    "period": "2017",
    "sheet": "表",
    "cell": "Q9",
    "code_cell": "P9",
    "until_cell": "R9",
}


@pytest.mark.parametrize(
    ("code", "words", "until", "expected", "unclear"),
    [
        (CODE, "新建", "2019-06-30", ("E01", "新建", date(2019, 6, 30)), ""),
        ("e02", "", "", ("E02", "统计范围调整", None), ""),
        ("E99 其他（须写明）", "洪水", "", ("E99", "洪水", None), ""),
        ("E99 其他（须写明）", "", "", (None, "E99 其他（须写明）", None), "表!Q9 选了"),
        ("E42 不存在", "洪水", "", (None, "E42 不存在：洪水", None), "表!P9 说明代码"),
        ("随便写", "", "", (None, "随便写", None), "表!P9 说明代码"),
        ("", "只有文字", "2019年6月30日", (None, "只有文字", date(2019, 6, 30)), ""),
        (CODE, "新建", "2019-02-31", ("E01", "新建（有效期至 2019-02-31）", None), "表!R9 有效期"),
        (CODE, "新建", "明年", ("E01", "新建（有效期至 明年）", None), "表!R9 有效期"),
        (CODE, "新建", "0000-00-00", ("E01", "新建（有效期至 0000-00-00）", None), "表!R9 有效期"),
    ],
)
def test_what_is_not_understood_is_kept_as_words_and_told(
    code: str, words: str, until: str, expected: tuple[Any, ...], unclear: str
) -> None:
    (row,) = explained(pd.DataFrame([SAID | {"code_said": code, "text_said": words, "until_said": until}])).itertuples()
    assert (row.code, row.text, row.valid_until) == expected
    assert unclear in (row.unclear or "")
    assert (row.unclear is None) == (unclear == "")


def test_a_workbook_a_spreadsheet_program_saved_is_merged_without_notes(
    office: Office, tmp_path: Path, require: Callable[[str], str]
) -> None:
    one = deliver(office)
    file = answer(office, one, tmp_path)
    book = load_workbook(file)
    sheet, cell = slot(office, file, "libraries", "value")
    book[sheet][cell] = 31
    book.save(file)
    saved = recalculated(file, tmp_path / "saved", require("soffice"))
    come_back(office, "乙", saved, {})
    (two,) = office.check("乙")
    assert notes(office, "乙") == []
    changed = office.rows("SELECT definition FROM intake.changed_items(:two, :one)", two=two, one=one)
    assert [row.definition for row in changed] == ["libraries"]
    assert "signoff.code" not in {row.rule_id for row in office.findings("乙")}


def test_a_revision_that_came_in_between_counts_where_the_answer_was_locked(office: Office, tmp_path: Path) -> None:
    file = answer(office, deliver(office), tmp_path)
    deliver(office, "改", libraries=-3, lib_seats=777, **{ROOMS: 2_000})
    come_back(office, "乙", file, {slot(office, file, "libraries", "value"): 31})
    office.check("乙")
    assert items(office, "乙", "libraries", "lib_seats", ROOMS) == ["31", "777", "2000"]
    assert notes(office, "乙") == []


def test_registering_an_answer_twice_changes_nothing(office: Office, tmp_path: Path) -> None:
    file = answer(office, deliver(office), tmp_path)
    value = slot(office, file, "libraries", "value")
    come_back(office, "乙", file, {value: 31, **explain(office, file, ROOMS, CODE, "新建")})
    office.check("乙")
    before = office.rows("SELECT * FROM quality.explanation"), items(office, "乙", "libraries")
    assert office.check("乙") == []
    assert (office.rows("SELECT * FROM quality.explanation"), items(office, "乙", "libraries")) == before

"""What a form says of its period and of its legal marks: quarters, school years, exceptions."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from workbooks import KEY, cell, form, item, ledger, sheet_rows

from learning_city.model.ledger import Ledger, LedgerForm
from learning_city.prepare.ledger_page import months_so_far, period_words
from learning_city.prepare.workbook import write_ledger


def of_period(period: str, one: LedgerForm) -> Ledger:
    whole = ledger(one)
    return replace(whole, identity=replace(whole.identity, period=period))


def headings(file: Path) -> list[str]:
    return [str(said) for said in sheet_rows(file, "教育")[7][5:8]]


@pytest.mark.parametrize(
    ("period", "frequency", "said"),
    [
        ("2017", "annual", "2017年"),
        ("2017", "schoolyear", "2016/17学年"),
        ("2000", "schoolyear", "1999/00学年"),
        ("2018-Q3", "quarterly", "2018年3季度"),
        ("unstated@book", "annual", "年份未注明"),
        ("", "annual", ""),
    ],
)
def test_a_period_in_words(period: str, frequency: str, said: str) -> None:
    assert period_words(period, frequency) == said


@pytest.mark.parametrize(("period", "months"), [("2018-Q1", "1—3月"), ("2018-Q4", "1—12月"), ("2018", "")])
def test_a_cumulative_quarter_counts_from_january(period: str, months: str) -> None:
    assert months_so_far(period) == months


def test_a_cumulative_quarterly_form_names_its_months_and_the_same_quarter_of_last_year(tmp_path: Path) -> None:
    so_far = form(item("e1", kind="cumulative", period="2018-Q3"))
    write_ledger(tmp_path / "a.xlsx", of_period("2018-Q3", replace(so_far, frequency="quarterly")), KEY)
    assert cell(tmp_path / "a.xlsx", "教育", "D6") == "2018年轮次 · 数据期 2018年3季度（1—9月累计）"
    assert headings(tmp_path / "a.xlsx") == [
        "上年同期数\n（2017年\n1—9月）",
        "年鉴数\n（2018年\n1—9月）",
        "本期数\n（2018年\n1—9月）",
    ]


def test_a_quarterly_form_of_the_quarter_alone_names_the_quarter(tmp_path: Path) -> None:
    write_ledger(tmp_path / "a.xlsx", of_period("2018-Q3", form(item("e1", period="2018-Q3"))), KEY)
    assert cell(tmp_path / "a.xlsx", "教育", "D6") == "2018年轮次 · 数据期 2018年3季度"
    assert headings(tmp_path / "a.xlsx")[0] == "上年同期数\n（2017年3季度）"


def test_a_form_of_school_years_says_so_after_the_year_of_its_identity(tmp_path: Path) -> None:
    write_ledger(tmp_path / "a.xlsx", of_period("2017", replace(form(item("e1")), frequency="schoolyear")), KEY)
    assert cell(tmp_path / "a.xlsx", "教育", "D6") == "2018年轮次 · 数据期 2017年（2016/17学年）"
    assert headings(tmp_path / "a.xlsx") == [
        "上学年数\n（2015/16学年）",
        "年鉴数\n（2016/17学年）",
        "本学年数\n（2016/17学年）",
    ]


def test_a_yearly_form_is_as_it_always_was(tmp_path: Path) -> None:
    write_ledger(tmp_path / "a.xlsx", ledger(), KEY)
    assert headings(tmp_path / "a.xlsx") == ["上年数\n（2016年）", "年鉴数\n（2017年）", "本年数\n（2017年）"]


def marks(file: Path) -> list[str]:
    return [str(row[10]) for row in sheet_rows(file, "教育")[2:6]]


def test_a_form_issued_by_exception_says_so_where_a_mark_is_absent_and_why(tmp_path: Path) -> None:
    lacking = replace(form(item("e1")), approval_no="", valid_to=None, exception="批文在办，经主任会议同意")
    write_ledger(tmp_path / "a.xlsx", ledger(lacking), KEY)
    assert marks(tmp_path / "a.xlsx") == ["学监统01表", "数据办公室", "例外下发", "例外下发"]
    assert cell(tmp_path / "a.xlsx", "教育", "D7") == "例外下发：批文在办，经主任会议同意"


def test_a_form_past_its_validity_says_until_when_it_was_valid(tmp_path: Path) -> None:
    over = replace(form(item("e1")), valid_to=date(2017, 12, 31), exception="延期手续在办")
    write_ledger(tmp_path / "a.xlsx", ledger(over), KEY)
    assert marks(tmp_path / "a.xlsx")[3] == "例外下发（原至2017年12月31日）"


def test_without_an_exception_nothing_is_said_of_one(tmp_path: Path) -> None:
    write_ledger(tmp_path / "a.xlsx", ledger(), KEY)
    assert marks(tmp_path / "a.xlsx")[3] == "2019年6月30日"
    assert "例外" not in str(sheet_rows(tmp_path / "a.xlsx", "教育"))

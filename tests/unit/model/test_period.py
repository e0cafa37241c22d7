"""Periods: a year, a quarter, or no year at all."""

from datetime import date

import pytest

from learning_city.model.period import is_period, last_day, year_before


@pytest.mark.parametrize("text", ["2017", "1899", "2017-Q1", "2017-Q4", "unstated@doc_xicheng_book_2013"])
def test_the_three_forms_are_periods(text: str) -> None:
    assert is_period(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "17",
        "2017年",
        "2017-Q5",
        "2017-Q0",
        "2017Q1",
        "2017-03",
        "unstated",
        "unstated@",
        "2017\n",
        "２０１７",
        "20１７",
        "1799",
    ],
)
def test_nothing_else_is_a_period_and_nothing_else_has_a_day(text: str) -> None:
    assert not is_period(text)
    assert last_day(text) is None
    assert year_before(text) == ""


@pytest.mark.parametrize(
    ("period", "day"),
    [
        ("2017", date(2017, 12, 31)),
        ("2017-Q1", date(2017, 3, 31)),
        ("2017-Q2", date(2017, 6, 30)),
        ("2017-Q3", date(2017, 9, 30)),
        ("2017-Q4", date(2017, 12, 31)),
    ],
)
def test_a_period_is_judged_by_its_last_day(period: str, day: date) -> None:
    assert last_day(period) == day


def test_an_unstated_period_has_neither_a_day_nor_a_year_before() -> None:
    assert last_day("unstated@book") is None
    assert year_before("unstated@book") == ""


@pytest.mark.parametrize(("period", "before"), [("2017", "2016"), ("2000", "1999"), ("2017-Q3", "2016-Q3")])
def test_the_year_before_is_the_same_quarter(period: str, before: str) -> None:
    assert year_before(period) == before

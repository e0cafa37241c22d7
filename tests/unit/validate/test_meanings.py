"""Figures that are not what they say: another year's, another definition's, in another unit, added up; jumps at a break."""

from collections.abc import Sequence
from typing import Any

import pytest
from printed import BOOK, NEXT, RESIDENTS, Press, label

from learning_city.collect.reader import Readers
from learning_city.model.home import Home
from learning_city.warehouse.engine import connect

REGISTERED = label("户籍人口", "pop_huji_y1231", "population", "万人")
VISITS = label("总流通人次", "lib_visits", "lib_visits", "万人次")
CAPPED = label("达到扣除上限企业", "firms_training_at_cap", "firms_training_at_cap", "个")
PLACES = ("浦东新区", "徐汇区", "长宁区", "普陀区")
RESIDENT, LOCAL = (520.1, 110.5, 70.2, 129.7), (274.4, 91.3, 61.8, 88.5)
NEW = ("table.other_year", "table.other_definition", "table.other_unit", "table.cumulative", "change.at_break")


@pytest.fixture
def press(home: Home, readers: Readers) -> Press:
    made = Press(home=home, engine=connect(home), readers=readers)
    made.knows(RESIDENTS, REGISTERED, VISITS, CAPPED)
    return made


def printed(press: Press, year: int, heading: str, figures: Sequence[float], source: str = BOOK) -> None:
    """A table of one column, collected and settled."""
    rows = [[place, figure] for place, figure in zip(PLACES, figures, strict=False)]
    press.put(f"{heading[:4]}{year}.csv", [f"各区情况（{year}）"], ["地区", heading], *rows, source=source)
    press.process()


def asked(press: Press, *columns: str) -> list[Any]:
    """The findings of these rules: rule, severity, cell, period and more columns."""
    listed = ", ".join(("rule_id", "severity", "cell", "period", *columns))
    sql = f"SELECT {listed} FROM quality.finding WHERE rule_id = ANY(:rules) ORDER BY finding_id"
    return [tuple(row) for row in press.rows(sql, rules=list(NEW))]


def grown(figures: Sequence[float]) -> list[float]:
    return [round(figure * 1.02, 1) for figure in figures]


def test_figures_as_they_say_are_not_asked_about(press: Press) -> None:
    for year, residents, local in ((2011, RESIDENT, LOCAL), (2012, grown(RESIDENT), grown(LOCAL))):
        printed(press, year, "常住人口（万人）", residents)
        printed(press, year, "户籍人口（万人）", local)
    assert asked(press) == []


def test_the_year_of_the_book_taken_for_the_year_of_its_data_is_asked_about_once_a_column(press: Press) -> None:
    printed(press, 2011, "常住人口（万人）", RESIDENT)
    printed(press, 2012, "常住人口（万人）", [*RESIDENT[:3], 131.0], NEXT)
    assert asked(press) == []
    printed(press, 2012, "户籍人口（万人）", LOCAL)
    printed(press, 2013, "户籍人口（万人）", LOCAL, NEXT)
    assert asked(press, "found", "expected") == [("table.other_year", "ask", "B3", "2013", "2013", "2012")]
    assert "4/4 个数与已知的 2012 年数相同" in press.findings("message_zh")[-1].message_zh


def test_registered_people_under_a_heading_of_residents_are_asked_about(press: Press) -> None:
    printed(press, 2012, "户籍人口（万人）", LOCAL)
    printed(press, 2011, "常住人口（万人）", RESIDENT)
    printed(press, 2012, "常住人口（万人）", LOCAL, NEXT)
    assert asked(press) == [("table.other_definition", "ask", "B3", "2012")]
    message = press.findings("message_zh")[-1].message_zh
    assert "4 个数与另一口径「户籍人口（年末）」的已知数相同（人口基数不同）" in message


def test_two_definitions_that_agree_with_their_own_past_are_not_confused(press: Press) -> None:
    for year in (2011, 2012):
        printed(press, year, "户籍人口（万人）", RESIDENT)
    printed(press, 2011, "常住人口（万人）", RESIDENT, NEXT)
    before = len(asked(press))
    printed(press, 2012, "常住人口（万人）", grown(RESIDENT), NEXT)
    assert len(asked(press)) == before


def test_a_column_in_another_unit_than_its_heading_is_asked_about_with_the_figure_it_would_be(press: Press) -> None:
    printed(press, 2011, "常住人口（万人）", RESIDENT)
    printed(press, 2012, "常住人口（万人）", [10_000 * figure for figure in grown(RESIDENT)], NEXT)
    assert asked(press, "would_be", "cause") == [
        ("table.other_unit", "ask", "B3", "2012", pytest.approx(530.5), "unit_slip")
    ]
    assert "整列是已知数的 10000 倍" in press.findings("message_zh")[-1].message_zh


def test_one_odd_figure_in_a_column_is_not_the_column_s_unit(press: Press) -> None:
    printed(press, 2011, "常住人口（万人）", RESIDENT)
    printed(press, 2012, "常住人口（万人）", [10_000 * RESIDENT[0], *grown(RESIDENT)[1:]], NEXT)
    assert asked(press) == []


def test_a_year_s_figure_that_holds_all_years_before_is_asked_about(press: Press) -> None:
    for year, visits in ((2011, 300), (2012, 310), (2013, 330)):
        printed(press, year, "总流通人次（万人次）", [visits, visits + 41])
    printed(press, 2014, "总流通人次（万人次）", [300 + 310 + 330 + 345, 390], NEXT)
    assert asked(press, "would_be", "cause") == [
        ("table.cumulative", "ask", "B3", "2014", 345, "cumulative_for_annual")
    ]


def test_a_jump_in_the_year_of_a_new_threshold_is_a_note_that_says_so(press: Press) -> None:
    printed(press, 2016, "达到扣除上限企业（个）", [900, 700])
    printed(press, 2017, "达到扣除上限企业（个）", [1900, 710])
    assert asked(press) == []
    printed(press, 2018, "达到扣除上限企业（个）", [900, 720])
    assert asked(press) == [("change.at_break", "note", "B3", "2018")]
    assert "财税〔2018〕51号" in press.findings("message_zh")[-1].message_zh

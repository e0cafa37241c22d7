"""What is asked about printed tables: places that were gone, other counting units, years taken from the cover."""

import pytest
from printed import BOOK, RESIDENTS, Press

from learning_city.collect.reader import Readers
from learning_city.model.home import Home
from learning_city.warehouse.engine import connect

HEAD = ["地区", "常住人口（万人）"]


@pytest.fixture
def press(home: Home, readers: Readers) -> Press:
    return Press(home=home, engine=connect(home), readers=readers)


def test_a_district_that_was_merged_before_the_year_is_asked_about_and_keeps_its_code(press: Press) -> None:
    press.knows(RESIDENTS)
    press.put("表.csv", ["各区人口（2012）"], HEAD, ["南汇区", 5.5], ["徐汇区", 110.5], ["浦东新区", 520.1])
    press.process()
    asked = press.findings("rule_id", "severity", "cell", "found", "place")
    assert asked == [("table.place_not_of_year", "ask", "B3", "南汇区 2009 年并入浦东新区", "310119")]
    (finding,) = press.findings("message_zh")
    assert finding.message_zh.startswith(
        "南汇区 2009 年并入浦东新区；2012 年的表中仍出现，数值记在原地区代码 310119 下。"
    )
    assert ("310119", 5.5) in press.items("i.place", "value")


@pytest.mark.parametrize(
    ("name", "year", "found"),
    [
        ("闸北区", 2014, []),
        ("闸北区", 2016, ["闸北区 2015 年并入静安区"]),
        ("静安区", 2014, []),
        ("静安区", 2016, []),
        ("崇明县", 2016, ["崇明县 2016 年改为崇明区"]),
        ("崇明区", 2014, ["崇明区 2016 年设立"]),
    ],
)
def test_a_place_is_asked_about_only_in_years_in_which_it_was_not(
    press: Press, name: str, year: int, found: list[str]
) -> None:
    press.knows(RESIDENTS)
    press.put("表.csv", [f"各区人口（{year}）"], HEAD, [name, 5.5], ["徐汇区", 110.5])
    press.process()
    assert [said for (said,) in press.findings("found")] == found


def test_a_figure_in_another_counting_unit_is_asked_about_and_reconciled_nowhere(press: Press) -> None:
    press.knows(RESIDENTS)
    press.put("表.csv", ["各区人口（2012）"], ["地区", "常住人口（万人次）"], ["浦东新区", 5.5], ["徐汇区", 110.5])
    press.put(
        "另表.csv", ["各区人口（2013）"], ["地区", "常住人口（人）"], ["浦东新区", 5_500_000], ["徐汇区", 1_105_000]
    )
    press.process()
    (first, _) = press.findings("rule_id", "severity", "cell", "found", "expected", "file")
    assert first == ("table.counting_unit", "ask", "B3", "万人次", "万人", f"{BOOK}/表.csv")
    values = press.rows("SELECT period, value, method FROM warehouse.reconciled_value WHERE place = '310115'")
    assert values == [("2013", 550.0, "unit")]


def test_a_table_dated_by_its_cover_says_so(press: Press) -> None:
    press.knows(RESIDENTS | {"source": "hz_yearbook_2018"})
    with press.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE ref.source SET cover = 2018 WHERE source = 'hz_yearbook_2018'")
    press.put("表.csv", ["各区人口"], HEAD, ["上海市", 5.5], ["杭州市", 110.5], source="hz_yearbook_2018")
    press.process()
    (first, _) = press.findings("rule_id", "severity", "cell", "found", "period")
    assert first == ("table.cover_year", "note", "B3", "2018（数据为上一年）", "2017")
    assert {period for (period,) in press.rows("SELECT period FROM mart.observation_current")} == {"2017"}

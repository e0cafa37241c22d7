"""How tables stand on a sheet: several of them, folded, continued, with heads and labels in trees, with notes between."""

from collections.abc import Sequence
from typing import Any

import pytest

from learning_city.collect import table_structure
from learning_city.collect.table_grid import Grid, spread
from learning_city.collect.table_structure import Cell

Rows = list[list[Any]]


def read(*sheets: Rows, merged: Sequence[tuple[int, int, int, int]] = (), names: Sequence[str] = ()) -> list[Cell]:
    """The cells of sheets given as rows; every number must be accounted for."""
    grids = []
    for number, rows in enumerate(sheets):
        covered = {place: first for one in merged for place, first in spread(*one).items()}
        name = names[number] if names else f"表{number + 1}"
        grids.append(Grid(sheet=name, cells=[list(row) for row in rows], merged=covered))
    tables = table_structure.read(grids)
    cells = [cell for table in tables for cell in table.cells]
    emitted = sum(cell.value is not None for cell in cells)
    assert emitted + sum(len(table.left) for table in tables) == sum(table.numeric for table in tables)
    return cells


def short(cells: list[Cell]) -> list[tuple[str, str, int | None, str | None, float | None]]:
    return [(">".join(c.row_path), ">".join(c.column_path), c.year, c.unit, c.value) for c in cells]


def test_flag_letters_in_a_column_of_their_own_belong_to_the_number() -> None:
    cells = read(
        [["Unit of measure", "", "Percentage"], [], ["TIME", "2018", "", "2019", ""], ["GEO (Labels)"],
         ["Belgium", 12.3, "b", 12.5, ""], ["Spain", 11.0, "", 10.1, "p"], ["France", ":", "u", 10.0, "bu"], [],
         ["Special value"], [":", "not available"]]
    )  # fmt: skip
    assert short(cells)[0] == ("Belgium", "2018", 2018, "Percentage", 12.3)
    assert [cell.flag for cell in cells] == ["B", None, None, "P", "L", "B"]


def test_a_table_folded_to_save_space_is_read_in_both_halves() -> None:
    cells = read(
        [
            ["各地人口(2018年)"],
            ["单位：万人"],
            ["地区", "人口", "地区", "人口"],
            ["北京", 2154, "上海", 2424],
            ["天津", 1560, "江苏", 8051],
        ]
    )
    assert [cell.row_path[-1] for cell in cells] == ["北京", "天津", "上海", "江苏"]


def test_tables_below_each_other_keep_their_own_title_year_and_unit() -> None:
    cells = read(
        [["表1 人口"], ["单位：万人"], ["地区", "2018", "2019"], ["北京", 1, 2.5], ["注：估计数。"], [],
         ["表2 图书馆(2017年)"], ["单位：个"], ["地区", "数量", "面积（平方米）"], ["北京", 24, 1000]]
    )  # fmt: skip
    assert short(cells)[1:] == [
        ("北京", "2019", 2019, "万人", 2.5),
        ("北京", "数量", 2017, "个", 24),
        ("北京", "面积", 2017, "平方米", 1000),
    ]


def test_a_continuation_on_the_next_sheet_carries_title_year_unit_and_columns_on() -> None:
    cells = read(
        [["表1 人口(2019年)"], ["单位：万人"], ["地区", "常住人口"], ["北京", 2154]],
        [["续表1"], ["上海", 2424], ["天津", 1560]],
    )
    assert short(cells)[1] == ("上海", "常住人口", 2019, "万人", 2424)


def test_english_lines_below_chinese_ones_are_aliases() -> None:
    cells = read(
        [["指标", "单位", "2018年"], ["Item", "Unit", ""], ["常住人口", "万人", 2154], ["Resident Population"], ["  男性", "万人", 1000.5],
         ["  Male"], ["图书馆", "个", 24], ["Libraries"]]
    )  # fmt: skip
    assert short(cells)[1] == ("常住人口>男性", "2018年", 2018, "万人", 1000.5)
    assert [cell.row_alias for cell in cells] == ["Resident Population", "Male", "Libraries"]


def test_an_english_row_with_its_units_below_the_chinese_heads() -> None:
    cells = read(
        [["1-1 土地 2018"], ["地区", "面积", "人口"], ["District", "Area", "Population"], ["", "(平方公里)", "(万人)"],
         ["", "(sq.km)", "(10 000 persons)"], ["东城", "41.84", "85.1"]]
    )  # fmt: skip
    assert short(cells) == [("东城", "面积", 2018, "平方公里", 41.84), ("东城", "人口", 2018, "万人", 85.1)]
    assert cells[0].column_alias == "Area"


def test_lines_across_stand_over_the_rows_below_them() -> None:
    cells = read([["行业", "人数(人)"], ["    国有单位"], ["制造业", 10], ["    集体单位"], ["制造业", 12]])
    assert [cell.row_path for cell in cells] == [["国有单位", "制造业"], ["集体单位", "制造业"]]


def test_years_as_lines_over_rows_that_are_set_in() -> None:
    cells = read([["", "出生", "死亡"], ["1992"], ["    统计", 396, 331], ["1993"], ["    统计", 385, 339]])
    assert short(cells)[2] == ("1993>统计", "出生", 1993, None, 385)


def test_heads_without_merged_cells_stand_over_the_blanks_right_of_them() -> None:
    cells = read([["地区", "2018", "", "2019", ""], ["", "男", "女", "男", "女"], ["北京", 1, 2, 3, 4]])
    assert [(cell.year, cell.column_path) for cell in cells] == [
        (2018, ["2018", "男"]),
        (2018, ["2018", "女"]),
        (2019, ["2019", "男"]),
        (2019, ["2019", "女"]),
    ]


def test_a_head_broken_over_rows_for_width_is_one_label() -> None:
    rows: Rows = [["情况（2012）"], ["地  区", "出生人数", "已婚育龄", "计  划"], ["", "", "妇女人数", "生育率"]]
    rows += [["", "（万人）", "（万人）", "（%）"], ["全  市", 12.1, 214.5, 99.2]]
    assert [cell.column_path for cell in read(rows)] == [["出生人数"], ["已婚育龄妇女人数"], ["计划生育率"]]


def test_part_of_a_column_takes_the_unit_of_what_it_is_part_of() -> None:
    cells = read(
        [["地区", "教职员工", "其  中"], ["", "（人）", "# 专任教师"], ["全市", 75758, 51790]], merged=[(0, 0, 1, 0)]
    )
    assert short(cells)[1] == ("全市", "其中>专任教师", None, "人", 51790)


def test_outer_labels_are_taken_over_by_the_empty_cells_below_them() -> None:
    rows: Rows = [["城市", "区", "人口(人)"], ["北京", "东城", 1], ["", "西城", 2], ["上海", "", 9], ["", "徐汇", 4]]
    assert [cell.row_path for cell in read(rows)] == [["北京", "东城"], ["北京", "西城"], ["上海"], ["上海", "徐汇"]]


def test_one_sheet_a_year() -> None:
    rows: Rows = [["地区", "人口(万人)"], ["北京", 1.5]]
    assert [cell.year for cell in read(rows, rows, names=["2018年", "2019年"])] == [2018, 2019]


def test_a_range_of_years_in_the_title_dates_nothing() -> None:
    assert [cell.year for cell in read([["人口（2016～2017）"], ["地区", "人口(人)"], ["北京", 15]])] == [None]


def test_numbers_that_could_be_years_are_data_where_they_stand_among_data() -> None:
    rows: Rows = [
        ["项目", "2001年", "2002年"],
        ["学校数(所)", 2001, 2002],
        ["班级数(个)", 1999, 2003],
        ["户数(户)", 7, 8],
    ]
    assert [cell.value for cell in read(rows)] == [2001, 2002, 1999, 2003, 7, 8]


def test_ages_as_numbers_are_labels() -> None:
    cells = read([["人口年龄（2010年）"], ["年龄", "男", "女"], [0, 100, 101], [1, 102, 103]])
    assert [(cell.row_path, cell.value) for cell in cells][:2] == [(["0"], 100), (["0"], 101)]


def test_of_two_units_for_the_table_rates_take_the_percent() -> None:
    cells = read([["表2（2019年）", "", "单位：万人、%"], ["地区", "人口", "比重"], ["北京", 1, 2]])
    assert [cell.unit for cell in cells] == ["万人", "%"]


@pytest.mark.parametrize(
    "line", ["Unit of measure [UNIT]  Percentage of GDP", "Units: Percentage of GDP", "Unidad:  Percentage of GDP"]
)
def test_a_line_of_metadata_states_the_unit(line: str) -> None:
    assert read([[line], [], ["TIME", "2018"], ["Spain", 1.2]])[0].unit == "Percentage of GDP"


def test_a_sheet_of_metadata_speaks_for_the_file() -> None:
    cells = read(
        [["구분", "계"], ["종로구", 152211]],
        [["○ 통계표명", "인구"], ["○ 조회기간", "[년] 2022~2022"], ["○ 단위", "명"]],
    )
    assert short(cells) == [("종로구", "계", 2022, "명", 152211)]


def test_a_line_names_the_indicator_and_its_unit() -> None:
    cells = read(
        [
            ["数据库：年度数据"],
            ["指标：国内生产总值(亿元)"],
            ["时间：最近5年"],
            ["地区", "2019年", "2018年"],
            ["北京", 35371.28, ""],
        ]
    )
    assert short(cells) == [("北京", "2019年", 2019, "亿元", 35371.28), ("北京", "2018年", 2018, "亿元", None)]


def test_page_numbers_are_left_with_their_reason() -> None:
    grid = Grid(sheet="表", cells=[["12"], ["人口（2019年）"], ["地区", "人口(人)"], ["北京", 10], [], ["", "13"]])
    (table,) = table_structure.read([grid])
    assert sorted(table.left) == ["A1", "B6"]
    assert all("页码" in reason for reason in table.left.values())


def test_a_source_may_give_its_symbols_another_meaning() -> None:
    grid = Grid(sheet="表", cells=[["地区", "2019年", "2018年"], ["北京", "-", 3]])
    assert table_structure.read([grid])[0].cells[0].flag == "M"
    assert table_structure.read([grid], {"-": "L"})[0].cells[0].flag == "L"


def test_chosen_years_far_apart_are_heads() -> None:
    cells = read([["3-5 工资"], ["单位：元"], ["", "1978", "1990", "2016"], ["平均工资", "600", "2000", "60000"]])
    assert short(cells) == [
        ("平均工资", "1978", 1978, "元", 600),
        ("平均工资", "1990", 1990, "元", 2000),
        ("平均工资", "2016", 2016, "元", 60000),
    ]


def test_a_comparison_of_two_years_belongs_to_the_later_one_and_is_in_percent() -> None:
    cells = read([["指标", "2016年", "2017年", "2017年比2016年增长(%)"], ["总产值（亿元）", 1234, 1300, 5.3]])
    assert short(cells)[2] == ("总产值", "2017年比2016年增长", 2017, "%", 5.3)


def test_english_broken_over_rows_below_the_heads_is_their_alias() -> None:
    cells = read(
        [["3-1 人口(2018年)"], ["地 区", "Region", "总人口", "出生率"], ["", "", "Total", "Birth"], ["", "", "Population", "Rate"],
         ["", "", "(万人)", "(‰)"], ["", "", "(10 000 persons)", "(‰)"], ["北 京", "Beijing", "2154", "8.24"]]
    )  # fmt: skip
    assert short(cells) == [("北京", "总人口", 2018, "万人", 2154), ("北京", "出生率", 2018, "‰", 8.24)]
    assert (cells[0].column_alias, cells[0].row_alias) == ("Total Population", "Beijing")


def test_long_tables_name_the_year_and_the_flag_of_each_row() -> None:
    cells = read(
        [
            ["geo", "unit", "TIME_PERIOD", "OBS_VALUE", "OBS_FLAG"],
            ["BE", "PC", "2018", "12.3", "b"],
            ["ES", "PC", "2019", "10.1", ""],
        ]
    )
    assert [(cell.year, cell.unit, cell.value, cell.flag) for cell in cells] == [
        (2018, "PC", 12.3, "B"),
        (2019, "PC", 10.1, None),
    ]


def test_a_year_left_of_the_labels_holds_for_the_empty_cells_below_it() -> None:
    cells = read([["年份", "地区", "人口(万人)"], [2018, "北京", 2154], ["", "上海", 2424], [2019, "北京", 2153]])
    assert [(cell.year, cell.row_path[-1]) for cell in cells] == [(2018, "北京"), (2018, "上海"), (2019, "北京")]


def test_row_numbers_codes_and_column_numbers_are_no_data() -> None:
    cells = read(
        [
            ["指标名称", "计量单位", "代码", "本年"],
            ["甲", "乙", "丙", 1],
            ["机构数", "个", "01", 10],
            ["从业人员", "人", "02", 100],
        ]
    )
    assert short(cells) == [("机构数", "本年", None, "个", 10), ("从业人员", "本年", None, "人", 100)]


def test_a_page_number_between_signs_is_no_row() -> None:
    assert len(read([["x(2016年)"], ["地区", "人口(人)"], ["北京", 5], ["- 45 -"]])) == 1


def test_rows_without_any_value_are_rows_of_blanks() -> None:
    cells = read(
        [["指标", "2019年", "2018年"], ["甲(个)", "", ""], ["乙(个)", 1, 2], ["丙(个)", "", ""], ["数据来源：统计局"]]
    )
    assert [(cell.row_path[-1], cell.value, cell.flag, cell.text) for cell in cells if cell.value is None] == [
        ("甲", None, None, ""), ("甲", None, None, ""), ("丙", None, None, ""), ("丙", None, None, ""),
    ]  # fmt: skip

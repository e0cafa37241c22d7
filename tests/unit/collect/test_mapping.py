"""What a cell's labels mean: labels and titles, places and their years, words that nobody knows."""

from datetime import date
from typing import Any

import pytest
from editions import starter
from printed import BOOK, RESIDENTS, SERIES, Said, label, source

from learning_city.collect.table_items import Said as Read
from learning_city.collect.table_items import say
from learning_city.collect.table_profile import Profile, load
from learning_city.collect.table_words import stem

HUJI = label("户籍人口", "pop_huji_y1231", "population", "万人")
TEACHERS = label("专任教师", "secondary_teachers_y0901", "secondary_teachers", "人")


def profile(*labels: Said, aliases: list[Said] | None = None, **series: object) -> Profile:
    sources = [source(SERIES, place="310000", **series), source(BOOK, profile=SERIES)]
    return load(starter(source=sources, table_label=list(labels), place_alias=aliases or []), BOOK)


def cell(row: str, column: str, value: float | None = 1.0, year: int | None = 2012, **said: Any) -> dict[str, Any]:
    """A cell as the reader gives it; levels of a label are separated by /."""
    paths = {"row_path": row.split("/"), "column_path": column.split("/")}
    plain = {"sheet": "表", "cell": "B2", "unit": None, "flag": None, "text": "" if value is None else f"{value:g}"}
    return {**plain, **paths, "value": value, "year": year, **said}


def read(known: Profile, *cells: dict[str, Any], title: str = "人口") -> Read:
    table = {"sheet": "表", "title": title, "unit": None, "numeric": len(cells), "cells": list(cells)}
    return say({"tables": [table]}, known, "表.csv")


def items(said: Read) -> list[tuple[str, str]]:
    return [(item["definition"], item["place"]) for item in said.items]


def left(said: Read) -> list[tuple[str, str, str, int]]:
    return [(tally["state"], tally["axis"], tally["label"], tally["cells"]) for tally in said.unmapped]


def test_the_labels_of_the_series_hold_for_every_book_of_it() -> None:
    assert items(read(profile(RESIDENTS), cell("浦东新区", "常住人口"))) == [("pop_changzhu_y1231", "310115")]


def test_what_a_book_says_itself_goes_before_the_series() -> None:
    own = RESIDENTS | {"source": BOOK, "definition": "pop_changzhu_y1101"}
    assert items(read(profile(RESIDENTS, own), cell("浦东新区", "常住人口"))) == [("pop_changzhu_y1101", "310115")]


def test_a_label_of_a_title_means_something_else_in_another_table() -> None:
    schools = label("学校", "secondary_schools_y0901", "secondary_schools", "所", title="普通中学 基本情况")
    floor = label("学校", "school_floor_area_y1231", "school_floor_area", "万平方米", title="房屋")
    known = profile(schools, floor)
    assert (
        items(read(known, cell("黄浦区", "学校"), title="各区普通中学基本情况（2012）"))[0][0]
        == "secondary_schools_y0901"
    )
    assert items(read(known, cell("黄浦区", "学  校"), title="各类房屋"))[0][0] == "school_floor_area_y1231"
    assert left(read(known, cell("黄浦区", "学校"), title="普通小学")) == [("unknown", "measure", "学校", 1)]


def test_a_label_may_change_its_meaning_with_the_years() -> None:
    until = RESIDENTS | {"valid_to": date(2010, 12, 1)}
    since = RESIDENTS | {"valid_from": date(2010, 12, 1), "definition": "pop_changzhu_y1101"}
    known = profile(until, since)
    assert items(read(known, cell("浦东新区", "常住人口", year=2009)))[0][0] == "pop_changzhu_y1231"
    assert items(read(known, cell("浦东新区", "常住人口", year=2010)))[0][0] == "pop_changzhu_y1101"


def test_rows_with_one_label_are_told_apart_by_their_unit() -> None:
    homes = label("居民住宅", "registered", "m", "户")
    known = profile(homes | {"definition": "pop_huji_y1231"}, HUJI | {"label": "居民住宅", "unit": "万平方米"})
    assert known.label_of(("居民住宅",), frozenset({0}), "", date(2012, 12, 31), "平方米").unit == "万平方米"  # type: ignore[union-attr]
    assert known.label_of(("居民住宅",), frozenset({0}), "", date(2012, 12, 31), "户").unit == "户"  # type: ignore[union-attr]


def test_the_group_above_a_label_counts_where_it_tells_labels_apart() -> None:
    known = profile(label("毕业生数|初中", "junior_graduates_sy", "junior_graduates", "人"), TEACHERS)
    said = read(known, cell("黄浦区", "毕业生数/初中"), cell("黄浦区", "招生数/初中"), cell("黄浦区", "教师/专任教师"))
    assert items(said) == [("junior_graduates_sy", "310101"), ("secondary_teachers_y0901", "310101")]
    assert left(said) == [("unknown", "measure", "招生数|初中", 1)]


def test_a_label_does_not_speak_for_what_stands_below_it() -> None:
    said = read(profile(TEACHERS), cell("黄浦区", "专任教师"), cell("黄浦区", "专任教师/女"))
    assert items(said) == [("secondary_teachers_y0901", "310101")]
    assert left(said) == [("unknown", "measure", "女", 1)]


def test_a_table_of_one_thing_is_called_by_its_title() -> None:
    known = profile(label("国内生产总值", "gdp", "gdp", "亿元"))
    assert items(read(known, cell("上海", "2012年"), title="国内生产总值")) == [("gdp", "310000")]


@pytest.mark.parametrize(
    ("name", "year", "code"),
    [
        ("闸北区", 2014, "310108"),
        ("闸北区", 2016, "310108"),
        ("静安区", 2014, "310106_2014"),
        ("静安区", 2015, "310106"),
        ("静 安 区", 2016, "310106"),
        ("南汇区", 2008, "310119"),
        ("南汇区", 2012, "310119"),
        ("崇明县", 2015, "310230"),
        ("崇明区", 2016, "310151"),
        ("Pudong", 2012, "310115"),
        ("浦东", 2008, "310115_2008"),
        ("上海", 2012, "310000"),
        ("上海市", 2012, "310000"),
    ],
)
def test_a_name_means_the_place_that_was_called_so_in_its_year(name: str, year: int, code: str) -> None:
    assert items(read(profile(RESIDENTS), cell(name, "常住人口", year=year))) == [("pop_changzhu_y1231", code)]


def test_an_alias_holds_for_its_years_and_its_series() -> None:
    aliases: list[Said] = [
        {"source": SERIES, "alias": "沪南汇", "place": "310119", "valid_to": date(2009, 5, 6)},
        {"source": SERIES, "alias": "沪南汇", "place": "310115", "valid_from": date(2009, 5, 6)},
        {"source": "hz_yearbook_2018", "alias": "沪东", "place": "310115"},
    ]
    known = profile(RESIDENTS, aliases=aliases)
    said = read(known, *(cell("沪南汇", "常住人口", year=year) for year in (2008, 2012)), cell("沪东", "常住人口"))
    assert items(said) == [("pop_changzhu_y1231", "310119"), ("pop_changzhu_y1231", "310115")]
    assert left(said) == [("unknown", "place", "沪东", 1)]


def test_a_place_nobody_knows_is_never_the_place_of_the_book() -> None:
    said = read(profile(RESIDENTS), cell("浦东新区", "常住人口"), cell("两江新区", "常住人口"))
    assert items(said) == [("pop_changzhu_y1231", "310115")]
    assert left(said) == [("unknown", "place", "两江新区", 1)]


def test_a_place_nobody_knows_waits_until_its_label_is_known() -> None:
    said = read(profile(), cell("浦东新区", "常住人口"), cell("两江新区", "常住人口"))
    assert left(said) == [("unknown", "measure", "常住人口", 2)]


def test_a_table_that_names_no_place_speaks_of_the_place_of_its_source() -> None:
    assert items(read(profile(RESIDENTS), cell("常住人口", "2012年"))) == [("pop_changzhu_y1231", "310000")]


def test_what_is_not_wanted_is_counted_as_such() -> None:
    unwanted = label("避孕率", None, note="无关")
    aliases: list[Said] = [{"source": SERIES, "alias": "外滩", "note": "不是行政区"}]
    known = profile(RESIDENTS, unwanted, aliases=aliases)
    said = read(
        known, cell("浦东新区", "避孕率"), cell("外滩", "常住人口"), cell("某地", "避孕率"), cell("黄浦区", "常住人口")
    )
    assert items(said) == [("pop_changzhu_y1231", "310101")]
    assert left(said) == [("unused", "measure", "避孕率", 2), ("unused", "place", "外滩", 1)]


def test_a_blank_is_missing_a_symbol_has_its_status_and_the_printed_text_stays() -> None:
    cells = [cell("浦东新区", "常住人口", None), cell("黄浦区", "常住人口", None, flag="N", text="…")]
    found = [(item["status"], item["value"], item["text"]) for item in read(profile(RESIDENTS), *cells).items]
    assert found == [("O", None, ""), ("N", None, "…")]


@pytest.mark.parametrize(
    ("printed", "stored"), [("万人", "万人"), ("人", "人"), ("人次", "人次"), (None, "万人"), ("（万人）", "万人")]
)
def test_a_figure_keeps_the_unit_it_is_printed_in(printed: str | None, stored: str) -> None:
    (item,) = read(profile(RESIDENTS), cell("浦东新区", "常住人口", unit=printed)).items
    assert item["unit"] == stored


@pytest.mark.parametrize(("rule", "period"), [("previous", "2017"), ("data", "2018")])
def test_the_cover_dates_a_table_without_a_year_and_says_so(rule: str, period: str) -> None:
    known = load(starter(source=[source(BOOK, place="310000", cover=2018, cover_year=rule)], table_label=[
        RESIDENTS | {"source": BOOK}
    ]), BOOK)  # fmt: skip
    (item,) = read(known, cell("浦东新区", "常住人口", year=None)).items
    assert (item["period"], item["repaired"]) == (period, f"2018 {rule}")
    dated, open_ = read(known, cell("浦东新区", "常住人口"), cell("黄浦区", "常住人口", year=None)).items
    assert (dated["period"], dated["repaired"]) == ("2012", None)
    assert (open_["period"], open_["repaired"]) == (f"unstated@{BOOK}", None)


def test_every_cell_is_an_item_or_counted() -> None:
    cells = [cell(row, column) for row in ("浦东新区", "某区", "全市") for column in ("常住人口", "面积", "避孕率")]
    said = read(profile(RESIDENTS, label("避孕率", None, note="无关")), *cells)
    assert len(said.items) + sum(tally["cells"] for tally in said.unmapped) == len(cells)
    assert said.tables[0]["read_cells"] == len(cells)


@pytest.mark.parametrize(
    ("title", "common"),
    [
        ("表2.5 各区户籍人口迁移（2016～2017）", "各区户籍人口迁移"),
        ("2-5 各区户籍人口迁移(2018年)", "各区户籍人口迁移"),
        ("指标：国内生产总值(亿元)", "国内生产总值"),
        ("2017年末常住人口", "年末常住人口"),
    ],
)
def test_a_title_is_compared_without_what_changes_from_year_to_year(title: str, common: str) -> None:
    assert stem(title) == common

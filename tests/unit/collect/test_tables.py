"""Printed tables from the inbox to observations: legends, covers, new versions, and tasks that are remembered."""

import os
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from printed import BOOK, NEXT, RESIDENTS, SERIES, Press, label
from sqlalchemy import text

from learning_city.collect.custody import purge, withdraw
from learning_city.collect.mapping_answer import Answer
from learning_city.collect.mapping_suggest import suggest
from learning_city.collect.reader import Readers
from learning_city.errors import CatalogueRefused, NeedsAPerson
from learning_city.model.home import Home
from learning_city.warehouse.engine import connect

AREA = label("土地面积", "land_area_y1231", "land_area", "平方公里")
TITLE = ["表2.1 各区人口（2012）"]
HEAD = ["地区", "常住人口（万人）", "土地面积（平方公里）"]
PUDONG, XUHUI = ["浦东新区", 526.39, 1210.41], ["徐汇区", 110.5, 54.76]
DISTRICTS = Answer(profile=SERIES, axis="measure", label="土地面积", definition="land_area_y1231")


@pytest.fixture
def press(home: Home, readers: Readers) -> Press:
    return Press(home=home, engine=connect(home), readers=readers)


def observed(press: Press) -> list[tuple[object, ...]]:
    """What counts: definition, place, period, value of the observations in use."""
    found = press.rows(
        "SELECT definition, place, period, value FROM mart.observation_current ORDER BY period, definition, place"
    )
    return [tuple(row) for row in found]


def reconciled(press: Press) -> list[tuple[object, ...]]:
    found = press.rows("SELECT definition, place, value FROM warehouse.reconciled_value ORDER BY definition, place")
    return [tuple(row) for row in found]


@pytest.mark.parametrize(
    ("symbols", "shown", "status", "value"),
    [
        ("：=L", ":", "L", None),
        (":=L", "：", "L", None),
        ("-=A", "-", "A", 0),
        ("-=M", "-", "M", None),
        (None, "…", "N", None),
        ("…=L", "…", "L", None),
        ("-=L;…=A", "…", "A", 0),
    ],
)
def test_a_symbol_means_what_the_legend_of_its_source_says(
    press: Press, symbols: str | None, shown: str, status: str, value: float | None
) -> None:
    press.knows(RESIDENTS, symbols=symbols)
    press.put("表.csv", TITLE, HEAD[:2], PUDONG[:2], ["徐汇区", shown], ["黄浦区", 60.1])
    press.process()
    assert press.items("i.place", "status", "value", "text")[1] == ("310104", status, value, shown)
    assert press.findings("rule_id") == []


def test_two_books_with_two_legends_are_read_together(press: Press) -> None:
    press.knows(RESIDENTS, symbols="-=A")
    press.put("表.csv", TITLE, HEAD[:2], PUDONG[:2], ["徐汇区", "-"])
    press.put("表.csv", ["表2.1 人口（2013）"], HEAD[:2], PUDONG[:2], ["徐汇区", "-"], source="hz_yearbook_2018")
    press.collect()
    assert press.items("source", "status") == [(BOOK, "A"), (BOOK, "A")]
    symbols = press.rows("SELECT source, identity -> 'symbols' ->> '-' FROM intake.submission ORDER BY source")
    assert symbols == [("hz_yearbook_2018", "M"), (BOOK, "A")]


def test_every_cell_of_every_sheet_is_an_item_or_counted(press: Press) -> None:
    press.knows(RESIDENTS)
    press.put("表.csv", TITLE, HEAD, PUDONG, XUHUI, ["某新区", 1, 2], ["黄浦区", "", "…"])
    press.collect()
    (sheet,) = press.rows("SELECT * FROM intake.yearbook_table")
    (unmapped,) = press.rows("SELECT sum(cells) FROM intake.unmapped")
    assert (sheet.read_cells, sheet.unmapped_cells) == (8, unmapped[0])
    assert len(press.items("cell")) + unmapped[0] == sheet.read_cells


def test_a_file_under_the_same_name_supersedes_the_one_before(press: Press) -> None:
    press.knows(RESIDENTS)
    press.put("表.csv", TITLE, HEAD[:2], PUDONG[:2], XUHUI[:2])
    press.process()
    assert len(observed(press)) == 2
    press.put("表.csv", TITLE, HEAD[:2], ["浦东新区", 526.4])
    (new,) = press.process()
    assert observed(press) == [("pop_changzhu_y1231", "310115", "2012", 526.4)]
    assert reconciled(press) == [("pop_changzhu_y1231", "310115", 526.4)]
    states = press.rows("SELECT submission_id, state, revision, supersedes FROM intake.submission ORDER BY 1")
    assert states == [(new - 1, "superseded", 1, None), (new, "accepted", 2, new - 1)]
    assert press.process() == []


def test_an_older_version_that_comes_back_counts_again(press: Press) -> None:
    press.knows(RESIDENTS)
    for value in (1.0, 2.0, 1.0):
        press.put("表.csv", TITLE, HEAD[:2], ["浦东新区", value], XUHUI[:2])
        press.process()
    assert [value for *_, value in reconciled(press)] == [110.5, 1.0]
    assert press.rows("SELECT reading, state FROM intake.submission ORDER BY submission_id") == [
        (1, "superseded"), (1, "superseded"), (2, "accepted")
    ]  # fmt: skip


def test_a_new_version_that_is_no_table_supersedes_nothing(press: Press) -> None:
    press.knows(RESIDENTS)
    press.put("表.csv", TITLE, HEAD[:2], PUDONG[:2], XUHUI[:2])
    press.process()
    press.put("表.csv", ["请先登录"])
    press.process()
    assert len(observed(press)) == 2


def test_a_withdrawn_version_lets_the_one_before_count_again(press: Press) -> None:
    press.knows(RESIDENTS)
    press.put("表.csv", TITLE, HEAD[:2], PUDONG[:2], XUHUI[:2])
    press.process()
    press.put("表.csv", TITLE, HEAD[:2], ["南汇区", 5.0], XUHUI[:2])
    (new,) = press.process()
    assert reconciled(press) == []
    withdraw(press.engine, new, who="张", why="寄错了")
    press.settle(press.collect())
    assert {place for _, place, *_ in observed(press)} == {"310104", "310115"}


def test_a_name_that_is_not_utf8_is_registered_once_and_harms_no_other_table(press: Press) -> None:
    press.knows(RESIDENTS)
    raw = os.fsdecode(b"h16_\xd6\xd0\xce\xc4.csv")
    press.put("表.csv", TITLE, HEAD[:2], PUDONG[:2], XUHUI[:2])
    press.put(raw, ["表2.1 人口（2013）"], HEAD[:2], PUDONG[:2], XUHUI[:2])
    assert len(press.collect()) == 2
    assert press.collect() == []
    names = press.rows("SELECT delivered_as FROM intake.submission ORDER BY delivered_as")
    assert [row.delivered_as for row in names] == [f"{BOOK}/h16_中文.csv", f"{BOOK}/表.csv"]


def test_a_link_among_tables_is_answered_and_nothing_is_read_through_it(press: Press, tmp_path: Path) -> None:
    press.knows(RESIDENTS)
    (tmp_path / "token").write_bytes(b"a key")
    press.put("表.csv", TITLE, HEAD[:2], PUDONG[:2], XUHUI[:2])
    folder = press.home.inbox / "yearbooks"
    (folder / BOOK / "链接.csv").symlink_to(tmp_path / "token")
    (folder / NEXT).symlink_to(tmp_path)
    os.mkfifo(folder / BOOK / "管道.csv")
    assert len(press.collect()) == 2
    said = press.rows("SELECT problem, bytes FROM intake.submission WHERE delivered_as LIKE '%链接.csv'")
    assert said == [("not_a_table", 0)]
    assert b"a key" not in [path.read_bytes() for path in press.home.archive.rglob("*") if path.is_file()]


def test_what_nobody_mapped_is_a_task_with_an_example(press: Press) -> None:
    press.knows(RESIDENTS)
    press.put("表.csv", TITLE, HEAD, PUDONG, XUHUI, ["某新区", 3.5, 2])
    press.collect()
    area, place = press.tasks()
    assert (area.profile, area.axis, area.label, area.title) == (SERIES, "measure", "土地面积", "各区人口")
    assert (area.unit, area.cells, area.tables, area.years) == ("平方公里", 3, 1, ("2012",))
    assert (area.file, area.cell, area.shown) == (f"{BOOK}/表.csv", "C3", "1210.41")
    assert (place.axis, place.label, place.cells, place.shown) == ("place", "某新区", 1, "3.5")


def test_an_answer_is_remembered_in_the_catalogue_and_the_table_is_read_anew(press: Press) -> None:
    press.knows(RESIDENTS)
    press.put("表.csv", TITLE, HEAD, PUDONG, XUHUI)
    (first,) = press.process()
    before = press.rows("SELECT * FROM intake.item WHERE submission_id = :id", id=first)
    (again,) = press.answer(DISTRICTS)
    assert press.tasks() == []
    assert observed(press) == [
        ("land_area_y1231", "310104", "2012", 54.76), ("land_area_y1231", "310115", "2012", 1210.41),
        ("pop_changzhu_y1231", "310104", "2012", 110.5), ("pop_changzhu_y1231", "310115", "2012", 526.39),
    ]  # fmt: skip
    rows = press.rows("SELECT sha256, reading, state, supersedes FROM intake.submission ORDER BY submission_id")
    assert [row[1:] for row in rows] == [(1, "superseded", None), (2, "accepted", first)]
    assert rows[0].sha256 == rows[1].sha256
    assert press.rows("SELECT * FROM intake.item WHERE submission_id = :id", id=first) == before
    (edition,) = press.rows("SELECT who, why FROM ref.edition ORDER BY edition DESC LIMIT 1")
    assert edition == ("张", "按原书说明")
    assert again > first


def test_the_next_book_of_the_series_maps_by_itself(press: Press) -> None:
    press.knows(RESIDENTS)
    press.put("表.csv", TITLE, HEAD, PUDONG, XUHUI)
    press.process()
    press.answer(DISTRICTS)
    press.put("表.csv", ["表2.1 各区人口（2013）"], HEAD, ["浦东新区", 540.9, 1210.41], source=NEXT)
    press.process()
    assert press.tasks() == []
    assert ("land_area_y1231", "310115", "2013", 1210.41) in observed(press)


def test_only_tables_that_say_something_else_now_are_read_anew(press: Press) -> None:
    press.knows(RESIDENTS)
    press.put("面积.csv", TITLE, HEAD, PUDONG, XUHUI)
    press.put("人口.csv", TITLE, HEAD[:2], ["黄浦区", 69.1], ["长宁区", 69.3])
    press.process()
    (again,) = press.answer(DISTRICTS)
    (name,) = press.rows("SELECT file_name FROM intake.submission WHERE submission_id = :id", id=again)
    assert name == ("面积.csv",)
    assert press.process() == []


def test_a_changed_answer_replaces_the_row_and_moves_the_figures(press: Press) -> None:
    press.knows(RESIDENTS)
    press.put("表.csv", TITLE, ["地区", "户籍（万人）"], PUDONG[:2], XUHUI[:2])
    press.process()
    wrong = Answer(profile=SERIES, axis="measure", label="户籍", definition="pop_changzhu_y1231")
    press.answer(wrong)
    press.answer(replace(wrong, definition="pop_huji_y1231"))
    assert {definition for definition, *_ in observed(press)} == {"pop_huji_y1231"}
    assert {definition for definition, *_ in reconciled(press)} == {"pop_huji_y1231"}
    labels = press.rows(
        """SELECT definition FROM ref.table_label
           WHERE label = '户籍' AND edition = (SELECT max(edition) FROM ref.edition)"""
    )
    assert labels == [("pop_huji_y1231",)]


def test_a_figure_that_a_wrong_answer_displaced_counts_again(press: Press) -> None:
    press.knows(RESIDENTS)
    press.put("甲.csv", TITLE, HEAD[:2], PUDONG[:2], XUHUI[:2])
    press.process()
    press.put("乙.csv", TITLE, ["地区", "户籍（万人）"], ["浦东新区", 278.0], ["徐汇区", 91.0])
    press.process()
    wrong = Answer(profile=SERIES, axis="measure", label="户籍", definition="pop_changzhu_y1231")
    press.answer(wrong)
    assert reconciled(press)[0][2] == 91.0
    press.answer(replace(wrong, definition="pop_huji_y1231"))
    assert reconciled(press) == [
        ("pop_changzhu_y1231", "310104", 110.5), ("pop_changzhu_y1231", "310115", 526.39),
        ("pop_huji_y1231", "310104", 91.0), ("pop_huji_y1231", "310115", 278.0),
    ]  # fmt: skip


def test_a_label_that_is_not_wanted_is_no_task_and_stays_counted(press: Press) -> None:
    press.knows(RESIDENTS)
    press.put("表.csv", TITLE, HEAD, PUDONG, XUHUI)
    press.process()
    press.answer(replace(DISTRICTS, definition=None, note="另有来源"))
    assert press.tasks() == []
    counted = press.rows(
        """SELECT u.state, u.cells FROM intake.unmapped AS u JOIN intake.submission AS s USING (submission_id)
           WHERE s.state <> 'superseded'"""
    )
    assert counted == [("unused", 2)]


def test_a_place_is_answered_for_the_years_it_was_called_so(press: Press) -> None:
    press.knows(RESIDENTS)
    press.put("表.csv", ["表2.1 各区人口"], ["地区", "2008年", "2012年"], ["浦东新区", 1, 2], ["南汇城", 3, 4])
    press.put("表.csv", TITLE, HEAD[:2], ["南汇城", 5], XUHUI[:2], source=NEXT)
    press.process()
    press.answer(
        Answer(profile=SERIES, axis="measure", label="各区人口", definition="pop_changzhu_y1231"),
        Answer(profile=SERIES, axis="place", label="南汇城", place="310119", valid_to=date(2009, 5, 6)),
        Answer(profile=SERIES, axis="place", label="南汇城", place="310115", valid_from=date(2009, 5, 6)),
    )
    found = {(place, period, value) for place, period, value in press.items("i.place", "i.period", "value")}
    assert {("310119", "2008", 3), ("310115", "2012", 4), ("310115", "2012", 5)} <= found


def test_an_answer_that_contradicts_the_catalogue_is_refused_and_nothing_changes(press: Press) -> None:
    press.knows(RESIDENTS)
    for wrong in (replace(DISTRICTS, definition="nonsense"), replace(DISTRICTS, profile="unknown_source")):
        with pytest.raises(CatalogueRefused, match=r"table_labels\.csv"):
            press.answer(wrong)
    with pytest.raises(NeedsAPerson, match="理由"):
        press.answer()
    assert press.rows("SELECT max(edition) FROM ref.edition") == [(2,)]


def test_labels_changed_by_an_import_are_read_anew_at_the_next_collection(press: Press) -> None:
    press.knows(RESIDENTS)
    press.put("表.csv", TITLE, HEAD, PUDONG, XUHUI)
    press.process()
    press.knows(RESIDENTS, AREA)
    assert len(press.process()) == 1
    assert press.process() == []
    assert len(observed(press)) == 4


def test_suggestions_name_what_the_same_label_means_elsewhere_first(press: Press) -> None:
    elsewhere = AREA | {"source": "hz_yearbook_2018"}
    press.knows(RESIDENTS, elsewhere)
    press.put("表.csv", TITLE, HEAD, PUDONG, XUHUI, ["普陀", 3.5, 2], ["静安新区", 3.5, 2])
    press.collect()
    said = {task.label: suggest(press.edition(), task) for task in press.tasks()}
    best = said["土地面积"][0]
    assert best.code == "land_area_y1231"
    assert best.why_zh.startswith("“杭州统计年鉴2018”里同样的标签是这个口径")
    assert "单位相合（平方公里）" in best.why_zh
    assert said["普陀"][0].code == "310107"
    assert said["静安新区"][0].code == "310106_2014"


def test_a_definition_that_counts_otherwise_is_suggested_last(press: Press) -> None:
    press.knows(RESIDENTS)
    press.put("表.csv", TITLE, ["地区", "公园游园人数（万人）"], PUDONG[:2], XUHUI[:2])
    press.collect()
    (task,) = press.tasks()
    codes = [one.code for one in suggest(press.edition(), task)]
    assert "park_visits_cy" not in codes[:2]


def test_purging_a_table_takes_what_was_not_mapped_too(press: Press) -> None:
    press.knows(RESIDENTS)
    press.put("表.csv", TITLE, HEAD, PUDONG, XUHUI)
    (number,) = press.collect()
    with press.engine.begin() as connection:
        connection.execute(text("UPDATE intake.submission SET state = 'withdrawn'"))
    for who in ("张", "李"):
        purge(press.engine, press.home.archive, number, who=who, why="误收")
    assert press.rows("SELECT * FROM intake.unmapped") == []

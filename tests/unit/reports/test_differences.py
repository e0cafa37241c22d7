"""The causes of a change, each told from what two builds froze."""

from dataclasses import replace
from typing import Any

import pytest
from monitored import BEIJING, frame, monitored, value, values

from learning_city.reports.causes import CAUSES
from learning_city.reports.difference import difference
from learning_city.reports.difference_book import words
from learning_city.reports.tables import Record, ReportTables, records

PLAIN: dict[str, Any] = {
    "indicator": "a", "place": BEIJING[0], "definition": "schools", "expression": "schools", "role": "winner",
    "method": "direct", "source": "ledger_edu", "observed_definition": "schools", "observed_place": BEIJING[0],
    "observed_period": "2017", "observed_value": 10.0, "sha256": "f" * 64, "sheet": "表", "cell": "A1", "file_name": "台账",
}  # fmt: skip
COLUMNS = " ".join((*PLAIN, "cell_text ruled_by ruled_why corrected_by corrected_why source_zh"))


def built(number: float, *, edition: str = "1（aaaa）", **changes: Any) -> ReportTables:
    """A build whose one value reads one observation."""
    row = PLAIN | {"observed_value": number} | changes
    return monitored(values=values(value("a", BEIJING, number)), lineage=frame(COLUMNS, row), edition=edition)


def judged(level: str | None, **said: Any) -> ReportTables:
    columns = "indicator place place_name value status verdict is_synthetic judgement_zh judgement_en judged_by confirmed_by commentary"
    row = (
        value("a", BEIJING, None, verdict="") | {"judgement_zh": level, "judged_by": "李", "confirmed_by": "王"} | said
    )
    return monitored(values=frame(columns, row), lineage=frame(COLUMNS, PLAIN))


def change(older: ReportTables, newer: ReportTables) -> Record:
    (one,) = records(difference(older, newer))
    return one


@pytest.mark.parametrize(
    ("cause", "said", "changes"),
    [
        ("formula", "schools → schools / 2", {"expression": "schools / 2"}),
        ("definition", "所用口径变了", {"definition": "schools_y1231"}),
        ("definition", "目录换版", {"edition": "2（bbbb）", "observed_value": 10.0}),
        ("boundary", "新旧区划", {"method": "merge"}),
        ("decision", "王：以会议纪要为准", {"ruled_by": "王", "ruled_why": "以会议纪要为准"}),
        ("decision", "李更正：单位错", {"corrected_by": "李", "corrected_why": "单位错"}),
        ("revision", "台账 表!B2", {"cell": "B2"}),
        ("new_data", "台账 表!A1", {"source": "bj_lib_2020"}),
    ],
)
def test_a_change_names_its_cause(cause: str, said: str, changes: dict[str, Any]) -> None:
    one = change(built(10), built(12, **changes))
    assert (one["was"], one["now"], one["cause"]) == (10, 12, cause)
    assert said in one["detail_zh"]
    assert cause in CAUSES


def test_another_level_is_a_change() -> None:
    one = change(judged("正在建立"), judged("已建立", commentary="方案已印发"))
    assert (one["was_level"], one["now_level"], one["cause"]) == ("正在建立", "已建立", "judgement")
    assert one["detail_zh"] == "李 评定，王 复核：方案已印发"
    assert words(one)[2:4] == ("正在建立", "已建立")


def test_a_first_level_is_a_change_and_the_same_one_is_none() -> None:
    assert words(change(judged(None), judged("已建立")))[2:4] == ("待评定", "已建立")
    assert words(change(judged("已建立"), judged(None)))[2:4] == ("已建立", "待评定")
    assert difference(judged("已建立"), judged("已建立", commentary="改了述评")).empty


def test_a_place_is_named_in_both_languages() -> None:
    older, newer = built(10), replace(built(12), names_en={BEIJING[0]: "Beijing"})
    assert (change(older, newer)["place_name"], change(older, newer)["place_name_en"]) == ("北京市", "Beijing")

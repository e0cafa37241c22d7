"""What the monitoring report says: the figures of the frame, no comparison where none is possible, samples marked."""

from collections.abc import Iterator
from typing import Any

import pytest
from monitored import (
    BEIJING,
    NINGBO,
    SHANGHAI,
    attainment,
    conflict,
    conflicts,
    definitions,
    frame,
    history,
    indicator,
    indicators,
    lineage,
    missing,
    monitored,
    read,
    target,
    value,
    values,
    year,
)
from pandas import DataFrame

from learning_city.model.status import SYNTHETIC_MARK
from learning_city.reports.report_text import Chart, Paragraph, Report, Table
from learning_city.reports.report_text_facts import Facts
from learning_city.reports.report_text_make import all_report, city_report, whole_report
from learning_city.reports.report_text_suggest import suggestions
from learning_city.reports.tables import ReportTables


def of_city(tables: ReportTables, city: tuple[str, str] = BEIJING) -> Report:
    facts = Facts(tables)
    return city_report(facts, city, suggestions(facts))


def of_all(tables: ReportTables) -> Report:
    facts = Facts(tables)
    return all_report(facts, suggestions(facts))


def blocks(report: Report, kind: type) -> list[Any]:
    return [block for section in report.sections for block in section.blocks if isinstance(block, kind)]


def rows(report: Report, title: str) -> list[list[str]]:
    """The rows of the table whose title holds these words; of each the words."""
    (table,) = [table for table in blocks(report, Table) if title in table.title]
    return [[cell.said for cell in row.cells] for row in table.rows if not row.is_group]


def words(report: Report) -> str:
    return "\n".join(paragraph.said for paragraph in blocks(report, Paragraph))


def bars(report: Report) -> Iterator[tuple[str, str, float]]:
    for chart in blocks(report, Chart):
        for panel in chart.panels:
            yield from ((panel.title, bar.label, bar.value) for bar in panel.bars)


def test_the_numbers_are_those_of_the_frame() -> None:
    (first, second) = rows(of_city(monitored()), "组织保障")
    assert first[:3] == ["指标a", "个", "1,234"]
    assert second[2] == "暂缺"
    assert rows(of_all(monitored()), "城市对照")[0][2:5] == ["1,234", "567", "暂缺"]


def test_cities_stand_in_their_usual_order_whatever_their_figures() -> None:
    given = values(value("a", NINGBO, 900), value("a", BEIJING, 1), value("a", SHANGHAI, 50))
    assert [bar[1] for bar in bars(of_all(monitored(values=given)))] == ["北京", "上海", "宁波"]


@pytest.mark.parametrize("verdict", ["不可比", "待裁定"])
def test_what_cannot_be_compared_has_neither_bar_nor_change(verdict: str) -> None:
    given = values(value("a", BEIJING, 10, verdict=verdict), value("a", SHANGHAI, 20, verdict=verdict))
    before = history(*(year("a", BEIJING, str(period), period - 2000) for period in (2015, 2016)))
    tables = monitored(values=given, history=before)
    for report in (of_city(tables), of_all(tables)):
        assert not list(bars(report))
        assert "比上年" not in words(report)
    assert verdict in words(of_city(tables))


def test_one_city_that_cannot_be_compared_takes_the_whole_indicator_off_the_chart() -> None:
    given = (value("a", BEIJING, 10), value("a", SHANGHAI, 20), value("a", NINGBO, 30, verdict="不可比"))
    assert not list(bars(of_all(monitored(values=values(*given)))))


def test_a_change_is_told_where_both_years_compare() -> None:
    report = of_city(monitored(history=history(year("a", BEIJING, "2016", 1200))))
    assert "比上年（1,200）增加 34 个（2.8%）" in words(report)
    assert rows(report, "组织保障")[0][4] == "1,200"


@pytest.mark.parametrize("change", [{"is_broken": True}, {"verdict": "不可比"}, {"period": "2015"}])
def test_no_change_is_told_across_a_break_or_a_gap(change: dict[str, Any]) -> None:
    report = of_city(monitored(history=history(year("a", BEIJING, "2016", 1200) | change)))
    assert "上年" not in words(report)
    assert rows(report, "组织保障")[0][4] == "—"


def test_a_share_changes_by_points() -> None:
    asked = indicators(indicator("a", unit="%", decimals=1))
    tables = monitored(
        indicators=asked, values=values(value("a", BEIJING, 60.4)), history=history(year("a", BEIJING, "2016", 61.6))
    )
    assert "减少 1.2 个百分点" in words(of_city(tables))


def test_three_comparable_years_make_a_line_and_a_break_is_kept_apart() -> None:
    broken = year("a", BEIJING, "2014", 10, is_broken=True)
    good = [year("a", BEIJING, period, 1000) for period in ("2015", "2016")]
    (chart,) = blocks(of_city(monitored(history=history(broken, *good))), Chart)
    assert [(bar.label, bar.is_before) for bar in chart.panels[0].bars] == [
        ("2014", True), ("2015", False), ("2016", False), ("2017", False),
    ]  # fmt: skip
    assert "断点前" in chart.alt
    assert not blocks(of_city(monitored(history=history(broken, good[1]))), Chart)


def test_only_assessed_targets_get_a_bar() -> None:
    open_ = target(BEIJING, name_zh="没有数", value=None, met=None, progress=None, state_zh="未评估")
    report = of_city(monitored(attainment=attainment(target(BEIJING), open_)))
    assert [(bar[1], bar[2]) for bar in bars(report)] == [("示范基地", 34.0)]
    assert "示范基地：2020 年目标 100 个，实绩 34 个，完成度 34.0%，未达标" in words(report)
    assert "1 项目标因没有可用的实绩而未评估" in words(report)


def test_what_is_not_real_is_marked_in_text_table_chart_and_summary() -> None:
    made_up = values(*(value("a", city, 777, is_synthetic=True) for city in (BEIJING, SHANGHAI)))
    tables = monitored(
        is_demo=True,
        values=made_up,
        history=history(*(year("a", BEIJING, period, 700, is_synthetic=True) for period in ("2015", "2016"))),
        attainment=attainment(target(BEIJING, is_synthetic=True)),
    )
    for report in (of_city(tables), of_all(tables)):
        assert "SAMPLE DATA" in report.banner
        for paragraph in blocks(report, Paragraph):
            for number in ("777", "34.0%"):
                assert paragraph.said.count(number) == paragraph.said.count(
                    f"{number}{SYNTHETIC_MARK}"
                ) + paragraph.said.count(f"{number} 个{SYNTHETIC_MARK}")
        for table in blocks(report, Table):
            for row in table.rows:
                for cell in row.cells:
                    assert (cell.said in ("777", "34", "34.0")) <= (cell.look == "sample")
        for chart in blocks(report, Chart):
            assert all(bar.is_synthetic for panel in chart.panels for bar in panel.bars)
            assert SYNTHETIC_MARK in chart.alt


def test_the_offices_own_commentary_stands_beside_ours() -> None:
    report = of_city(monitored(values=values(value("a", BEIJING, 5, commentary="由本办说明"))))
    own = [one.said for one in blocks(report, Paragraph) if one.look == "office"]
    assert own == ["指标a：由本办说明"]
    bare = values(value("a", BEIJING, 5)).drop(columns="commentary")
    assert [one for one in blocks(of_city(monitored(values=bare)), Paragraph) if one.look == "office"] == []


def test_it_says_who_is_asked_for_what_is_missing() -> None:
    tables = monitored(
        missing=missing(
            *({"place_name": city[1], "indicator": "b", "why_zh": "缺：人口"} for city in (BEIJING, NINGBO))
        ),
        lineage=lineage(read("b", BEIJING, "pop", role="nothing"), read("b", NINGBO, "pop", role="nothing")),
        definitions=definitions({"definition": "pop", "name_zh": "人口", "department_zh": "统计局"}),
    )
    assert rows(of_city(tables), "暂缺") == [["指标b", "缺：人口", "统计局"]]
    assert rows(of_all(tables), "暂缺") == [["指标b", "北京市、宁波市", "缺：人口", "统计局"]]


def test_a_conflict_is_told_with_its_candidates_and_ruling() -> None:
    told = {"state_zh": "已裁定", "proposal_zh": "李 裁定采用 309，王 复核。", "low": 308.5, "high": 377.5}
    tables = monitored(conflicts=conflicts(conflict(BEIJING), conflict(NINGBO, **told)))
    (mine,) = rows(of_city(tables), "裁定")
    assert mine[3:] == ["309", "309 — 甲\n377 — 乙", "○ 待裁定"]
    (settled,) = rows(of_city(tables, NINGBO), "裁定")
    assert (settled[3], settled[5]) == ("309\n308.5—377.5", "✓ 已裁定\n李 裁定采用 309，王 复核。")
    assert len(rows(of_all(tables), "并存的数")) == 2


def test_suggestions_rest_on_counts() -> None:
    tables = monitored(
        conflicts=conflicts(conflict(BEIJING)),
        lineage=lineage(
            read("a", BEIJING, "schools"), read("b", BEIJING, "schools"), read("a", SHANGHAI, "schools", method="proxy")
        ),
        definitions=definitions({"definition": "schools", "name_zh": "社区学校（年末）"}),
        values=values(value("a", BEIJING, 1), value("a", SHANGHAI, 2, verdict="不可比")),
    )
    said = {one.kind: (one.evidence, one.indicators) for one in suggestions(Facts(tables))}
    assert said == {
        "难以取得": ("3 个城市中 0 个取得", ("指标b",)),
        "内容重叠": ("2 项指标读取同样的 1 个口径", ("指标a", "指标b")),
        "口径不一": ("口径“社区学校（年末）”有 1 处冲突（待裁定 1），涉及 1 个城市", ("指标a", "指标b")),
        "不可比": ("取得的 2 个城市中 1 个不可比", ("指标a",)),
        "使用近似数": ("1 个城市的数由代用得到", ("指标a",)),
    }


def test_formulas_are_told_in_the_names_of_definitions() -> None:
    tables = monitored(
        lineage=lineage(read("a", BEIJING, "books", expression="100.0 * books / NULLIF(pop, 0)")),
        definitions=definitions({"definition": "books", "name_zh": "藏书"}, {"definition": "pop", "name_zh": "人口"}),
    )
    assert rows(of_city(tables), "公式")[0][2] == "100 × 藏书 ÷ 人口"


def test_a_place_without_figures_still_has_a_report() -> None:
    nothing = monitored(values=values(value("a", NINGBO, None, status="O", verdict="")), cities=(NINGBO,))
    report = of_city(nothing, NINGBO)
    assert "取得 0 项" in words(report)
    assert all(section.blocks for section in report.sections)
    assert not blocks(report, Chart)


def test_frames_of_an_older_build_without_history_are_enough() -> None:
    report = of_city(monitored(history=DataFrame(), lineage=DataFrame(), definitions=DataFrame()))
    assert rows(report, "组织保障")[0][2] == "1,234"


def test_the_cover_names_who_is_to_certify_else_where_that_stands() -> None:
    assert dict(of_city(monitored()).cover)["认定单位"] == "见发布单"
    assert dict(of_city(monitored(certified_by="市学习办")).cover)["认定单位"] == "市学习办（以发布单为准）"


@pytest.mark.parametrize("is_sample", [True, False])
def test_a_judged_level_counts_and_is_told_as_any_other_result(is_sample: bool) -> None:
    asked = indicators(*(indicator(code, turn, nature="qualitative", unit=None) for turn, code in enumerate("ab", 1)))
    level = {"is_synthetic": is_sample, "judgement_zh": "正在建立", "verdict": "", "commentary": "正在起草"}
    row = value("a", BEIJING, None, **level)
    given = frame(" ".join(row), row, value("b", BEIJING, None, status="O", verdict=""))
    facts = Facts(monitored(indicators=asked, values=given))
    mark = SYNTHETIC_MARK if is_sample else ""
    assert (facts.counts(BEIJING[0])["known"], facts.counts(BEIJING[0])["unjudged"]) == (1, 1)
    assert facts.counts(BEIJING[0])["sample"] == is_sample
    report = of_city(facts.tables)
    (first, second) = rows(report, "组织保障")
    assert (first[2], first[3], first[5], second[2]) == ("正在建立", mark, "", "待评定")
    assert f"指标a评定为“正在建立”{mark}。待评定：指标b。" in words(report)
    assert f"指标a：正在起草{mark}" in words(report)
    (cell,) = [
        one for table in blocks(report, Table) for row in table.rows for one in row.cells if one.said == "正在建立"
    ]
    assert cell.look == ("sample" if is_sample else "")
    assert ("指标a",) not in [
        one.indicators for one in suggestions(Facts(monitored(indicators=asked, values=given, cities=(BEIJING,))))
    ]


def test_a_progress_from_a_base_says_its_base() -> None:
    row = target(BEIJING, target=12.0, value=4.0, progress=0.0) | {"baseline": 4.0, "baseline_period": "2016"}
    report = of_city(monitored(attainment=frame(" ".join(row), row)))
    assert rows(report, "目标完成度")[0][3] == "12\n基数 4（2016）"
    assert "2020 年目标 12 个，基数 4（2016），实绩 4 个，完成度 0.0%" in words(report)


def test_the_hashes_and_heads_of_chains_stand_at_the_end() -> None:
    said = dict(tuple(row) for row in rows(of_all(monitored()), "版本与哈希"))
    assert said["裁定链头"] == "2017/3/0123456789abcdef"
    assert len(said["内容哈希"]) == 64


def test_the_page_holds_all_cities_and_each_of_them() -> None:
    facts = Facts(monitored())
    titles = [section.title for section in whole_report(facts, suggestions(facts)).sections]
    assert [title for title in titles if title.endswith("市")] == ["北京市", "上海市", "宁波市"]
    assert titles[-1].startswith("附 6")

"""The reports of a build: one of each city, one of all cities, and one that holds both."""

from collections.abc import Sequence
from dataclasses import replace

from learning_city.model.status import BANNER
from learning_city.reports.report_text import (
    Block,
    Heading,
    Paragraph,
    Report,
    Section,
    Table,
    cells,
    listed,
    printable,
)
from learning_city.reports.report_text_annex import annexes
from learning_city.reports.report_text_body import (
    attainment_chapter,
    city_chapter,
    comparison_chapter,
    summary_tiles,
    targets_of,
)
from learning_city.reports.report_text_facts import City, Facts, name_of
from learning_city.reports.report_text_sentences import target_sentence
from learning_city.reports.report_text_suggest import Suggestion

MOST_CITIES = 40
"""More cities than this are not told one by one in the report of all."""
_ALL = "全部城市"
_COUNTS = (
    Heading("城市", 3.4, english="City"),
    Heading("应有", 1.6, "right", "Asked"),
    Heading("取得", 1.6, "right", "Known"),
    Heading("其中样例", 1.8, "right", "Synthetic"),
    Heading("暂缺", 1.6, "right", "Missing"),
    Heading("待评定", 1.6, "right", "Not judged"),
    Heading("不可比", 1.6, "right", "Not comparable"),
    Heading("取得率（%）", 2.8, "right", "Known, %"),
)


def city_report(facts: Facts, city: City, suggested: Sequence[Suggestion]) -> Report:
    """The report of one city."""
    sections = [_summary(facts, [city]), *_city_sections(facts, city), *annexes(facts, [city], suggested)]
    return _report(facts, city[1], sections)


def all_report(facts: Facts, suggested: Sequence[Suggestion]) -> Report:
    """The report of all cities of a build: summary, cities side by side, targets, annexes."""
    cities, chapters = facts.tables.cities, facts.chapters
    sections = [_summary(facts, cities)]
    sections += [comparison_chapter(facts, number, chapter) for number, chapter in enumerate(chapters, start=1)]
    sections.append(attainment_chapter(facts, len(chapters) + 1, None))
    return _report(facts, _ALL, [*sections, *annexes(facts, cities, suggested)])


def whole_report(facts: Facts, suggested: Sequence[Suggestion]) -> Report:
    """The report of all cities, and after its chapters those of each city."""
    cities = facts.tables.cities
    if len(cities) == 1:
        return city_report(facts, cities[0], suggested)
    told, own = all_report(facts, suggested), list[Section]()
    if len(cities) > MOST_CITIES:
        said = Paragraph(f"城市多于 {MOST_CITIES} 个，各城市的内容见各自的报告。")
        own.append(Section("各城市", "Each city", (said,)))
    for city in cities if len(cities) <= MOST_CITIES else ():
        own.append(Section(printable(city[1]), "", _summary(facts, [city]).blocks))
        own += [replace(one, level=2) for one in _city_sections(facts, city)]
    at = next(turn for turn, one in enumerate(told.sections) if one.title.startswith("附"))
    return replace(told, sections=(*told.sections[:at], *own, *told.sections[at:]))


def _city_sections(facts: Facts, city: City) -> list[Section]:
    chapters = facts.chapters
    sections = [city_chapter(facts, number, chapter, city) for number, chapter in enumerate(chapters, start=1)]
    return [*sections, attainment_chapter(facts, len(chapters) + 1, city)]


def _summary(facts: Facts, cities: Sequence[City]) -> Section:
    """What is known, reached, open and not comparable; no more than the figures say."""
    counted = [facts.counts(place) for place, _ in cities]
    known, asked = sum(one["known"] for one in counted), len(facts.asked) * len(cities)
    sample = sum(one["sample"] for one in counted)
    year = printable(facts.tables.period)
    who = printable(cities[0][1]) if len(cities) == 1 else f"{len(cities)} 个城市"
    blocks: list[Block] = [
        Paragraph(
            f"{year} 数据期，{who}应有指标 {asked} 项，取得 {known} 项"
            f"（{_percent(known, asked)}%）{f'，其中 {sample} 项为样例数字[样例]，不得引用' if sample else ''}。"
        ),
        summary_tiles(facts, cities),
        *(Paragraph(said) for said in (_incomparable(facts, cities), _targets(facts, cities)) if said),
    ]
    if len(cities) != 1:
        blocks.append(_count_table(facts, cities))
    return Section("摘要", "Summary", tuple(blocks))


def _incomparable(facts: Facts, cities: Sequence[City]) -> str:
    """What cannot be compared, by name, and what is still to be settled."""
    said = []
    for verdict, words in (("不可比", "口径不同、不能比较"), ("待裁定", "数有冲突、待裁定")):
        names = [
            name_of(one)
            for one in facts.asked
            if any(facts.figures.row(one["indicator"], place).get("verdict") == verdict for place, _ in cities)
        ]
        if names:
            said.append(f"{words}的指标 {len(names)} 项：{listed(names)}。")
    return "".join(said)


def _targets(facts: Facts, cities: Sequence[City]) -> str:
    """Targets by result; those that were assessed are named with their figures."""
    targets = targets_of(facts, cities)
    if not targets:
        return ""
    assessed = [target_sentence(row) for row in targets if row["met"] is not None]
    many = len(targets) - len(assessed)
    rest = f"{many} 项目标因没有可用的实绩而未评估。" if many else ""
    return f"目录中有目标 {len(targets)} 项。{'；'.join(assessed)}{'。' if assessed else ''}{rest}"


def _count_table(facts: Facts, cities: Sequence[City]) -> Table:
    rows = []
    for place, name in cities:
        found, asked = facts.counts(place), len(facts.asked)
        numbers = (found[key] for key in ("known", "sample", "missing", "unjudged", "不可比"))
        rows.append(cells(printable(name), str(asked), *map(str, numbers), _percent(found["known"], asked)))
    return Table("各城市指标取得情况", "What is known by city", _COUNTS, tuple(rows), "项")


def _report(facts: Facts, who: str, sections: list[Section]) -> Report:
    tables, name = facts.tables, printable(who)
    many = "八城市" if len(tables.cities) == 8 else f"{len(tables.cities)} 个城市"
    return Report(
        stem=f"监测报告_{name}_{tables.period}",
        series=printable(tables.framework_zh),
        title=f"{many if who == _ALL else name}学习型城市建设监测报告",
        english="Monitoring report on the learning city",
        subtitle=f"数据年 {printable(tables.period)}",
        banner=BANNER if tables.is_demo else "",
        created=tables.as_of,
        cover=(
            ("报告编号", tables.build or "—"),
            ("数据截至", tables.as_of or "—"),
            ("目录版次", tables.edition),
            ("程序版本", tables.code_version or "—"),
            ("认定单位", f"{printable(tables.certified_by)}（以发布单为准）" if tables.certified_by else "见发布单"),
            *((("说明", printable(tables.framework_note)),) if tables.framework_note else ()),
        ),
        sections=tuple(sections),
    )


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}" if whole else "0.0"

"""The body of a report: summary, a section per first-level element, attainment, cities side by side."""

from collections.abc import Sequence

from learning_city.model.status import SYNTHETIC_MARK
from learning_city.reports.comparison_sheet import comparability
from learning_city.reports.figures import NONE, Notes
from learning_city.reports.report_text import (
    Block,
    Cell,
    Heading,
    Look,
    Paragraph,
    Row,
    Section,
    Table,
    Tile,
    Tiles,
    cells,
    exact_text,
    group,
    printable,
    without,
)
from learning_city.reports.report_text_charts import (
    MANY_CITIES,
    attainment_chart,
    comparison_charts,
    trend_charts,
)
from learning_city.reports.report_text_facts import (
    COMPARABLE,
    VERDICT_SHORT,
    City,
    Facts,
    name_of,
    status_text,
    unit_of,
)
from learning_city.reports.report_text_sentences import base_text, commentary
from learning_city.reports.tables import Record

ORDINALS = "一二三四五六七八九十"
_SIDE_BY_SIDE = 8
"""As many cities as a page on its side holds."""
_CITY = (
    Heading("指标", 4.1, english="Indicator"),
    Heading("计量单位", 1.7, "center", "Unit"),
    Heading("数值", 1.9, "right", "Value"),
    Heading("注", 1.5, english="Note"),
    Heading("上年", 1.7, "right", "Year before"),
    Heading("状态", 1.3, "center", "Status"),
    Heading("可比性", 1.6, "center", "Comparable"),
    Heading("来源", 2.2, english="Source"),
)
_TARGETS = (
    Heading("指标", 3.6, english="Indicator"),
    Heading("地区", 1.5, "center", "Place"),
    Heading("期限", 1.1, "center", "Due"),
    Heading("单位", 1.4, "center", "Unit"),
    Heading("目标", 1.8, "right", "Target"),
    Heading("实绩", 1.6, "right", "Value"),
    Heading("完成度（%）", 1.4, "right", "Progress"),
    Heading("结论", 1.8, "center", "Result"),
    Heading("牵头", 1.8, english="Lead"),
)


def city_chapter(facts: Facts, number: int, chapter: tuple[Record, list[Record]], city: City) -> Section:
    """A first-level element of one city: its table, its years, its commentary."""
    head, below = chapter
    notes = Notes()
    rows = [_city_row(facts, one, city[0], notes) if one["nature"] else group(name_of(one)) for one in below]
    title = f"{printable(city[1])}{name_of(head)}指标"
    footnotes = tuple(printable(note) for note in notes.listed())
    blocks: list[Block] = [Table(title, printable(head["name_en"]), _CITY, tuple(rows), "见各行", footnotes)]
    blocks += trend_charts(facts, head, below, city)
    blocks += commentary(facts, below, city)
    return Section(f"{_ordinal(number)}、{name_of(head)}", printable(head["name_en"]), tuple(blocks))


def comparison_chapter(facts: Facts, number: int, chapter: tuple[Record, list[Record]]) -> Section:
    """A first-level element of all cities: tables of as many cities as a page holds, then the chart."""
    head, below = chapter
    cities = facts.tables.cities
    parts = [cities[at : at + _SIDE_BY_SIDE] for at in range(0, len(cities), _SIDE_BY_SIDE)]
    blocks: list[Block] = []
    for turn, part in enumerate(parts, start=1):
        title = f"{name_of(head)}：城市对照" + (f"（{turn}／{len(parts)}）" if len(parts) > 1 else "")
        rows = tuple(_cities_row(facts, one, part) if one["nature"] else group(name_of(one)) for one in below)
        blocks.append(Table(title, "Cities side by side", _cities_headings(part), rows, "见各行"))
    blocks.append(Paragraph("城市按行政区划代码排列，不表示名次；不可比的指标不作图。", "note"))
    blocks += comparison_charts(facts, head, below)
    if len(cities) > MANY_CITIES:
        blocks.append(Paragraph(f"城市多于 {MANY_CITIES} 个，不作并列图。", "note"))
    return Section(f"{_ordinal(number)}、{name_of(head)}", printable(head["name_en"]), tuple(blocks), is_wide=True)


def attainment_chapter(facts: Facts, number: int, city: City | None) -> Section:
    """Targets of a city, or of all places, with a chart of those that were assessed."""
    targets = facts.targets
    rows = targets.get(city[0], []) if city else [row for place in targets.values() for row in place]
    blocks: list[Block] = []
    if rows:
        notes = (
            "有基数的，完成度为（实绩－基数）÷（目标－基数）；没有基数的为实绩÷目标。暂缺或不可比的不评估。目标数不与实绩合并，不参与数列。",
        )
        told = Table("目标完成度", "Attainment", _TARGETS, tuple(map(_target_row, rows)), "见各行", notes)
        blocks.append(without(told, "地区") if city else told)
        chart = attainment_chart(rows, with_place=city is None)
        blocks.append(chart or Paragraph("没有可评估的目标，不作图。", "note"))
    else:
        blocks.append(Paragraph("目录中没有本报告所涉地区的目标。"))
    return Section(f"{_ordinal(number)}、目标完成度", "Attainment of targets", tuple(blocks))


def summary_tiles(facts: Facts, cities: Sequence[City]) -> Tiles:
    """What is known, what is reached, what is open, in four numbers."""
    total = sum((facts.counts(place) for place, _ in cities), start=type(facts.counts(""))())
    asked = len(facts.asked) * len(cities)
    met = [row["met"] for row in targets_of(facts, cities)]
    assessed = sum(one is not None for one in met)
    names = {name for _, name in cities}
    mine = [row for row in facts.conflicts if row["place_name"] in names]
    still = sum(row["state_zh"] == "待裁定" for row in mine)
    absent = f"暂缺 {total['missing']}，待评定 {total['unjudged']}"
    return Tiles(
        (
            Tile(str(total["known"]), f"／{asked} 项", "指标取得", f"其中样例 {total['sample']}；{absent}"),
            Tile(str(sum(one is True for one in met)), f"／{len(met)} 项", "目标达到", _unmet(met, assessed)),
            Tile(str(total["不可比"]), "项", "口径不同、不可比", f"调整后可比 {total['调整后可比']} 项"),
            Tile(str(still), "处", "待裁定的数据冲突", f"已裁定 {len(mine) - still} 处"),
        )
    )


def targets_of(facts: Facts, cities: Sequence[City]) -> list[Record]:
    """The targets of these places; with more than one place those of regions and the country too."""
    if len(cities) != 1:
        return [row for rows in facts.targets.values() for row in rows]
    return facts.targets.get(cities[0][0], [])


def _unmet(met: Sequence[bool | None], assessed: int) -> str:
    return f"未达到 {sum(one is False for one in met)}，未评估 {len(met) - assessed}"


def _city_row(facts: Facts, indicator: Record, place: str, notes: Notes) -> Row:
    row, shown = facts.figures.row(indicator["indicator"], place), facts.value_cell(indicator, place)
    status = "" if shown.look == "missing" else status_text(row)
    verdict = VERDICT_SHORT.get(row.get("verdict") or "", NONE)
    before = facts.before_cell(indicator, place)
    value = Cell(shown.said, shown.look)
    source = printable(row.get("source_zh")) or NONE
    mark = f"{shown.mark}{notes.number(row.get('note'))}"
    return cells(name_of(indicator), unit_of(indicator), value, mark, before, status, verdict, source)


def _cities_headings(part: Sequence[City]) -> tuple[Heading, ...]:
    width = 13.6 / len(part) if len(part) > 4 else 2.6
    names = (Heading(printable(name), width, "right") for _, name in part)
    return (
        Heading("指标", 5.4, english="Indicator"),
        Heading("计量单位", 1.8, "center", "Unit"),
        *names,
        Heading("可比性", 2.0, "center", "Comparable"),
        Heading("不同之处", 2.0, english="What differs"),
    )


def _cities_row(facts: Facts, indicator: Record, part: Sequence[City]) -> Row:
    rows = [(name, facts.figures.row(indicator["indicator"], place)) for place, name in facts.tables.cities]
    said, _, differs = comparability([(name, row) for name, row in rows if row.get("value") is not None])
    values = (_open_cell(facts, indicator, place) for place, _ in part)
    return cells(name_of(indicator), unit_of(indicator), *values, said.replace("调整后可比", "调整后"), differs or NONE)


def _open_cell(facts: Facts, indicator: Record, place: str) -> Cell:
    """A value beside those of other cities; one that cannot stand there says so."""
    shown = facts.value_cell(indicator, place)
    verdict = facts.figures.row(indicator["indicator"], place).get("verdict") or ""
    doubt = verdict if verdict not in COMPARABLE and shown.look != "missing" else ""
    return Cell(shown.said, shown.look, f"{shown.mark}{doubt}")


def _target_row(row: Record) -> Row:
    look: Look = "sample" if row["is_synthetic"] else ""
    mark = SYNTHETIC_MARK if row["is_synthetic"] else ""
    target = NONE if row["target"] is None else row["target"]
    aim = printable(target) if isinstance(target, str) else exact_text(target)
    value = Cell("暂缺", "missing") if row["value"] is None else Cell(exact_text(row["value"]), look, mark)
    progress = NONE if row["progress"] is None else f"{row['progress']:,.1f}"
    sign = {True: "✓", False: "✕"}.get(row["met"], "○")
    return cells(
        printable(row["name_zh"]),
        printable(row["place_name"]),
        printable(row["due"])[:4],
        unit_of(row),
        "\n".join(filter(None, [aim, base_text(row)])),
        value,
        Cell(progress, look),
        f"{sign} {printable(row['state_zh'])}",
        printable(row["lead"]) or NONE,
    )


def _ordinal(number: int) -> str:
    return ORDINALS[number - 1] if number <= len(ORDINALS) else str(number)

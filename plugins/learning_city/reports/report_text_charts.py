"""Charts as data: attainment, places side by side, years. What cannot be compared gets none."""

from collections.abc import Sequence
from typing import Literal

from learning_city.model.status import SYNTHETIC_MARK
from learning_city.reports.comparison_sheet import comparability
from learning_city.reports.report_text import Bar, Chart, Panel, figure_text, printable
from learning_city.reports.report_text_facts import COMPARABLE, City, Facts, name_of
from learning_city.reports.tables import Record

MANY_CITIES = 16
"""More places than this cannot be read side by side."""
_YEARS, _PANELS = 3, 9


def attainment_chart(rows: Sequence[Record], *, with_place: bool) -> Chart | None:
    """Bars of the targets that were assessed with a progress."""
    bars = []
    for row in rows:
        if row["progress"] is None or row["met"] is None:
            continue
        label = f"{printable(row['place_name'])} " * with_place + printable(row["name_zh"])
        bars.append(_bar(label, row["progress"], 1, is_synthetic=bool(row["is_synthetic"])))
    if not bars:
        return None
    panels = (Panel("完成度（%）", tuple(bars)),)
    return Chart("attainment", "目标完成度（%）", "Attainment of targets (%)", _alt(panels, "%"), panels)


def comparison_charts(facts: Facts, head: Record, below: Sequence[Record]) -> list[Chart]:
    """A panel per indicator that at least two cities can be compared by, cities in their usual order."""
    cities = facts.tables.cities
    if not 2 <= len(cities) <= MANY_CITIES:
        return []
    panels = [panel for one in below if one["nature"] and (panel := _places(facts, one, cities))]
    title = f"{name_of(head)}：可比指标的城市对照"
    return _pages("comparison", title, "Comparable indicators by city", panels)


def trend_charts(facts: Facts, head: Record, below: Sequence[Record], city: City) -> list[Chart]:
    """A panel per indicator with three comparable years or more, this one the last; earlier ones stand before a break."""
    panels = [panel for one in below if one["nature"] and (panel := _years(facts, one, city[0]))]
    title = f"{name_of(head)}：{printable(city[1])}可比年度的数列（纵轴不从 0 起）"
    return _pages("trend", title, "Comparable years", panels)


def _pages(kind: Literal["comparison", "trend"], title: str, english: str, panels: Sequence[Panel]) -> list[Chart]:
    """As many charts as the panels take, each small enough for a page."""
    parts = [tuple(panels[at : at + _PANELS]) for at in range(0, len(panels), _PANELS)]
    marks = [f"（{turn}／{len(parts)}）" if len(parts) > 1 else "" for turn in range(1, len(parts) + 1)]
    return [
        Chart(kind, f"{title}{mark}", english, _alt(part, ""), part) for mark, part in zip(marks, parts, strict=True)
    ]


def _places(facts: Facts, indicator: Record, cities: Sequence[City]) -> Panel | None:
    rows = [(name, facts.figures.row(indicator["indicator"], place)) for place, name in cities]
    known = [(name, row) for name, row in rows if row.get("value") is not None]
    if comparability(known)[0].endswith("不可比") or sum(row.get("verdict") in COMPARABLE for _, row in known) < 2:
        return None
    decimals = int(indicator["decimals"] or 0)
    bars = tuple(
        _bar(name.removesuffix("市"), row["value"], decimals, is_synthetic=bool(row["is_synthetic"]))
        for name, row in known
        if row["verdict"] in COMPARABLE
    )
    return Panel(_titled(indicator), bars)


def _years(facts: Facts, indicator: Record, place: str) -> Panel | None:
    now, decimals = facts.number(indicator, place), int(indicator["decimals"] or 0)
    past = [r for r in facts.history.get((indicator["indicator"], place), []) if r["verdict"] in COMPARABLE]
    if now is None or sum(not row["is_broken"] for row in past) < _YEARS - 1:
        return None
    this = facts.figures.row(indicator["indicator"], place)
    rows = [*past, {**this, "period": facts.tables.period, "is_broken": False}]
    bars = (
        Bar(
            row["period"],
            row["value"],
            figure_text(row["value"], decimals),
            is_synthetic=bool(row["is_synthetic"]),
            is_before=bool(row["is_broken"]),
        )
        for row in rows
    )
    return Panel(_titled(indicator), tuple(bars))


def _bar(label: str, value: float, decimals: int, *, is_synthetic: bool) -> Bar:
    return Bar(printable(label), value, figure_text(value, decimals), is_synthetic=is_synthetic)


def _titled(indicator: Record) -> str:
    unit = printable(indicator["unit"]).strip("—-")
    return f"{name_of(indicator)}（{unit}）" if unit else name_of(indicator)


def _alt(panels: Sequence[Panel], unit: str) -> str:
    """The chart in words, for those who do not see it."""
    said = []
    for panel in panels:
        figures = "、".join(
            f"{bar.label} {bar.said}{unit}{SYNTHETIC_MARK * bar.is_synthetic}{'（断点前）' * bar.is_before}"
            for bar in panel.bars
        )
        said.append(f"{panel.title}：{figures}")
    return "；".join(said)

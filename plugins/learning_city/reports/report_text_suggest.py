"""Suggestions for the indicator system, computed: 宜粗不宜细、宜简不宜繁. Each with the numbers it rests on."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from learning_city.model.status import SYNTHETIC_MARK
from learning_city.reports.figures import QUALITATIVE
from learning_city.reports.report_text_facts import Facts, name_of
from learning_city.reports.tables import Record, records

_APPROXIMATE = {"coefficient": "系数换算", "splice": "接续", "split": "按权数拆分", "proxy": "代用"}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What might be changed, by what evidence, for which indicators; ``places`` are those the evidence comes from."""

    kind: str
    evidence: str
    indicators: tuple[str, ...]
    advice: str
    places: frozenset[str]


def suggestions(facts: Facts) -> list[Suggestion]:
    """All suggestions of a build; equal evidence for several indicators is one suggestion."""
    found: dict[tuple[str, str, str], list[Suggestion]] = defaultdict(list)
    for rule in (_absent, _overlapping, _disputed, _incomparable, _approximate):
        for one in rule(facts):
            found[one.kind, one.evidence, one.advice].append(one)
    return [
        Suggestion(
            kind,
            evidence,
            tuple(dict.fromkeys(name for one in alike for name in one.indicators)),
            advice,
            frozenset[str]().union(*(one.places for one in alike)),
        )
        for (kind, evidence, advice), alike in found.items()
    ]


def _absent(facts: Facts) -> Iterator[Suggestion]:
    """Indicators that fewer than half of the cities have."""
    cities = [place for place, _ in facts.tables.cities]
    ranked: list[tuple[bool, int, Suggestion]] = []
    for one in facts.asked:
        shown = {place: facts.figures.of(one, place) for place in cities}
        without = frozenset(place for place, figure in shown.items() if not figure.is_known)
        known, sample = len(cities) - len(without), sum(figure.is_synthetic for figure in shown.values())
        is_text = one["nature"] == QUALITATIVE
        if 2 * known >= len(cities):
            continue
        evidence = f"{len(cities)} 个城市中 {known} 个{'有评定' if is_text else '取得'}" + _sampled(sample)
        advice = "先定评定尺度和评定单位，再列入" if is_text else _ABSENT[bool(known)]
        one_said = Suggestion("难以取得", evidence, (name_of(one),), advice, without)
        ranked.append((is_text, known, one_said))
    yield from (said for *_, said in sorted(ranked, key=lambda said: said[:2]))


def _overlapping(facts: Facts) -> Iterator[Suggestion]:
    """Indicators that read exactly the same definitions."""
    alike: dict[frozenset[str], list[Record]] = defaultdict(list)
    for one in facts.asked:
        alike[frozenset(facts.definitions.get(one["indicator"], ()))].append(one)
    everywhere = frozenset(place for place, _ in facts.tables.cities)
    for definitions, same in alike.items():
        if definitions and len(same) > 1:
            evidence = f"{len(same)} 项指标读取同样的 {len(definitions)} 个口径"
            yield Suggestion("内容重叠", evidence, tuple(map(name_of, same)), "合并，或只留一项", everywhere)


def _disputed(facts: Facts) -> Iterator[Suggestion]:
    """Definitions for which departments and books give different figures."""
    names, codes = facts.readers, {name: code for code, name in facts.tables.cities}
    disputes: dict[str, list[Record]] = defaultdict(list)
    for row in facts.conflicts:
        disputes[row["definition_zh"] or row["measure_zh"]].append(row)
    for definition, rows in disputes.items():
        places = frozenset(codes[row["place_name"]] for row in rows if row["place_name"] in codes)
        still, sample = sum(row["state_zh"] == "待裁定" for row in rows), sum(bool(row["is_synthetic"]) for row in rows)
        evidence = (
            f"口径“{definition}”有 {len(rows)} 处冲突（待裁定 {still}），涉及 {len(places)} 个城市{_sampled(sample)}"
        )
        indicators = tuple(names.get(definition, [definition]))
        yield Suggestion("口径不一", evidence, indicators, "写清统计范围，定一个数据来源（一数一源）", places)


def _incomparable(facts: Facts) -> Iterator[Suggestion]:
    """Indicators with values that cannot stand beside those of other cities."""
    for one in facts.asked:
        rows = {place: facts.figures.row(one["indicator"], place) for place, _ in facts.tables.cities}
        apart = frozenset(place for place, row in rows.items() if row.get("verdict") == "不可比")
        known = sum(row.get("value") is not None for row in rows.values())
        if apart:
            evidence = f"取得的 {known} 个城市中 {len(apart)} 个不可比"
            yield Suggestion("不可比", evidence, (name_of(one),), "统一口径，或改为只看本市的指标", apart)


def _approximate(facts: Facts) -> Iterator[Suggestion]:
    """Indicators that stand on substitutes or estimates."""
    if facts.tables.lineage.empty:
        return
    used = facts.tables.lineage[facts.tables.lineage["method"].isin(list(_APPROXIMATE))]
    by: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in records(used[["indicator", "method", "place"]].drop_duplicates()):
        by[row["indicator"], row["method"]].add(row["place"])
    for one in facts.asked:
        for method, word in _APPROXIMATE.items():
            if places := by.get((one["indicator"], method)):
                evidence = f"{len(places)} 个城市的数由{word}得到"
                yield Suggestion(
                    "使用近似数",
                    evidence,
                    (name_of(one),),
                    "改列直接可得的项目，或把近似办法写进口径",
                    frozenset(places),
                )


def _sampled(count: int) -> str:
    return f"，其中 {count} 个为样例{SYNTHETIC_MARK}" if count else ""


_ABSENT = {
    False: "暂缓列入；找得到相近数据的改用代用指标并标明，否则删去",
    True: "明确责任单位和时限后保留；下一轮仍取不到的删去",
}
"""Whether any city has it -> what might be done."""

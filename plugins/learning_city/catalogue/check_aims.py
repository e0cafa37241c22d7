"""Checks of what is aimed at and what says the same: targets, basic requirements and declared overlaps."""

import re
from collections.abc import Iterator
from datetime import date

from learning_city.catalogue.draft import Dangling, Draft, by, is_unread, number, text
from learning_city.catalogue.faults import Fault
from learning_city.catalogue.spans import overlap, span
from learning_city.model import units
from learning_city.model.edition import Row
from learning_city.model.period import last_day

_PAIRS = {
    "requirement": [("framework", "indicator")],
    "target": [("framework", "indicator")],
    "overlap": [("framework", "indicator"), ("other_framework", "other_indicator")],
}


def dangling(draft: Draft) -> Iterator[Dangling]:
    """Indicators that are named with the wrong framework: each alone exists, the pair does not."""
    known = by(draft.tables["indicator"], "framework", "indicator")
    alone = {row["indicator"] for row in draft.tables["indicator"]}
    for table, pairs in _PAIRS.items():
        for row in draft.tables[table]:
            for framework, indicator in pairs:
                pair = (row[framework], row[indicator])
                if not is_unread(row, framework, indicator) and pair not in known and row[indicator] in alone:
                    zh = f"体系“{row[framework]}”没有指标“{row[indicator]}”，请核对体系和指标代码。"
                    en = f"{row[framework]!r} has no indicator {row[indicator]!r}; correct one of them."
                    yield Dangling(target="indicator", value=pair, fault=_fault(table, row, indicator, zh, en))


def faults(draft: Draft) -> Iterator[Fault]:
    """Aims that cannot be reached or compared, overlaps declared of one thing with itself or twice."""
    indicators = by(draft.tables["indicator"], "framework", "indicator")
    for table in ("target", "requirement"):
        for row in draft.tables[table]:
            yield from _aim(table, row)
            yield from _against(table, row, indicators.get((row["framework"], row["indicator"]), []))
    yield from _requirements(draft)
    yield from _overlaps(draft)


def _fault(table: str, row: Row, column: str, zh: str, en: str) -> Fault:
    return Fault(table=table, row=number(row), column=column, zh=zh, en=en)


def _aim(table: str, row: Row) -> Iterator[Fault]:
    low, high = row["low"], row["high"]
    if isinstance(low, float) and isinstance(high, float) and low > high:
        zh, en = f"下限 {low:g} 大于上限 {high:g}，请对调或改正。", f"{low:g} is above the upper bound {high:g}."
        yield _fault(table, row, "low", zh, en)
    needed = {"range": ("low", "high"), "higher": ("value",), "lower": ("value",)}
    for column in needed.get(text(row, "direction"), ()):
        if row[column] is None:
            zh = "方向为“在区间内”要填上下限，其他方向要填目标值。"
            yield _fault(table, row, column, zh, f"a target of direction {row['direction']!r} needs it.")
    due = text(row, "due")
    if due and last_day(due) is None and not _is_day(due):
        zh = f"“{due}”不是到期日，请写成 2020-12-31 或 2020。"
        yield _fault(table, row, "due", zh, f"{due!r} is not a day or a year like 2020-12-31 or 2020.")


def _is_day(said: str) -> bool:
    try:
        return bool(re.fullmatch(r"\d{4}-\d{2}-\d{2}", said) and date.fromisoformat(said))
    except ValueError:
        return False


def _against(table: str, row: Row, indicators: list[Row]) -> Iterator[Fault]:
    """A target is compared with its indicator's value as it stands: the units must be the same."""
    if not indicators:
        return
    together = [one for one in indicators if overlap(span(row), span(one))]
    if not together:
        zh = f"目标有效期内没有指标“{row['indicator']}”的行，请核对日期。"
        yield _fault(table, row, "valid_from", zh, "the indicator is never in force together with the target.")
    unit, theirs = text(row, "unit"), {text(one, "unit") for one in together if not is_unread(one, "unit")}
    if unit and theirs and units.canonical(unit) not in {units.canonical(their) for their in theirs}:
        zh = f"目标的单位“{unit}”与指标的单位“{'、'.join(sorted(theirs))}”不同，请换算后再填。"
        yield _fault(table, row, "unit", zh, f"the indicator is in {', '.join(sorted(theirs))}; convert the target.")


def _requirements(draft: Draft) -> Iterator[Fault]:
    """The rows of a requirement say the same of it, and it does not ask for more indicators than they are."""
    for (name,), rows in by(draft.tables["requirement"], "requirement").items():
        for column in ("name_zh", "framework", "level", "at_least", "certified_by"):
            other = next((row for row in rows if not is_unread(row, column) and row[column] != rows[0][column]), None)
            if other is not None and not is_unread(rows[0], column):
                zh = f"要求“{name}”各行这一列应相同，第 {number(rows[0])} 行是“{rows[0][column]}”。"
                en = f"the rows of {name!r} should agree; row {number(rows[0])} says {rows[0][column]!r}."
                yield _fault("requirement", other, column, zh, en)
        least = rows[0]["at_least"]
        if isinstance(least, int) and not 1 <= least <= len({row["indicator"] for row in rows}):
            zh = f"至少 {least} 项，而这项要求共有 {len(rows)} 项指标，请改正。"
            yield _fault("requirement", rows[0], "at_least", zh, f"{least} asked of {len(rows)} indicators.")


def _overlaps(draft: Draft) -> Iterator[Fault]:
    seen: dict[frozenset[tuple[object, object]], int] = {}
    for row in draft.tables["overlap"]:
        if is_unread(row, "framework", "indicator", "other_framework", "other_indicator"):
            continue
        one, other = (row["framework"], row["indicator"]), (row["other_framework"], row["other_indicator"])
        if one == other:
            zh = "指标不能与自己交叉，请改正另一指标。"
            yield _fault("overlap", row, "other_indicator", zh, "an indicator does not overlap itself.")
        elif (pair := frozenset((one, other))) in seen:
            zh = f"这一对指标在第 {seen[pair]} 行已经写过，请删去一行。"
            en = f"the pair stands already in row {seen[pair]}; remove one of them."
            yield _fault("overlap", row, "other_indicator", zh, en)
        else:
            seen[pair] = number(row)

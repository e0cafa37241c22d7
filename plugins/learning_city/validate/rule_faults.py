"""What is wrong with the rules themselves: contradictions, severities the contract forbids, rules that can never fire."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd

from learning_city.model.edition import Row
from learning_city.model.finding import Severity
from learning_city.model.status import ObsStatus
from learning_city.validate import check, messages, rule_data, submission_columns
from learning_city.validate.suites import Rule, Suite

ASKED = frozenset(
    ["range", "change", "outlier", "slip", "decimal", "swap", "cumulative", "yearbook", "departments", "evidence"]
)
"""Families of which a department may be right: they are asked about and never blocked."""
NEEDED: dict[str, dict[Severity, dict[str, str]]] = {
    "ledger": {
        Severity.BLOCK: {
            "identity.synthetic": "synthetic_here", "completeness.value_and_type": "value_and_type",
            "completeness.no_reason": "untold", "code.missing_type": "unknown_type", "code.choice": "no_choice",
            "type.not_a_number": "unread", "type.uncalculated": "uncalculated", "unit.negative": "0 <= count_value",
            "unit.share": "0 <= share_value <= 100", "unit.whole": "broken_whole", "parts.total": "parts_gap <= 0",
            "parts.over_total": "over_total <= 0", "rate.parts": "rate_gap <= 0", "duplicate.item": "twice",
        },
        Severity.ASK: {
            "completeness.blank": "blank", "range.low": "value >= low", "range.high": "high >= value",
            "cumulative.fall": "fall <= 0", "yearbook.differs": "yearbook_gap <= 0",
            "departments.differ": "department_gap <= 0", "slip.unit": "slip", "decimal.shift": "decimal",
            "swap.neighbour": "swap", "change.year_on_year": "change", "outlier.history": "outlier",
            "outlier.peers": "peer", "evidence.absent": "absent_evidence",
        },
        Severity.NOTE: {"type.repaired": "repaired"},
    },
    "submission": {
        Severity.BLOCK: {
            "identity.unreadable": "problem", "identity.token": "bad_token", "identity.template": "bad_template",
            "identity.round": "other_round", "identity.printed": "misprinted", "completeness.rows": "lacking",
            "legal.expired": "expired", "signoff.seal": "unsealed", "signoff.future": "future",
            "duplicate.token": "double_differs",
        },
        Severity.NOTE: {"duplicate.copy": "double_equal"},
    },
    "table": {
        Severity.ASK: {
            "period.unstated": "unstated", "type.not_a_number": "unread", "unit.negative": "0 <= count_value",
            "parts.total": "parts_gap <= 0", "table.place_not_of_year": "not_of_year",
            "table.counting_unit": "other_counting",
        },
    },
}  # fmt: skip
"""suite -> least severity -> the rules that must be there and what they ask: others rely on these findings"""
_WEIGHT = (Severity.NOTE, Severity.ASK, Severity.BLOCK)
_TOLD = ("found", "message_zh", "message_en", "expected", "fix_zh", "fix_en")
_BY_MESSAGES = frozenset({"found", "problem_zh", "problem_en", "remedy_zh", "remedy_en"})
_BY_STORE = ("revised", "revised_accepted", "changed_cells", "earlier")
"""Columns that only a revision has."""
_OF_AN_IDENTITY = ("round_wanted", "unsigned_cell", "code_computed")
"""Columns that only a workbook with an identity and a sign-off has."""


def faults(suites: Mapping[str, Suite], form_items: Sequence[Row]) -> list[str]:
    """Every fault of the suites by name and of the bounds of form items, in words; none is an empty list."""
    found = [*_bounds(form_items)]
    for name, suite in suites.items():
        where = f"{name}.json"
        if name not in NEEDED:
            found.append(f"{where}：没有什么用到它，只用 {', '.join(NEEDED)} / nothing uses this file; remove it.")
            continue
        found += [f"{where}: {said}" for said in (*_weaker(name, suite), *_severities(name, suite))]
        found += [f"{where}: {said}" for said in (*_contradictions(suite), *_silent(suite, set(_FRAMES[name]())))]
    return found


def _weaker(name: str, suite: Suite) -> Iterator[str]:
    """Rules others rely on that are missing, of less weight, or ask for something else."""
    asked = dict(zip(suite.looks_at, map(_asked, suite.expectations), strict=True))
    for least, rules in NEEDED[name].items():
        for rule_id, wanted in rules.items():
            if rule_id not in suite.rules:
                yield f"{rule_id}：约定要有的规则没有了，请恢复（{least}） / the contract needs this rule: restore it."
            elif _WEIGHT.index(suite.rules[rule_id].severity) < _WEIGHT.index(least):
                yield f"{rule_id}：约定至少为 {least}，请改回 / the contract calls this a {least}."
            elif asked[rule_id] != wanted:
                yield f"{rule_id}：约定问的是 {wanted}，现为 {asked[rule_id]}，请改回 / the contract asks this, restore it."


def _asked(described: dict[str, Any]) -> str:
    """An expectation in short: ``0 <= share_value <= 100``; a column alone must be null."""
    kwargs = described["kwargs"]
    if described["type"] == rule_data.BETWEEN:
        low = f"{kwargs['min_value']:.12g} <{'' if kwargs.get('strict_min') else '='} " if "min_value" in kwargs else ""
        high = (
            f" <{'' if kwargs.get('strict_max') else '='} {kwargs['max_value']:.12g}" if "max_value" in kwargs else ""
        )
        return f"{low}{kwargs['column']}{high}"
    if described["type"] == rule_data.GREATER:
        return f"{kwargs['column_A']} >{'=' if kwargs.get('or_equal') else ''} {kwargs['column_B']}"
    return str(kwargs["column"]) if described["type"] == rule_data.NULL else f"{described['type']} {kwargs}"


def _severities(name: str, suite: Suite) -> Iterator[str]:
    for rule in suite.rules.values():
        if name == "table" and rule.severity == Severity.BLOCK:
            yield f"{rule.rule_id}：印出来的数不能退回，不得为 block / what was printed can only be asked about."
        elif rule.family in ASKED and rule.severity == Severity.BLOCK:
            yield f"{rule.rule_id}：{rule.family} 类可能属实，须为 ask / this family may be right and is asked about."


def _contradictions(suite: Suite) -> Iterator[str]:
    """Bounds on one column, of one rule or of two, that leave no number."""
    lowest: dict[str, tuple[float, bool, str]] = {}
    highest: dict[str, tuple[float, bool, str]] = {}
    for rule_id, described in zip(suite.looks_at, suite.expectations, strict=True):
        kwargs = described["kwargs"]
        column = str(kwargs.get("column"))
        if "min_value" in kwargs:
            low = (kwargs["min_value"], kwargs.get("strict_min", False), rule_id)
            lowest[column] = max(lowest.get(column, low), low)
        if "max_value" in kwargs:
            high = (kwargs["max_value"], not kwargs.get("strict_max", False), rule_id)
            highest[column] = min(highest.get(column, high), high)
    for column in lowest.keys() & highest.keys():
        (least, above, one), (most, reached, other) = lowest[column], highest[column]
        if least > most or (least == most and (above or not reached)):
            bounds = f"{column} {'>' if above else '≥'} {least:g}, {'≤' if reached else '<'} {most:g}"
            yield f"{' 与 '.join(sorted({one, other}))} 互相矛盾，没有数能满足 / contradictory, no number is left: {bounds}."


def _silent(suite: Suite, columns: set[str]) -> Iterator[str]:
    """Rules on a column that nothing fills, and texts that name one."""
    for rule_id, rule in suite.rules.items():
        if missing := [column for column in suite.looks_at[rule_id] if column not in columns]:
            yield f"{rule_id}：没有 {', '.join(missing)} 这一列，规则永远不会触发 / no such column, it can never fire."
        if unknown := sorted(_named(rule) - columns - _BY_MESSAGES):
            yield f"{rule_id}：文字里的 ${', $'.join(unknown)} 没有来源 / nothing gives what its texts name."
        elif rule.cause in messages.REASONS and not rule.would_be and rule.family not in messages.ABOUT_NUMBERS:
            yield f"{rule_id}：{rule.cause} 只用于数值类规则 / this cause belongs to rules about numbers."


def _named(rule: Rule) -> set[str]:
    texts = " ".join(getattr(rule, name) for name in _TOLD)
    at = {rule.at} if rule.at.endswith("cell") else {f"{rule.at}_cell"} if rule.at else set()
    return set(re.findall(r"\$\{?(\w+)", texts)) | at | ({rule.would_be} - {""})


def _bounds(form_items: Sequence[Row]) -> Iterator[str]:
    for row in form_items:
        low, high = row.get("low"), row.get("high")
        if isinstance(low, int | float) and isinstance(high, int | float) and low > high:
            yield f"{row['form']} / {row['definition']}：下限 {low:g} 大于上限 {high:g} / low is above high."


def _sample() -> check.Batch:
    """One workbook with one item, as collected; only its columns matter."""
    texts = (
        "form", "sheet", "cell", "measure", "definition", "place", "unit", "parent", "parts", "numerator", "denominator",
        "text", "missing_type", "missing_cell", "reason", "reason_cell", "evidence", "evidence_cell", "department",
        "file", "label", "repaired", "not_of_year", "not_of_year_en", "definition_unit", "choices",
    )  # fmt: skip
    numbers = ("previous", "yearbook", "low", "high", "value")
    item = {**dict.fromkeys(texts, ""), **dict.fromkeys(numbers, float("nan")), "n": 1, "item_no": 1, "decimals": 0}
    item |= {"kind": "actual", "type": "number", "status": str(ObsStatus.NORMAL), "period": "2017"}
    item |= {"required": False, "is_synthetic": False}
    book = dict.fromkeys(("file", "round", "department", "place", "period"), "")
    submission = {**book, "n": 1, "identity": "{}", "signoff": "{}", "problem": None, "problem_detail": None}
    nothing = pd.DataFrame(columns=["n", "name", "kind"])
    return check.Batch(submissions=pd.DataFrame([submission]), items=pd.DataFrame([item]), evidence=nothing)


def _submission_columns() -> list[str]:
    batch = _sample()
    frame = submission_columns.prepare(
        batch.submissions, batch.items, batch.evidence, place_names={}, today=date(2018, 1, 1)
    )
    return [*frame, *_BY_STORE, *_OF_AN_IDENTITY]


_FRAMES: dict[str, Callable[[], list[str]]] = {
    "ledger": lambda: list(check.ledger_frame(_sample())),
    "table": lambda: list(check.table_frame(_sample())),
    "submission": _submission_columns,
}
"""suite -> the columns its frame has"""

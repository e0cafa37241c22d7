"""What is wrong with the rules themselves: contradictions, severities the contract forbids, rules that can never fire."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

import pandas as pd

from learning_city.model.edition import Row
from learning_city.model.finding import Severity
from learning_city.model.status import ObsStatus
from learning_city.validate import check, messages, submission_columns
from learning_city.validate.suites import Rule, Suite

ASKED = frozenset(
    ["range", "change", "outlier", "slip", "decimal", "swap", "cumulative", "yearbook", "departments", "evidence"]
)
"""Families of which a department may be right: they are asked about and never blocked."""
BLOCKED = frozenset(
    [
        "identity.token", "identity.template", "identity.round", "identity.printed", "completeness.value_and_type",
        "completeness.no_reason", "type.not_a_number", "unit.negative", "unit.share", "parts.total", "parts.over_total",
        "rate.parts", "duplicate.token", "signoff.seal", "signoff.future", "legal.expired",
    ]
)  # fmt: skip
"""Rules on workbooks that the contract calls a block."""
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
        found += [f"{where}: {said}" for said in (*_severities(name, suite), *_contradictions(suite))]
        found += [f"{where}: {said}" for said in _silent(suite, set(_FRAMES[name]()))]
    return found


def _severities(name: str, suite: Suite) -> Iterator[str]:
    for rule in suite.rules.values():
        if name == "table" and rule.severity == Severity.BLOCK:
            yield f"{rule.rule_id}：印出来的数不能打回，不得为 block / what was printed can only be asked about."
        elif rule.family in ASKED and rule.severity == Severity.BLOCK:
            yield f"{rule.rule_id}：{rule.family} 类可能属实，须为 ask / this family may be right and is asked about."
        elif name != "table" and rule.rule_id in BLOCKED and rule.severity != Severity.BLOCK:
            yield f"{rule.rule_id}：约定为 block / the contract calls this a block."


def _contradictions(suite: Suite) -> Iterator[str]:
    """Two rules on one column whose bounds leave no number."""
    lowest: dict[str, tuple[float, str]] = {}
    highest: dict[str, tuple[float, str]] = {}
    for rule_id, described in zip(suite.looks_at, suite.expectations, strict=True):
        kwargs = described["kwargs"]
        column = str(kwargs.get("column"))
        if (low := kwargs.get("min_value")) is not None:
            lowest[column] = max(lowest.get(column, (low, rule_id)), (low, rule_id))
        if (high := kwargs.get("max_value")) is not None:
            highest[column] = min(highest.get(column, (high, rule_id)), (high, rule_id))
    for column in lowest.keys() & highest.keys():
        (low, one), (high, other) = lowest[column], highest[column]
        if low > high:
            yield f"{one} 与 {other} 互相矛盾 / contradict each other: {column} ≥ {low:g}, ≤ {high:g}."


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
    return set(re.findall(r"\$(\w+)", texts)) | at | ({rule.would_be} - {""})


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

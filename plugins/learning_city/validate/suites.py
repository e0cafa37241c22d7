"""Load the Great Expectations suites in ``expectations/``: native JSON, a closed list of types and keys.

A suite is data. Nothing in it may become code: no row condition, no SQL, no unknown key.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from learning_city.errors import NeedsAPerson
from learning_city.model.finding import Severity
from learning_city.model.home import CHECKOUT

FOLDER = CHECKOUT / "expectations"
TYPES: dict[str, frozenset[str]] = {
    "expect_column_values_to_be_null": frozenset({"column"}),
    "expect_column_values_to_be_between": frozenset({"column", "min_value", "max_value", "strict_min", "strict_max"}),
    "expect_column_values_to_be_in_set": frozenset({"column", "value_set"}),
    "expect_column_pair_values_a_to_be_greater_than_b": frozenset(
        {"column_A", "column_B", "or_equal", "ignore_row_if"}
    ),
    "expect_compound_columns_to_be_unique": frozenset({"column_list"}),
}
NULL = "expect_column_values_to_be_null"
FAMILIES = frozenset(
    [
        "identity",
        "completeness",
        "type",
        "unit",
        "code",
        "range",
        "duplicate",
        "parts",
        "rate",
        "change",
        "outlier",
        "slip",
        "decimal",
        "swap",
        "cumulative",
        "yearbook",
        "departments",
        "evidence",
        "signoff",
        "legal",
    ]
)
_META = frozenset(
    [
        "rule_id",
        "family",
        "severity",
        "because",
        "message_zh",
        "message_en",
        "found",
        "expected",
        "at",
        "cause",
        "would_be",
        "fix_zh",
        "fix_en",
    ]
)
_SEVERITY = {Severity.BLOCK: "critical", Severity.ASK: "warning", Severity.NOTE: "info"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What a rule says beside its expectation. Texts may name columns of the frame as ``$column``."""

    rule_id: str
    family: str
    severity: Severity
    because: str
    message_zh: str
    message_en: str
    found: str
    expected: str
    at: str
    cause: str
    would_be: str
    fix_zh: str
    fix_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """One suite: the native JSON for Great Expectations, and its rules by id."""

    name: str
    native: dict[str, object]
    rules: dict[str, Rule]
    looks_at: dict[str, tuple[str, ...]]

    def columns(self) -> dict[str, bool]:
        """Every column the rules look at, and whether all they ask of it is to be null."""
        only_null: dict[str, bool] = {}
        null = self._null
        for rule_id, columns in self.looks_at.items():
            for column in columns:
                only_null[column] = only_null.get(column, True) and rule_id in null
        return only_null

    @property
    def expectations(self) -> list[dict[str, Any]]:
        """The rules as Great Expectations takes them, in the order of ``looks_at``."""
        rules: list[dict[str, Any]] = list(self.native["expectations"])  # type: ignore[call-overload]
        return rules

    @property
    def _null(self) -> frozenset[str]:
        return frozenset(one["meta"]["rule_id"] for one in self.expectations if one["type"] == NULL)


@cache
def load(name: str, folder: Path = FOLDER) -> Suite:
    """The suite ``<name>.json``; raises NeedsAPerson naming the rule and the key that is not allowed."""
    path = folder / f"{name}.json"
    native = json.loads(path.read_text(encoding="utf-8"))
    if set(native) - {"name", "meta", "expectations"}:
        raise NeedsAPerson(f"{path.name}: unknown key(s) {sorted(set(native) - {'name', 'meta', 'expectations'})}.")
    rules: dict[str, Rule] = {}
    looks_at: dict[str, tuple[str, ...]] = {}
    for number, described in enumerate(native["expectations"], start=1):
        rule = _rule(f"{path.name}, rule {number}", described)
        if rule.rule_id in rules:
            raise NeedsAPerson(f"{path.name}, rule {number}: {rule.rule_id!r} stands twice.")
        rules[rule.rule_id] = rule
        looks_at[rule.rule_id] = _columns(described["kwargs"])
    return Suite(name=native["name"], native=native, rules=rules, looks_at=looks_at)


def _columns(kwargs: dict[str, object]) -> tuple[str, ...]:
    """The columns an expectation looks at."""
    listed = kwargs.get("column_list", [])
    single = [kwargs[name] for name in ("column", "column_A", "column_B") if name in kwargs]
    return tuple(str(name) for name in [*single, *(listed if isinstance(listed, list) else [])])


def _rule(where: str, described: dict[str, object]) -> Rule:
    if unknown := set(described) - {"type", "kwargs", "severity", "meta"}:
        raise NeedsAPerson(f"{where}: key(s) {sorted(unknown)} are not allowed in a suite.")
    kind, kwargs, meta = described.get("type"), described.get("kwargs"), described.get("meta")
    if not isinstance(kind, str) or kind not in TYPES:
        raise NeedsAPerson(f"{where}: expectation {kind!r} is not in the list of allowed types.")
    if not isinstance(kwargs, dict) or set(kwargs) - TYPES[kind]:
        raise NeedsAPerson(f"{where}: {kind} may only have {sorted(TYPES[kind])}; a condition or SQL is refused.")
    if not isinstance(meta, dict) or set(meta) != _META or not meta["because"]:
        raise NeedsAPerson(f"{where}: meta must say exactly {sorted(_META)}, and why the rule exists (because).")
    if meta["family"] not in FAMILIES:
        raise NeedsAPerson(f"{where}: family {meta['family']!r} is not known.")
    if meta["severity"] not in set(Severity):
        raise NeedsAPerson(f"{where}: severity {meta['severity']!r} is not block, ask or note.")
    rule = Rule(**{**meta, "severity": Severity(meta["severity"])})
    if described.get("severity") != _SEVERITY[rule.severity]:
        raise NeedsAPerson(f"{where}: severity must be {_SEVERITY[rule.severity]!r} for {rule.severity}.")
    return rule

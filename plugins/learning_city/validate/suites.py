"""Load the Great Expectations suites in ``expectations/``: native JSON that is plain data and has no faults."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from learning_city.model.finding import Severity
from learning_city.model.home import CHECKOUT
from learning_city.validate import rule_data

FOLDER = CHECKOUT / "expectations"


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
        return frozenset(one["meta"]["rule_id"] for one in self.expectations if one["type"] == rule_data.NULL)


@cache
def load(name: str, folder: Path = FOLDER) -> Suite:
    """The suite ``<name>.json`` to be used; raises RulesRefused for whatever ``lcm rules check`` refuses."""
    from learning_city.validate import rule_faults  # which looks at the frames, whose rules come from here

    suite = read(name, folder)
    if found := rule_faults.faults({name: suite}, []):
        raise rule_data.RulesRefused(*found)
    return suite


def read(name: str, folder: Path = FOLDER) -> Suite:
    """The suite as it is said; raises RulesRefused naming file, rule and what in it is not plain data."""
    path = folder / f"{name}.json"
    native = rule_data.read_json(path)
    rules: dict[str, Rule] = {}
    looks_at: dict[str, tuple[str, ...]] = {}
    wrong: list[str] = []
    for number, described in enumerate(native["expectations"], start=1):
        where = f"{path.name} 第 {number} 条 rule {number}"
        if found := [f"{where}{_id(described)}：{said}" for said in rule_data.faults(described)]:
            wrong += found
            continue
        rule = Rule(**{**described["meta"], "severity": Severity(described["meta"]["severity"])})
        if rule.rule_id in rules:
            wrong.append(f"{where}：{rule.rule_id} 出现两次，删去一条 / stands twice.")
        rules[rule.rule_id] = rule
        looks_at[rule.rule_id] = _columns(described["kwargs"])
    if wrong:
        raise rule_data.RulesRefused(*wrong)
    return Suite(name=name, native=native, rules=rules, looks_at=looks_at)


def _id(described: object) -> str:
    meta = described.get("meta") if isinstance(described, dict) else None
    return f" {meta['rule_id']}" if isinstance(meta, dict) and meta.get("rule_id") else ""


def _columns(kwargs: dict[str, Any]) -> tuple[str, ...]:
    """The columns an expectation looks at."""
    single = [kwargs[name] for name in ("column", "column_A", "column_B") if name in kwargs]
    return (*single, *kwargs.get("column_list", []))

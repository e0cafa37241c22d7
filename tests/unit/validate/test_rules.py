"""The rules themselves are checked: contradictions, severities the contract forbids, rules that can never fire."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from learning_city.catalogue.read import read
from learning_city.errors import NeedsAPerson
from learning_city.model.finding import Severity
from learning_city.validate import suites
from learning_city.validate.rule_faults import NEEDED, faults
from learning_city.warehouse.statements import SQL

NATIVE = {path.stem: json.loads(path.read_bytes()) for path in suites.FOLDER.glob("*.json")}


def rewritten(tmp_path: Path, name: str, native: dict[str, Any]) -> list[str]:
    """The faults of a suite, each of which also keeps a validation from using it."""
    (tmp_path / f"{name}.json").write_text(json.dumps(native), encoding="utf-8")
    found = faults({name: suites.read(name, tmp_path)}, [])
    with pytest.raises(NeedsAPerson) as refused:
        suites.load(name, tmp_path)
    assert all(said in str(refused.value) for said in found)
    return found


def rule_of(native: dict[str, Any], rule_id: str) -> dict[str, Any]:
    return next(one for one in native["expectations"] if one["meta"]["rule_id"] == rule_id)


def changed(tmp_path: Path, name: str, which: str, *, kwargs: dict[str, Any] | None = None, **meta: str) -> list[str]:
    """The faults of a suite in which one rule is said otherwise."""
    native = deepcopy(NATIVE[name])
    rule = rule_of(native, which)
    rule["kwargs"] |= kwargs or {}
    rule["meta"] |= meta
    rule["severity"] = {"block": "critical", "ask": "warning", "note": "info"}[rule["meta"]["severity"]]
    return rewritten(tmp_path, name, native)


def bounded(tmp_path: Path, *more: dict[str, Any]) -> list[str]:
    """The faults of a suite with further bounds on shares, which lie between 0 and 100."""
    native = deepcopy(NATIVE["ledger"])
    for n, kwargs in enumerate(more):
        rule = deepcopy(rule_of(native, "unit.share"))
        rule["kwargs"] = {"column": "share_value", **kwargs}
        rule["meta"]["rule_id"] = f"unit.more_{n}"
        native["expectations"].append(rule)
    return rewritten(tmp_path, "ledger", native)


def test_the_rules_in_use_have_no_faults() -> None:
    form_items = read(SQL / "reference").tables["form_item"]
    assert faults({name: suites.load(name) for name in NATIVE}, form_items) == []


@pytest.mark.parametrize(
    "more",
    [
        [{"max_value": -5}],
        [{"min_value": 7, "max_value": 6}],
        [{"min_value": 7, "max_value": 7, "strict_min": True}],
        [{"min_value": 7, "max_value": 7, "strict_max": True}],
        [{"min_value": 7}, {"max_value": 7, "strict_max": True}],
        [{"min_value": 100, "strict_min": True}],
    ],
)
def test_bounds_that_leave_no_number_contradict_each_other(tmp_path: Path, more: list[dict[str, Any]]) -> None:
    (said,) = bounded(tmp_path, *more)
    assert "unit.more_0" in said
    assert "互相矛盾" in said


def test_bounds_that_leave_one_number_do_not_contradict_each_other(tmp_path: Path) -> None:
    native = deepcopy(NATIVE["ledger"])
    more = deepcopy(rule_of(native, "unit.share"))
    more["kwargs"] = {"column": "share_value", "min_value": 7, "max_value": 7}
    more["meta"]["rule_id"] = "unit.more"
    native["expectations"].append(more)
    (tmp_path / "ledger.json").write_text(json.dumps(native), encoding="utf-8")
    assert "unit.more" in suites.load("ledger", tmp_path).rules


@pytest.mark.parametrize("name", NEEDED)
def test_rules_others_rely_on_are_missed(tmp_path: Path, name: str) -> None:
    needed = [rule_id for rules in NEEDED[name].values() for rule_id in rules]
    native = deepcopy(NATIVE[name])
    native["expectations"] = [one for one in native["expectations"] if one["meta"]["rule_id"] not in needed]
    said = rewritten(tmp_path, name, native)
    assert [one.split("：")[0] for one in said] == [f"{name}.json: {rule_id}" for rule_id in needed]
    assert all("约定要有的规则没有了" in one for one in said)


@pytest.mark.parametrize("name", ["ledger", "submission"])
def test_every_rule_that_blocks_is_one_others_rely_on(name: str) -> None:
    blocking = {rule.rule_id for rule in suites.load(name).rules.values() if rule.severity == Severity.BLOCK}
    assert blocking == NEEDED[name][Severity.BLOCK].keys()


def test_a_rule_others_rely_on_is_missed_under_another_name(tmp_path: Path) -> None:
    (said,) = changed(tmp_path, "ledger", "parts.total", severity="ask", rule_id="parts.sum")
    assert said.startswith("ledger.json: parts.total：约定要有的规则没有了")


@pytest.mark.parametrize(
    ("name", "rule_id", "kwargs"),
    [
        ("ledger", "parts.total", {"max_value": 1_000_000}),
        ("ledger", "unit.share", {"max_value": 1000}),
        ("ledger", "unit.negative", {"column": "parts_gap"}),
        ("ledger", "range.low", {"column_B": "high"}),
        ("submission", "signoff.seal", {"column": "future"}),
    ],
)
def test_a_rule_others_rely_on_still_asks_what_it_asked(
    tmp_path: Path, name: str, rule_id: str, kwargs: dict[str, Any]
) -> None:
    (said,) = changed(tmp_path, name, rule_id, kwargs=kwargs)
    assert said.startswith(f"{name}.json: {rule_id}：约定问的是")


@pytest.mark.parametrize(
    ("name", "rule_id", "severity"),
    [
        ("ledger", "change.year_on_year", "block"),
        ("ledger", "unit.negative", "ask"),
        ("ledger", "completeness.blank", "note"),
        ("table", "parts.total", "note"),
        ("submission", "signoff.seal", "ask"),
        ("table", "unit.negative", "block"),
    ],
)
def test_a_severity_the_contract_forbids_is_named(tmp_path: Path, name: str, rule_id: str, severity: str) -> None:
    (said,) = changed(tmp_path, name, rule_id, severity=severity)
    assert said.startswith(f"{name}.json: {rule_id}")


def test_a_rule_on_a_column_nothing_fills_can_never_fire(tmp_path: Path) -> None:
    (said,) = changed(tmp_path, "ledger", "change.repeated", kwargs={"column": "blanc"})
    assert "blanc" in said
    assert "永远不会触发" in said


@pytest.mark.parametrize("text", ["$lable", "${lable}人"])
@pytest.mark.parametrize("key", ["message_zh", "expected", "fix_en"])
def test_a_text_that_names_a_column_nothing_fills_is_named(tmp_path: Path, key: str, text: str) -> None:
    (said,) = changed(tmp_path, "ledger", "completeness.blank", **{key: text})
    assert "$lable" in said


def test_a_proposal_from_a_column_nothing_fills_is_named(tmp_path: Path) -> None:
    (said,) = changed(tmp_path, "ledger", "completeness.blank", would_be="guess")
    assert "$guess" in said


def test_a_form_item_whose_low_is_above_its_high_is_named() -> None:
    (said,) = faults({}, [{"form": "edu", "definition": "schools", "low": 9.0, "high": 3.0}])
    assert said.startswith("edu / schools：下限 9 大于上限 3")

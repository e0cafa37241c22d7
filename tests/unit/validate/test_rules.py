"""The rules themselves are checked: contradictions, severities the contract forbids, rules that can never fire."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from learning_city.catalogue.read import read
from learning_city.validate import suites
from learning_city.validate.rule_faults import faults
from learning_city.warehouse.statements import SQL

NATIVE = {path.stem: json.loads(path.read_bytes()) for path in suites.FOLDER.glob("*.json")}


def changed(tmp_path: Path, name: str, rule_id: str, *, kwargs: dict[str, Any] | None = None, **meta: str) -> list[str]:
    """The faults of a suite in which one rule is said otherwise."""
    native = deepcopy(NATIVE[name])
    rule = next(one for one in native["expectations"] if one["meta"]["rule_id"] == rule_id)
    rule["kwargs"] |= kwargs or {}
    rule["meta"] |= meta
    rule["severity"] = {"block": "critical", "ask": "warning", "note": "info"}[rule["meta"]["severity"]]
    (tmp_path / f"{name}.json").write_text(json.dumps(native), encoding="utf-8")
    return faults({name: suites.load(name, tmp_path)}, [])


def test_the_rules_in_use_have_no_faults() -> None:
    form_items = read(SQL / "reference").tables["form_item"]
    assert faults({name: suites.load(name) for name in NATIVE}, form_items) == []


def test_two_rules_whose_bounds_leave_no_number_contradict_each_other(tmp_path: Path) -> None:
    (said,) = changed(tmp_path, "ledger", "unit.share", kwargs={"column": "count_value", "max_value": -5})
    assert "unit.negative" in said or "unit.share" in said
    assert "互相矛盾" in said


@pytest.mark.parametrize(
    ("name", "rule_id", "severity"),
    [
        ("ledger", "change.year_on_year", "block"),
        ("ledger", "unit.negative", "ask"),
        ("submission", "signoff.seal", "ask"),
        ("table", "unit.negative", "block"),
    ],
)
def test_a_severity_the_contract_forbids_is_named(tmp_path: Path, name: str, rule_id: str, severity: str) -> None:
    (said,) = changed(tmp_path, name, rule_id, severity=severity)
    assert said.startswith(f"{name}.json: {rule_id}")


def test_a_rule_on_a_column_nothing_fills_can_never_fire(tmp_path: Path) -> None:
    (said,) = changed(tmp_path, "ledger", "completeness.blank", kwargs={"column": "blanc"})
    assert "blanc" in said
    assert "永远不会触发" in said


@pytest.mark.parametrize("key", ["message_zh", "expected", "fix_en"])
def test_a_text_that_names_a_column_nothing_fills_is_named(tmp_path: Path, key: str) -> None:
    (said,) = changed(tmp_path, "ledger", "completeness.blank", **{key: "$lable"})
    assert "$lable" in said


def test_a_proposal_from_a_column_nothing_fills_is_named(tmp_path: Path) -> None:
    (said,) = changed(tmp_path, "ledger", "completeness.blank", would_be="guess")
    assert "$guess" in said


def test_a_form_item_whose_low_is_above_its_high_is_named() -> None:
    (said,) = faults({}, [{"form": "edu", "definition": "schools", "low": 9.0, "high": 3.0}])
    assert said.startswith("edu / schools：下限 9 大于上限 3")

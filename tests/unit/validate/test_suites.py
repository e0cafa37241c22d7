"""A suite is data: what could run as code, or does not say why it exists, is refused."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from learning_city.errors import NeedsAPerson
from learning_city.validate import suites

RULE: dict[str, Any] = {
    "type": "expect_column_values_to_be_null",
    "kwargs": {"column": "blank"},
    "severity": "warning",
    "meta": {
        "rule_id": "completeness.blank",
        "family": "completeness",
        "severity": "ask",
        "because": "A blank says neither zero nor missing.",
        **dict.fromkeys(("message_zh", "message_en", "found", "expected", "at", "cause", "would_be"), ""),
        **dict.fromkeys(("fix_zh", "fix_en"), ""),
    },
}


def rule(**changes: Any) -> dict[str, Any]:
    return {**deepcopy(RULE), **changes}


def meta(**changes: Any) -> dict[str, Any]:
    return rule(meta={**RULE["meta"], **changes})


def load(folder: Path, *rules: dict[str, Any], **keys: Any) -> suites.Suite:
    said = {"name": "ledger", "meta": {}, "expectations": list(rules), **keys}
    (folder / "ledger.json").write_text(json.dumps(said), encoding="utf-8")
    return suites.load("ledger", folder)


def test_a_rule_that_says_everything_is_loaded(tmp_path: Path) -> None:
    assert list(load(tmp_path, RULE).rules) == ["completeness.blank"]


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (rule(kwargs={"column": "blank", "row_condition": "__import__('os').system('id')"}), "condition or SQL"),
        (rule(kwargs={"column": "blank", "condition_parser": "pandas"}), "condition or SQL"),
        (rule(type="unexpected_rows_expectation"), "not in the list"),
        (rule(type="expect_query_results_to_match_comparison"), "not in the list"),
        (rule(type=None), "not in the list"),
        (rule(notes="x"), "notes"),
        (rule(severity="info"), "severity must be 'warning'"),
        (meta(because=""), "because"),
        (meta(because="x", extra="y"), "meta must say exactly"),
        (rule(meta={k: v for k, v in RULE["meta"].items() if k != "because"}), "because"),
        (meta(family="taste"), "taste"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_rule_that_is_not_plain_data_is_refused_by_its_place(
    tmp_path: Path, bad: dict[str, Any], message: str
) -> None:
    good = meta(rule_id="another")
    with pytest.raises(NeedsAPerson, match=r"ledger\.json, rule 2: ") as refused:
        load(tmp_path, good, bad)
    assert message in str(refused.value)


def test_an_unknown_key_of_a_suite_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NeedsAPerson, match="evaluation_parameters"):
        load(tmp_path, RULE, evaluation_parameters={})


def test_a_rule_that_stands_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NeedsAPerson, match="stands twice"):
        load(tmp_path, RULE, RULE)


@pytest.mark.parametrize("severity", ["fatal", ""])
def test_a_severity_nobody_knows_is_refused(tmp_path: Path, severity: str) -> None:
    with pytest.raises(NeedsAPerson, match="rule 1: severity"):
        load(tmp_path, meta(severity=severity))

"""A suite is data: what could run as code, is not of its kind, or does not say why it exists, is refused."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from learning_city.cli.rules import app
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
        **dict.fromkeys(("message_zh", "message_en", "fix_zh", "fix_en"), "x"),
        **dict.fromkeys(("found", "expected", "at", "cause", "would_be"), ""),
    },
}
BETWEEN = "expect_column_values_to_be_between"
IN_SET = "expect_column_values_to_be_in_set"
GREATER = "expect_column_pair_values_a_to_be_greater_than_b"
UNIQUE = "expect_compound_columns_to_be_unique"


def rule(**changes: Any) -> dict[str, Any]:
    return {**deepcopy(RULE), **changes}


def asks(kind: str, **kwargs: Any) -> dict[str, Any]:
    return rule(type=kind, kwargs=kwargs)


def meta(**changes: Any) -> dict[str, Any]:
    return rule(meta={**RULE["meta"], **changes})


def read(folder: Path, *rules: object, **keys: Any) -> suites.Suite:
    said = {"name": "ledger", "meta": {}, "expectations": list(rules), **keys}
    (folder / "ledger.json").write_text(json.dumps(said), encoding="utf-8")
    return suites.read("ledger", folder)


@pytest.mark.parametrize(
    "good",
    [
        RULE,
        asks(BETWEEN, column="value", min_value=0, max_value=0.5, strict_max=True),
        asks(IN_SET, column="unit", value_set=["人", 1]),
        asks(GREATER, column_A="value", column_B="low", or_equal=True, ignore_row_if="neither"),
        asks(UNIQUE, column_list=["form", "cell"]),
    ],
    ids=lambda good: str(good["type"]),
)
def test_a_rule_that_says_everything_is_read(tmp_path: Path, good: dict[str, Any]) -> None:
    assert list(read(tmp_path, good).rules) == ["completeness.blank"]


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (rule(kwargs={"column": "blank", "row_condition": "__import__('os').system('id')"}), "condition or SQL"),
        (rule(kwargs={"column": "blank", "condition_parser": "pandas"}), "condition or SQL"),
        (rule(type="unexpected_rows_expectation"), "not in the list"),
        (rule(type="expect_query_results_to_match_comparison"), "not in the list"),
        (rule(type=None), "not in the list"),
        (rule(type=[]), "not in the list"),
        (rule(notes="x"), "notes"),
        (rule(severity="info"), "severity must be 'warning'"),
        (rule(severity=[]), "severity must be 'warning'"),
        (meta(because=" "), "because must say something"),
        (meta(message_zh=""), "message_zh must say something"),
        (meta(message_zh=12), "message_zh must be a text"),
        (meta(family=["unit"]), "family must be a text"),
        (meta(because="x", extra="y"), "meta must say exactly"),
        (rule(meta={k: v for k, v in RULE["meta"].items() if k != "because"}), "['because'] / meta must say exactly"),
        (rule(meta=None), "meta must say exactly"),
        (meta(family="taste"), "taste"),
        (meta(severity="fatal"), "block, ask or note"),
        (meta(severity=""), "block, ask or note"),
        ("x", "must be an object"),
        (rule(kwargs={}), "缺 column"),
        (rule(kwargs=None), "缺 column"),
        (asks(GREATER), "缺 column_A, column_B"),
        (rule(kwargs={"column": 7}), "name of a column"),
        (rule(kwargs={"column": {"$PARAMETER": "now()"}}), "name of a column"),
        (asks(BETWEEN, column="value"), "缺 min_value 或 max_value"),
        (asks(BETWEEN, column="value", min_value="abc"), "min_value must be a number"),
        (asks(BETWEEN, column="value", min_value={"$PARAMETER": "now()"}), "min_value must be a number"),
        (asks(BETWEEN, column="value", min_value=None), "min_value must be a number"),
        (asks(BETWEEN, column="value", max_value=True), "max_value must be a number"),
        (asks(BETWEEN, column="value", max_value=float("nan")), "max_value must be a number"),
        (asks(BETWEEN, column="value", max_value=10**400), "max_value must be a number"),
        (asks(BETWEEN, column="value", min_value=0, strict_min="yes"), "strict_min must be true or false"),
        (asks(IN_SET, column="unit", value_set="abc"), "value_set must be a list"),
        (asks(IN_SET, column="unit", value_set=[]), "value_set must be a list"),
        (asks(IN_SET, column="unit", value_set=[{"$PARAMETER": "x"}]), "value_set must be a list"),
        (asks(GREATER, column_A="value", column_B="low", ignore_row_if="sometimes"), "ignore_row_if must be one of"),
        (asks(GREATER, column_A="value", column_B="low", ignore_row_if=[]), "ignore_row_if must be one of"),
        (asks(GREATER, column_A="value", column_B="value"), "are one column"),
        (asks(UNIQUE, column_list="form"), "column_list must be a list"),
        (asks(UNIQUE, column_list=["form", ["cell"]]), "column_list must be a list"),
    ],
)
def test_a_rule_that_is_not_plain_data_is_refused_by_its_place(tmp_path: Path, bad: object, message: str) -> None:
    with pytest.raises(NeedsAPerson, match=r"ledger\.json 第 2 条 rule 2.*：.* / .*") as refused:
        read(tmp_path, meta(rule_id="another"), bad)
    assert message in str(refused.value)
    with pytest.raises(NeedsAPerson, match=r"ledger\.json 第 2 条 rule 2"):
        suites.load("ledger", tmp_path)


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"evaluation_parameters": {}}, "evaluation_parameters"),
        ({"expectations": []}, "没有规则"),
        ({"expectations": {"x": 1}}, "没有规则"),
        ({"expectations": None}, "没有规则"),
        ({"name": 7}, "name 须为 'ledger'"),
        ({"name": "table"}, "name 须为 'ledger'"),
    ],
)
def test_a_suite_that_is_not_plain_data_is_refused(tmp_path: Path, keys: dict[str, Any], message: str) -> None:
    with pytest.raises(NeedsAPerson, match=r"ledger\.json：") as refused:
        read(tmp_path, RULE, **keys)
    assert message in str(refused.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'{"name": "ledger",\n "meta": {},,}', "ledger.json 第 2 行第 13 列"),
        (b"", "ledger.json 第 1 行第 1 列"),
        ("{“name”: 1}".encode(), "ledger.json 第 1 行第 2 列"),
        ('{"name": "台账"}'.encode("gb18030"), "ledger.json：读不了"),
        (b'{"name": "ledger", "name": "ledger"}', "name 写了两次"),
        (b"[" * 200_000, "ledger.json：读不了"),
        (b"[]", "ledger.json：应为"),
        (b'{"expectations": [{}]}', "name 须为 'ledger'"),
        (None, "ledger.json：读不了"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_a_sentence(
    tmp_path: Path, content: bytes | None, message: str
) -> None:
    if content is not None:
        (tmp_path / "ledger.json").write_bytes(content)
    with pytest.raises(NeedsAPerson) as refused:
        suites.load("ledger", tmp_path)
    assert message in str(refused.value)


def test_a_file_that_notepad_saved_is_read(tmp_path: Path) -> None:
    native = (suites.FOLDER / "ledger.json").read_text(encoding="utf-8")
    (tmp_path / "ledger.json").write_text(native, encoding="utf-8-sig")
    assert suites.read("ledger", tmp_path) == suites.read("ledger")


def test_a_rule_that_stands_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NeedsAPerson, match="stands twice"):
        read(tmp_path, RULE, RULE)


def test_every_fault_of_every_file_is_said_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suites, "FOLDER", tmp_path)
    with pytest.raises(NeedsAPerson):
        read(tmp_path, meta(message_zh=1, fix_en=""))
    (tmp_path / "submission.json").write_text("{", encoding="utf-8")
    (tmp_path / "mine.json").write_text(json.dumps({"name": "mine", "expectations": [RULE]}), encoding="utf-8")
    said = str(CliRunner().invoke(app, ["check"]).exception)
    for place in ("ledger.json 第 1 条", "fix_en", "submission.json 第 1 行第 2 列", "mine.json", "table.json：读不了"):
        assert place in said

"""What the file of a suite may hold: JSON with a closed list of expectation types, keys and kinds of values.

A suite is data. Nothing in it may become code: no row condition, no SQL, no parameter to be worked out, no unknown key.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from learning_city.errors import NeedsAPerson
from learning_city.model.finding import Severity

NULL = "expect_column_values_to_be_null"
BETWEEN = "expect_column_values_to_be_between"
IN_SET = "expect_column_values_to_be_in_set"
GREATER = "expect_column_pair_values_a_to_be_greater_than_b"
UNIQUE = "expect_compound_columns_to_be_unique"
TYPES: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    NULL: (frozenset({"column"}), frozenset()),
    BETWEEN: (frozenset({"column"}), frozenset({"min_value", "max_value", "strict_min", "strict_max"})),
    IN_SET: (frozenset({"column", "value_set"}), frozenset()),
    GREATER: (frozenset({"column_A", "column_B"}), frozenset({"or_equal", "ignore_row_if"})),
    UNIQUE: (frozenset({"column_list"}), frozenset()),
}
"""expectation -> the kwargs it must have, and those it may have"""
FAMILIES = frozenset(
    [
        "identity", "completeness", "type", "unit", "code", "range", "duplicate", "parts", "rate", "change", "outlier",
        "slip", "decimal", "swap", "cumulative", "yearbook", "departments", "evidence", "signoff", "legal",
    ]
)  # fmt: skip
_SAID = frozenset(["rule_id", "because", "message_zh", "message_en", "fix_zh", "fix_en"])
_META = _SAID | {"family", "severity", "found", "expected", "at", "cause", "would_be"}
_SEVERITY = {Severity.BLOCK: "critical", Severity.ASK: "warning", Severity.NOTE: "info"}
_ENDLESS = 1e300
_IGNORED = ("both_values_are_missing", "either_value_is_missing", "neither")


class RulesRefused(NeedsAPerson):
    """The rules cannot be used as they stand; ``found`` says each fault with file, rule and what to change."""

    def __init__(self, *found: str) -> None:
        self.found = found
        heading, remedy = "规则有误 / faults in the rules:", "改好后运行 lcm rules check / mend them, then run it."
        super().__init__("\n".join([heading, *found, remedy]))


def read_json(path: Path) -> dict[str, Any]:
    """The suite as it stands in its file; raises RulesRefused saying line and column, or the key that is wrong."""
    try:
        native = json.loads(path.read_text(encoding="utf-8-sig"), object_pairs_hook=_once)
    except json.JSONDecodeError as bad:
        raise RulesRefused(
            f"{path.name} 第 {bad.lineno} 行第 {bad.colno} 列：不是 JSON / line {bad.lineno}, column {bad.colno}: {bad.msg}."
        ) from bad
    except (OSError, ValueError, RecursionError) as bad:
        raise RulesRefused(f"{path.name}：读不了 / cannot be read: {bad}.") from bad
    if found := [f"{path.name}：{said}" for said in _suite(native, path.stem)]:
        raise RulesRefused(*found)
    return native  # type: ignore[no-any-return]


def faults(described: object) -> Iterator[str]:
    """What is wrong with one rule as it stands in the file, in words."""
    if not isinstance(described, dict):
        yield "一条规则须为 {…} / a rule must be an object."
        return
    if unknown := set(described) - {"type", "kwargs", "severity", "meta"}:
        yield f"不许有 {_list(unknown)} / not allowed in a rule."
    yield from _asks(described.get("type"), described.get("kwargs"))
    meta = described.get("meta")
    wrong = [*_meta(meta)]
    yield from wrong
    if isinstance(meta, dict) and not wrong and described.get("severity") != _SEVERITY[Severity(meta["severity"])]:
        wanted = _SEVERITY[Severity(meta["severity"])]
        yield f"{meta['severity']} 的 severity 须为 {wanted} / severity must be {wanted!r} for {meta['severity']}."


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    if twice := {key for key, _ in pairs if [other for other, _ in pairs].count(key) > 1}:
        raise ValueError(f"{_list(twice)} 写了两次 / stands twice")
    return dict(pairs)


def _suite(native: object, name: str) -> Iterator[str]:
    if not isinstance(native, dict):
        yield "应为 {name, meta, expectations} / must be an object with these keys."
        return
    if unknown := set(native) - {"name", "meta", "expectations"}:
        yield f"不许有 {_list(unknown)} / unknown key(s)."
    if native.get("name") != name:
        yield f"name 须为 {name!r}，与文件名一致 / name must be that of the file, found {native.get('name')!r}."
    if not isinstance(native.get("expectations"), list) or not native["expectations"]:
        yield "expectations 里没有规则 / expectations must list rules."


def _asks(kind: object, kwargs: object) -> Iterator[str]:
    if not isinstance(kind, str) or kind not in TYPES:
        yield f"不认识的规则类型 {kind!r} / expectation is not in the list of allowed types: {_list(TYPES)}."
        return
    must, may = TYPES[kind]
    given = kwargs if isinstance(kwargs, dict) else {}
    if unknown := set(given) - must - may:
        yield f"{kind} 不许有 {_list(unknown)} / may only have {_list(must | may)}; a condition or SQL is refused."
    if lacking := must - set(given):
        yield f"{kind} 缺 {_list(lacking)} / is lacking in kwargs."
    if kind == BETWEEN and not {"min_value", "max_value"} & set(given):
        yield f"{kind} 缺 min_value 或 max_value / needs one of them."
    for key in sorted((must | may) & set(given)):
        fits, zh, en = _KINDS[key]
        if not fits(given[key]):
            yield f"{key} 须为{zh}，现为 {given[key]!r} / {key} must be {en}."
    if kind == GREATER and given.get("column_A") == given.get("column_B"):
        yield "column_A 与 column_B 是同一列 / are one column."


def _meta(meta: object) -> Iterator[str]:
    if not isinstance(meta, dict) or set(meta) != _META:
        odd = sorted(_META ^ set(meta)) if isinstance(meta, dict) else meta
        yield f"meta 缺了或多了 {odd} / meta must say exactly {sorted(_META)}."
        return
    for key, value in meta.items():
        if not isinstance(value, str):
            yield f"{key} 须为文字，现为 {value!r} / {key} must be a text in quotation marks."
        elif key in _SAID and not value.strip():
            yield f"{key} 不得为空 / {key} must say something."
    if meta["family"] not in [*FAMILIES]:
        yield f"不认识的 family {meta['family']!r} / family must be one of {_list(FAMILIES)}."
    if meta["severity"] not in [*Severity]:
        yield f"severity {meta['severity']!r} 须为 / must be block, ask or note."


def _list(names: object) -> str:
    return ", ".join(sorted(names))  # type: ignore[call-overload]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _ENDLESS


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


def _is_set(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(_is_text(one) or _is_number(one) for one in value)


def _are_columns(value: object) -> bool:
    return isinstance(value, list) and all(map(_is_text, value)) and len(set(value)) == len(value) > 1


def _is_ignored(value: object) -> bool:
    return isinstance(value, str) and value in _IGNORED


_COLUMN = (_is_text, "列名", "the name of a column")
_NUMBER = (_is_number, "数", "a number")
_FLAG = (_is_flag, " true 或 false", "true or false")
_KINDS: dict[str, tuple[Callable[[object], bool], str, str]] = {
    "column": _COLUMN,
    "column_A": _COLUMN,
    "column_B": _COLUMN,
    "column_list": (_are_columns, "两个以上列名的清单", "a list of different columns"),
    "min_value": _NUMBER,
    "max_value": _NUMBER,
    "strict_min": _FLAG,
    "strict_max": _FLAG,
    "or_equal": _FLAG,
    "value_set": (_is_set, "文字或数的清单", "a list of texts or numbers"),
    "ignore_row_if": (_is_ignored, f" {'、'.join(_IGNORED)} 之一", "one of these words"),
}
"""key of kwargs -> whether a value fits, and what it must be"""

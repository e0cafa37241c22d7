"""Checks of a row by itself: what can be filled in and still makes no sense, or would break what is made of it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from learning_city.catalogue import formulas
from learning_city.catalogue.columns import TABLES
from learning_city.catalogue.draft import Dangling, Draft, by, is_unread, number, text
from learning_city.catalogue.faults import Fault
from learning_city.catalogue.spans import overlap, span
from learning_city.model import units
from learning_city.model.edition import Row
from learning_city.model.period import last_day

SHEETS_OF_OURS = ("填报说明", "核对", "签署", "_lcm")
"""Sheets a workbook has already: no form is called like one."""
LONGEST_NAME = 60
"""Names of places and departments become file names."""
_ROUND = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{0,19}")
_UNSHEETABLE = re.compile(r"[\[\]:*?/\\]|^'|'$")
_HIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_AND = re.compile("[;；、,，]")


@dataclass(frozen=True, slots=True)
class Sense:
    """``holds`` is true for a row that makes no sense; the fault stands at ``column``."""

    table: str
    column: str
    holds: Callable[[Row], bool]
    zh: str
    en: str


def _below(row: Row, column: str, least: float) -> bool:
    value = row[column]
    return isinstance(value, int | float) and value < least


def _is_no_sheet(row: Row) -> bool:
    said = text(row, "form_no")
    return bool(said) and (len(said) > 31 or bool(_UNSHEETABLE.search(said)) or said in SHEETS_OF_OURS)


def _too_long(row: Row) -> bool:
    return len(text(row, "name_zh")) > LONGEST_NAME or bool(re.search(r'[/\\:*?"<>|]', text(row, "name_zh")))


_NAME = (
    '名称会用作文件名：最多 60 个字，不能有 / \\ : * ? " < > |。',
    'it becomes a file name: at most 60 signs, without / \\ : * ? " < > |.',
)
SENSES = (
    Sense("calendar", "round", lambda row: not _ROUND.fullmatch(text(row, "round")), "轮次只能用数字、字母和 -，最多 20 个字符，如 2017、2018-Q3。", "a round is named with digits, letters and -, at most 20."),
    Sense("form", "form_no", _is_no_sheet, "表号要能用作工作表名：最多 31 个字，不能有 [ ] : * ? / \\，也不能叫 填报说明、核对、签署。", "it names a sheet: at most 31 signs, without [ ] : * ? / \\, and none of our own sheets."),
    Sense("place", "name_zh", _too_long, *_NAME),
    Sense("department", "name_zh", _too_long, *_NAME),
    Sense("place", "parent", lambda row: row["parent"] == row["place"], "不能是自己的上级，请改正。", "a place is not above itself."),
    Sense("place_event", "share", lambda row: _below(row, "share", 0) or (not _below(row, "share", 1.0000001) and row["share"] is not None), "划入比例在 0 和 1 之间。", "a share lies between 0 and 1."),
    Sense("form_item", "parent", lambda row: row["parent"] is not None and row["parent"] == row["measure"], "不能是自己的合计，请改正。", "an item is not its own total."),
    Sense("form_item", "numerator", lambda row: row["numerator"] is None and row["denominator"] is not None, "填了分母就要填分子。", "with a denominator there is a numerator."),
    Sense("form_item", "denominator", lambda row: row["denominator"] is None and row["numerator"] is not None, "填了分子就要填分母。", "with a numerator there is a denominator."),
    Sense("form_item", "minutes", lambda row: _below(row, "minutes", 0), "分钟不能小于 0。", "minutes are not negative."),
    Sense("target", "baseline_period", lambda row: bool(text(row, "baseline_period")) and last_day(text(row, "baseline_period")) is None, "基期请写成 2016 或 2016-Q4。", "write a period like 2016 or 2016-Q4."),
    Sense("indicator", "formula", lambda row: row["nature"] == "qualitative" and row["formula"] is not None, "定性指标不填公式，请删去，或改为定量。", "a qualitative indicator has no formula; remove it, or make it quantitative."),
    Sense("formula", "expression", lambda row: bool(text(row, "expression")) and not formulas.problems(text(row, "expression")) and not formulas.inputs(text(row, "expression")), "公式没有用到任何口径，请写口径代码。", "the formula reads no definition; name one."),
)  # fmt: skip


def dangling(draft: Draft) -> Iterator[Dangling]:
    """Departments that targets name and nobody describes."""
    known = {row["department"] for row in draft.tables["department"]}
    for row in draft.tables["target"]:
        for column in ("lead", "supporting"):
            for name in filter(None, (part.strip() for part in _AND.split(text(row, column)))):
                if name not in known:
                    zh = f"“{name}”不在“部门”表里，请填部门代码，多个用分号隔开。"
                    fault = _fault("target", row, column, zh, f"{name!r} is no department; give codes separated by ;.")
                    yield Dangling(target="department", value=(name,), fault=fault)


def faults(draft: Draft) -> Iterator[Fault]:
    """Rows without sense, hidden signs in texts, units that do not fit, positions and sheets used twice."""
    for sense in SENSES:
        for row in draft.tables[sense.table]:
            if not is_unread(row, *TABLES[sense.table].columns) and sense.holds(row):
                yield _fault(sense.table, row, sense.column, sense.zh, sense.en)
    yield from _hidden_signs(draft)
    yield from _units(draft)
    yield from _twice(
        draft,
        "form_item",
        ("form", "position"),
        "这张表里有两项同一顺序，请改成不同的数字。",
        "two items of the form have this position.",
    )
    yield from _twice(
        draft,
        "form",
        ("department", "form_no"),
        "同一部门有两张表用这个表号，工作表会重名。",
        "two forms of the department have this number; their sheets would be called the same.",
    )


def _fault(table: str, row: Row, column: str, zh: str, en: str) -> Fault:
    return Fault(table=table, row=number(row), column=column, zh=zh, en=en)


def _hidden_signs(draft: Draft) -> Iterator[Fault]:
    for name, table in TABLES.items():
        for row in draft.tables[name]:
            for column in table.columns:
                if isinstance(row[column], str) and _HIDDEN.search(str(row[column])):
                    zh = "文字里有看不见的控制字符，请删掉后重新输入。"
                    yield _fault(name, row, column, zh, "it holds invisible control characters; type it again.")


def _units(draft: Draft) -> Iterator[Fault]:
    """An item is asked in a multiple of its definition's unit, an indicator shown in its formula's unit."""
    measured = {row["measure"]: text(row, "unit") for row in draft.tables["measure"]}
    defined = {
        row["definition"]: text(row, "unit")
        for row in draft.tables["definition"]
        if units.factor(text(row, "unit"), measured.get(row["measure"], "")) is not None
    }
    for row in draft.tables["form_item"]:
        theirs, unit = defined.get(row["definition"], ""), text(row, "unit")
        if theirs and unit and units.factor(unit, theirs) is None:
            zh = f"“{unit}”不能换算成口径的单位“{theirs}”，请改正。"
            yield _fault("form_item", row, "unit", zh, f"{unit} does not convert into the definition's {theirs}.")
    computed = by(draft.tables["formula"], "formula")
    for row in draft.tables["indicator"]:
        found = {text(one, "unit") for one in computed.get((row["formula"],), []) if overlap(span(row), span(one))} - {
            ""
        }
        unit = text(row, "unit")
        if unit and found and units.canonical(unit) not in {units.canonical(other) for other in found}:
            zh = f"指标的单位“{unit}”与公式的单位“{'、'.join(sorted(found))}”不同，请改正其中一个。"
            yield _fault(
                "indicator", row, "unit", zh, f"its formula gives {', '.join(sorted(found))}; correct one of them."
            )


def _twice(draft: Draft, table: str, key: tuple[str, ...], zh: str, en: str) -> Iterator[Fault]:
    for said, rows in by(draft.tables[table], *key).items():
        for place, row in enumerate(rows):
            if None not in said and any(overlap(span(row), span(other)) for other in rows[:place]):
                yield _fault(table, row, key[-1], zh, en)

"""What a form sheet does while it is filled in: drop-downs, warnings, colours of 核对."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from xlsxwriter.utility import xl_range_abs

from learning_city.model.ledger import LedgerItem
from learning_city.model.units import canonical, counts_whole_things, is_share
from learning_city.prepare.ledger_formats import GREEN, GREEN_FILL, PALE, RED, RED_FILL
from learning_city.prepare.ledger_layout import CHECK, CHOICES_FROM, FIRST_ROW, FormLayout, ItemRow
from learning_city.prepare.ledger_page import plain
from learning_city.prepare.row_check import FREE, OPEN, PASSED, WRONG, kinds_of_missing

_TEXT_VALUE, _VALUE, _MISSING, _CHECK = 5, 7, 8, 11
_LIST_CHARACTERS = 255
"""What a drop-down's own list may hold; longer ones, or ones with a comma, stand in hidden cells."""
_COLOURS = (
    (WRONG, {"font_color": RED, "bg_color": RED_FILL, "bold": True}),
    (PASSED, {"font_color": GREEN, "bg_color": GREEN_FILL}),
    (OPEN, {"font_color": PALE, "bg_color": "#FFFFFF"}),
    (FREE, {"font_color": PALE, "bg_color": "#FFFFFF"}),
)
_WARNING = {
    "error_type": "warning",
    "error_title": "请核对",
    "input_title": "本年数",
    "input_message": "按丁栏的计量单位，只填数字；没有数时不填，在右边选缺数类型。",
}
_WRITTEN = {
    "validate": "length",
    "criteria": "<=",
    "value": 2000,
    "error_type": "warning",
    "error_title": "文字过长",
    "error_message": "请写得简短些；细节放在佐证材料里。",
    "input_title": "文字说明",
    "input_message": "写文字，换行按 Alt+Enter；一屏写不下时可拉高本行。没有可写的，在右边选缺数类型。",
}
_KINDS: dict[str, dict[str, Any]] = {
    "whole": {"validate": "integer", "criteria": ">=", "value": 0}
    | {"error_message": "本年数应为不小于 0 的整数。没有数时请在右侧选择缺数类型。"},
    "%": {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 100}
    | {"error_message": "本年数应在 0 与 100 之间，60.38% 填 60.38。没有数时请选择缺数类型。"},
    "‰": {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 1000}
    | {"error_message": "本年数应在 0 与 1000 之间。没有数时请在右侧选择缺数类型。"},
    "number": {"validate": "decimal", "criteria": ">=", "value": 0}
    | {"error_message": "本年数应为不小于 0 的数。没有数时请在右侧选择缺数类型。"},
}


def add(workbook: Any, sheet: Any, layout: FormLayout) -> None:
    """Put drop-downs and warnings on the cells to fill, colours on the verdicts."""
    _on_missing_types(sheet, layout)
    _on_values(sheet, layout)
    if not layout.rows:
        return
    check = f"{CHECK}{FIRST_ROW + 1}"
    for word, look in _COLOURS:
        said = {"type": "formula", "criteria": f'=LEFT({check},2)="{word}"'}
        colour = workbook.add_format(look)
        sheet.conditional_format(FIRST_ROW, _CHECK, layout.last - 1, _CHECK, {**said, "format": colour})
    fill = workbook.add_format({"bg_color": RED_FILL})
    texts = _runs([row.number - 1 for row in layout.rows if not row.is_number], _TEXT_VALUE)
    for top, left, bottom in [(FIRST_ROW, _VALUE, layout.last - 1), *((at, left, end) for at, left, end, _ in texts)]:
        said = {"type": "formula", "criteria": f'=LEFT(${CHECK}{top + 1},2)="{WRONG}"', "format": fill}
        sheet.conditional_format(top, left, bottom, _MISSING, said)


def _on_missing_types(sheet: Any, layout: FormLayout) -> None:
    for is_number in (True, False):
        kinds = kinds_of_missing(is_number=is_number)
        cells = _runs([row.number - 1 for row in layout.rows if row.is_number is is_number], _MISSING)
        if cells:
            closed_list = {
                "validate": "list",
                "source": list(kinds),
                "error_title": "缺数类型",
                "error_message": "请从下拉列表中选择：" + "、".join(kinds),
                "other_cells": cells,
            }
            sheet.data_validation(*cells[0], closed_list)


def _on_values(sheet: Any, layout: FormLayout) -> None:
    rows: dict[str, list[int]] = defaultdict(list)
    for row in layout.rows:
        rows[_kind(row.item)].append(row.number - 1)
        if row.item.choices and row.item.type == "choice":
            _offer_choices(sheet, row)
    for kind, numbers in rows.items():
        cells = _runs(numbers, _TEXT_VALUE if kind == "text" else _VALUE)
        if kind in _KINDS:
            sheet.data_validation(*cells[0], {**_WARNING, **_KINDS[kind], "other_cells": cells})
        elif kind == "text":
            sheet.data_validation(*cells[0], {**_WRITTEN, "other_cells": cells})


def _offer_choices(sheet: Any, row: ItemRow) -> None:
    """A drop-down of the item's choices."""
    at, choices = row.number - 1, row.item.choices
    source: list[str] | str = list(choices)
    if len(",".join(choices)) > _LIST_CHARACTERS or any("," in choice for choice in choices):
        last = CHOICES_FROM + len(choices) - 1
        sheet.set_column(CHOICES_FROM, last, 9, None, {"hidden": True})
        for column, choice in enumerate(choices, start=CHOICES_FROM):
            sheet.write_string(at, column, plain(choice))
        source = f"={xl_range_abs(at, CHOICES_FROM, at, last)}"
    offered = {
        "validate": "list",
        "source": source,
        "error_title": "可选范围",
        "error_message": "请从下拉列表中选一项。没有可选的，在右边选缺数类型。",
    }
    sheet.data_validation(at, _TEXT_VALUE, at, _TEXT_VALUE, offered)


def _runs(rows: Sequence[int], column: int) -> list[list[int]]:
    """Rows (from 0, rising) of a column as ranges of neighbours."""
    runs: list[list[int]] = []
    for at in rows:
        if runs and runs[-1][2] == at - 1:
            runs[-1][2] = at
        else:
            runs.append([at, column, at, column])
    return runs


def _kind(item: LedgerItem) -> str:
    if item.type != "number":
        return item.type
    if is_share(item.unit):
        return canonical(item.unit)
    return "whole" if counts_whole_things(item.unit) else "number"

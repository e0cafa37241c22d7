"""What a form sheet does while it is filled in: drop-downs, warnings, colours of 核对."""

from collections import defaultdict
from typing import Any

from learning_city.model.ledger import LedgerItem
from learning_city.model.status import MISSING_TYPES
from learning_city.model.units import canonical, counts_whole_things, is_share
from learning_city.prepare.ledger_formats import GREEN, GREEN_FILL, PALE, RED, RED_FILL
from learning_city.prepare.ledger_layout import CHECK, FIRST_ROW, FormLayout
from learning_city.prepare.row_check import FREE, OPEN, PASSED, WRONG

_VALUE, _MISSING, _CHECK = 7, 8, 11
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
        if word == WRONG:
            said["criteria"] = f'=LEFT(${check},2)="{word}"'
            fill = workbook.add_format({"bg_color": RED_FILL})
            sheet.conditional_format(FIRST_ROW, _VALUE, layout.last - 1, _MISSING, {**said, "format": fill})


def _on_missing_types(sheet: Any, layout: FormLayout) -> None:
    runs = [[first - 1, _MISSING, last - 1, _MISSING] for first, last in layout.runs()]
    if runs:
        closed_list = {
            "validate": "list",
            "source": list(MISSING_TYPES),
            "error_title": "缺数类型",
            "error_message": "请从下拉列表中选择：" + "、".join(MISSING_TYPES),
            "other_cells": runs,
        }
        sheet.data_validation(*runs[0], closed_list)


def _on_values(sheet: Any, layout: FormLayout) -> None:
    runs: dict[str, list[list[int]]] = defaultdict(list)
    for row in layout.rows:
        kind, at = _kind(row.item), row.number - 1
        if runs[kind] and runs[kind][-1][2] == at - 1:
            runs[kind][-1][2] = at
        else:
            runs[kind].append([at, _VALUE, at, _VALUE])
    for kind, cells in runs.items():
        if kind in _KINDS and cells:
            sheet.data_validation(*cells[0], {**_WARNING, **_KINDS[kind], "other_cells": cells})


def _kind(item: LedgerItem) -> str:
    if item.type != "number":
        return ""
    if is_share(item.unit):
        return canonical(item.unit)
    return "whole" if counts_whole_things(item.unit) else "number"

"""The handbook of definitions (口径手册) that an office hands to its departments: one HTML file, printable on A4."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy import Connection, RowMapping

from learning_city.errors import NeedsAPerson
from learning_city.warehouse.statements import load

FACETS = {"population": "人口口径", "time": "时间", "boundary": "地域", "scope": "范围", "counting": "计数单位"}
FREQUENCIES = {"annual": "年报", "quarterly": "季报", "schoolyear": "学年报"}
COMPARISONS = {"at_least": "≥", "above": "＞", "at_most": "≤", "below": "＜"}


def handbook(connection: Connection, edition: int, day: date) -> str:
    """Every item that the forms in force on ``day`` ask for: meaning, scope, method, channel and history.

    ``edition`` numbers the catalogue it is made from. Raises NeedsAPerson where no form is in force on that day.
    """
    rows = connection.execute(load("prepare/handbook"), {"edition": edition, "day": day}).mappings().all()
    if not rows:
        raise NeedsAPerson(f"{day} 没有有效的报表。 No form is in force on {day}; choose another year.")
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return made.get_template("handbook.html").render(
        edition=edition, day=day, forms=_forms(rows), facets=FACETS, frequencies=FREQUENCIES, comparisons=COMPARISONS
    )


def _forms(rows: Sequence[RowMapping]) -> list[dict[str, Any]]:
    """The forms in their order, each with its items once and a number for the contents."""
    forms = []
    for _, of_form in groupby(rows, key=lambda row: row["form"]):
        items = list({row["definition"]: {**row, "method": _method(row)} for row in of_form}.values())
        sections = [(name, list(part)) for name, part in groupby(items, key=lambda item: item["section"])]
        forms.append({"head": items[0], "count": len(items), "sections": sections})
    return forms


def _method(row: RowMapping) -> str:
    """How the figure is made, in one sentence."""
    said = {"cumulative": "累计数，不得小于上一期。", "rate": "比率。"}.get(row["kind"], "")
    if row["numerator_zh"] and row["denominator_zh"]:
        said = f"＝ {row['numerator_zh']} ÷ {row['denominator_zh']}" + (" × 100" if row["unit"] == "%" else "") + "。"
    if row["total_zh"]:
        word = "的组成部分，各部分之和等于合计" if row["parts"] == "all" else "的其中项，不大于合计"
        said += f"是“{row['total_zh']}”{word}。"
    if row["type"] == "choice":
        return "单选：" + "、".join(str(row["choices"] or "").split(";")) + "。"
    if row["type"] == "text":
        return "文字填写。"
    return f"{said}保留 {row['decimals']} 位小数。" if row["decimals"] else f"{said}填整数。"

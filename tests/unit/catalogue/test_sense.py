"""Rows that can be filled in and make no sense: each alone is told at its cell, and nothing else with it."""

from typing import Any

import pytest
from editions import starter

from learning_city.catalogue import check_sense
from learning_city.catalogue.check import check
from learning_city.catalogue.draft import ROW, Draft
from learning_city.model.edition import Row

ODD: list[tuple[str, str, str, dict[str, Any], str]] = [
    ("a round that is a path", "calendar", "round", {"round": "../../etc"}, "轮次只能用"),
    ("a form number no sheet can have", "form", "form_no", {"form_no": "学/监[1]*"}, "表号要能用作工作表名"),
    ("a form called like one of our sheets", "form", "form_no", {"form_no": "核对"}, "表号要能用作工作表名"),
    ("a name longer than a file name", "place", "name_zh", {"name_zh": "市" * 300}, "最多 60 个字"),
    ("a share beyond the whole", "place_event", "share", {"share": 5.0}, "在 0 和 1 之间"),
    ("an item that is its own total", "form_item", "parent", {"parent": "joint_issue_depts"}, "不能是自己的合计"),
    ("a numerator alone", "form_item", "denominator", {"numerator": "comm_teachers"}, "填了分子就要填分母"),
    ("minutes before nought", "form_item", "minutes", {"minutes": -5.0}, "不能小于 0"),
    ("two items at one position", "form_item", "position", {"position": 2}, "同一顺序"),
    ("money for a count", "form_item", "unit", {"unit": "元"}, "不能换算成口径的单位"),
    ("a base year in words", "target", "baseline_period", {"baseline_period": "前年"}, "基期请写成"),
    ("a department nobody knows", "target", "lead", {"lead": "moon"}, "不在“部门”表里"),
    ("a formula of numbers only", "formula", "expression", {"expression": "1 / 2"}, "没有用到任何口径"),
    ("a formula with signs of print", "formula", "expression", {"expression": "lib_visits ÷ lib_seats"}, "写 * 和 /"),
    ("two levels at one position", "scale", "position", {"position": 2}, "次序 2 与第"),
    ("a scale for what is not judged", "indicator", "scale", {"scale": "working_4"}, "只有定性指标按等级评定"),
    ("a direction that turns letters round", "department", "name_zh", {"name_zh": "教育\u202e局"}, "看不见的控制字符"),
]


def draft(table: str, changed: dict[str, Any]) -> Draft:
    """The starter edition as it is read from a file, the first row of a table changed."""
    tables: dict[str, list[Row]] = {
        name: [{**row, ROW: n} for n, row in enumerate(rows, start=2)] for name, rows in starter().tables.items()
    }
    tables[table][0] |= changed
    return Draft(tables=tables)


@pytest.mark.parametrize(("table", "column", "changed", "said"), [odd[1:] for odd in ODD], ids=[odd[0] for odd in ODD])
def test_a_row_without_sense_is_told_at_its_cell(table: str, column: str, changed: dict[str, Any], said: str) -> None:
    found = [fault for fault in check(draft(table, changed)) if said in fault.zh]
    assert [(fault.table, fault.column) for fault in found] == [(table, column)]
    assert found[0].row in (2, 3), "the row that was changed, or the one that now stands twice"
    assert found[0].en


def test_a_qualitative_indicator_has_no_formula() -> None:
    made = draft("target", {})
    odd = next(row for row in made.tables["indicator"] if row["nature"] == "qualitative")
    odd["formula"] = "library_books_per_resident"
    (fault,) = [one for one in check_sense.faults(made) if one.table == "indicator" and one.column == "formula"]
    assert "定性指标不填公式" in fault.zh


def test_an_indicator_is_shown_in_the_unit_its_formula_gives() -> None:
    made = draft("target", {})
    odd = next(row for row in made.tables["indicator"] if row["formula"] == "disposable_income")
    odd["unit"] = "%"
    (fault,) = [one for one in check_sense.faults(made) if one.column == "unit"]
    assert (fault.table, fault.row) == ("indicator", odd[ROW])


def test_two_forms_of_one_department_do_not_share_a_number() -> None:
    made = draft("target", {})
    first, second = made.tables["form"][:2]
    second |= {"department": first["department"], "form_no": first["form_no"]}
    (fault,) = [one for one in check_sense.faults(made) if one.column == "form_no"]
    assert "工作表会重名" in fault.zh


def test_the_starter_edition_makes_sense() -> None:
    assert check(draft("target", {})) == []

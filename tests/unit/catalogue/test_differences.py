"""Two editions compared: by the office's own keys, with the old and the new cell."""

from datetime import date

from learning_city.catalogue.differences import Difference, counts, differences
from learning_city.catalogue.read import read
from learning_city.model.edition import Edition, Row
from learning_city.warehouse.statements import SQL

STARTER = read(SQL / "reference")


def against(table: str, rows: list[Row]) -> list[Difference]:
    return differences(STARTER, Edition(tables={**STARTER.tables, table: rows}))


def rows(table: str, **key: object) -> tuple[list[Row], list[Row]]:
    """Rows of the starter with these cells, and all others."""
    wanted = [row for row in STARTER.tables[table] if all(row[name] == value for name, value in key.items())]
    return wanted, [row for row in STARTER.tables[table] if row not in wanted]


def test_an_edition_does_not_differ_from_itself_in_another_order() -> None:
    assert against("place", list(reversed(STARTER.tables["place"]))) == []


def test_a_row_that_came_and_one_that_went() -> None:
    (women, *_), others = rows("department", department="women")
    found = against("department", [*others, women | {"department": "elders"}])
    assert {(one.key, one.what) for one in found} == {("women", "removed"), ("elders", "added")}
    assert counts(found) == {"department": {"added": 1, "removed": 1, "changed": 0}}


def test_a_changed_cell_says_old_and_new_as_the_office_reads_them() -> None:
    (item, *_), others = rows("form_item", definition="joint_issue_depts")
    changed = item | {"required": True, "high": 70.0, "type": "choice", "choices": "有;无"}
    (found,) = against("form_item", [*others, changed])
    assert found.columns == {
        "required": ("否", "是"), "high": ("60", "70"), "type": ("数字", "选项"), "choices": ("", "有;无"),
    }  # fmt: skip


def test_a_new_version_of_a_dated_row_is_a_change_and_an_addition() -> None:
    (old, new), others = rows("department", department="culture_tourism")
    third = new | {"name_zh": "文化旅游体育局", "valid_from": date(2024, 1, 1)}
    found = against("department", [*others, old, new | {"valid_to": date(2024, 1, 1)}, third])
    assert [(one.what, one.columns) for one in found] == [("changed", {"valid_to": ("", "2024-01-01")}), ("added", {})]


def test_a_row_whose_first_day_was_corrected_is_one_change() -> None:
    (women, *_), others = rows("department", department="women")
    (found,) = against("department", [*others, women | {"valid_from": date(2011, 1, 1)}])
    assert found.columns == {"valid_from": ("2010-01-01", "2011-01-01")}

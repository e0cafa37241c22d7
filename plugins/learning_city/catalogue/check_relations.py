"""Checks of 勾稽关系: rows of one relation agree, nothing follows from itself, units can be added."""

from collections.abc import Iterator

from learning_city.catalogue.draft import Dangling, Draft, by, is_unread, number, text
from learning_city.catalogue.faults import Fault
from learning_city.catalogue.headings import heading
from learning_city.model import units
from learning_city.model.edition import Row

_SHARED = ("type", "stated", "constant")
"""What every row of a relation says alike; a constant may be left to one of them."""


def dangling(draft: Draft) -> Iterator[Dangling]:
    """Nothing: references are columns of their own."""
    del draft
    yield from ()


def faults(draft: Draft) -> Iterator[Fault]:
    """Relations whose rows contradict each other, themselves, or the units of what they add."""
    unit_of = {str(row["definition"]): text(row, "unit") for row in draft.tables["definition"]}
    for rows in by(draft.tables["relation"], "relation").values():
        if not any(is_unread(row, *_SHARED, "side", "definition") for row in rows):
            yield from _unlike(rows)
            yield from _sides(rows)
            yield from _units(rows, unit_of)


def _unlike(rows: list[Row]) -> Iterator[Fault]:
    for column in _SHARED:
        said = [row for row in rows if row[column] is not None]
        wrong = next((row for row in said if row[column] != said[0][column]), None)
        if wrong is not None:
            zh = (
                f"同一关系各行的“{heading('relation', column)}”要相同（第 {number(said[0])} 行是“{said[0][column]}”）。"
            )
            yield _fault(
                wrong, column, zh, f"rows of one relation say the same (row {number(said[0])}: {said[0][column]})."
            )


def _sides(rows: list[Row]) -> Iterator[Fault]:
    for row in rows:
        if row["definition"] == row["stated"]:
            zh = "一个数不能由它自己得出，请改参与口径或所报口径。"
            yield _fault(row, "definition", zh, "nothing follows from itself; correct one of the two definitions.")
        if row["type"] != "ratio" and row["side"] == "denominator":
            yield _fault(row, "side", "相加、相乘的各项填分子，只有比率有分母。", "only a ratio has a denominator.")
        if row["constant"] is not None and (row["type"] == "sum" or row["constant"] == 0):
            zh = "相加不乘常数，常数也不能是 0，请清空或改正。"
            yield _fault(row, "constant", zh, "a sum has no constant, and none is 0; clear or correct it.")


def _units(rows: list[Row], unit_of: dict[str, str]) -> Iterator[Fault]:
    """What is added converts: the parts of a sum into what is stated, numerators and denominators into their first."""
    first: dict[object, str] = {"numerator": str(rows[0]["stated"])} if rows[0]["type"] == "sum" else {}
    for row in rows:
        if row["type"] == "product":
            continue
        into = first.setdefault(row["side"], str(row["definition"]))
        unit, wanted = unit_of.get(str(row["definition"]), ""), unit_of.get(into, "")
        if unit and wanted and units.factor(unit, wanted) is None:
            zh = f"“{unit}”不能与“{wanted}”（{into}）相加，请改参与口径。"
            yield _fault(
                row, "definition", zh, f"{unit} cannot be added to {wanted} ({into}); take another definition."
            )


def _fault(row: Row, column: str, zh: str, en: str) -> Fault:
    return Fault(table="relation", row=number(row), column=column, zh=zh, en=en)

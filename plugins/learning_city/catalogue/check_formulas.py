"""Checks of formulas: the unit they give, what they count, whether they are in force when an indicator needs them."""

from collections.abc import Iterator

from learning_city.catalogue import formulas
from learning_city.catalogue.draft import Dangling, Draft, by, grouped, is_unread, number, text
from learning_city.catalogue.faults import Fault
from learning_city.catalogue.formula_units import Unequal, unit_of
from learning_city.catalogue.spans import overlap, span
from learning_city.model import units
from learning_city.model.dimensions import Dimension, dimension
from learning_city.model.edition import Row

ABOVE = {"district": "city", "city": "region"}
"""Places of a level are counted for the level above."""


def dangling(draft: Draft) -> Iterator[Dangling]:
    """Nothing: what formulas name is looked up with the definitions."""
    del draft
    yield from ()


def faults(draft: Draft) -> Iterator[Fault]:
    """Units that do not come out, conditions where a number is needed, versions that are never in force."""
    measured = {row["measure"]: text(row, "unit") for row in draft.tables["measure"]}
    sound = [row for row in draft.tables["definition"] if _fits(row, measured)]
    definitions = by(sound, "definition")
    for row in draft.tables["formula"]:
        expression = text(row, "expression")
        if formulas.names(expression) and not is_unread(row, "counts", "unit"):
            found = list(_kind(row, is_condition=formulas.is_condition(expression)))
            yield from found or _unit(row, expression, definitions)
    yield from _in_force(draft)
    yield from _scope(draft)


def _fits(row: Row, measured: dict[object, str]) -> bool:
    """Whether a definition's unit is one of its measure; where it is not, that is told there."""
    return units.factor(text(row, "unit"), measured.get(row["measure"], "")) is not None


def _fault(row: Row, column: str, zh: str, en: str, table: str = "formula") -> Fault:
    return Fault(table=table, row=number(row), column=column, zh=zh, en=en)


def _kind(row: Row, *, is_condition: bool) -> Iterator[Fault]:
    """A formula that counts places is a condition, any other a number."""
    said = text(row, "expression")
    if is_condition and not text(row, "counts"):
        yield _fault(
            row, "expression", f"“{said}”应是数，不是比较。", f"{said!r} should be a number, not a comparison."
        )
    if not is_condition and text(row, "counts"):
        zh = f"按地区计数的公式应是比较，如 a >= 1，“{said}”不是。"
        yield _fault(row, "expression", zh, f"{said!r} should be a comparison: it counts the places that meet it.")


def _unit(row: Row, expression: str, definitions: dict[tuple[object, ...], list[Row]]) -> Iterator[Fault]:
    """The unit of the expression is the one the row states."""
    found_units = {name: _read(row, definitions.get((name,), [])) for name in formulas.inputs(expression)}
    known = {name: one for name, one in found_units.items() if one is not None}
    stated = dimension(text(row, "unit"))
    if len(known) < len(found_units) or stated is None:
        return
    try:
        found = (
            Dimension(scale=0.01) if text(row, "counts") and unit_of(expression, known) else unit_of(expression, known)
        )
    except OverflowError:
        zh = f"“{expression}”里的数乘在一起太大或太小，不能计算，请改正。"
        yield _fault(
            row, "expression", zh, f"the numbers in {expression!r} multiply to more, or less, than can be computed."
        )
        return
    except Unequal as unequal:
        zh = f"“{unequal.said}”把单位不同的数相加或比较：{unequal.left.spelled} 与 {unequal.right.spelled}，请先换算。"
        en = f"{unequal.said!r} adds or compares {unequal.left.spelled} and {unequal.right.spelled}; convert one of them first."
        yield _fault(row, "expression", zh, en)
        return
    if text(row, "counts"):
        found = Dimension(scale=0.01)
    if found is not None and not found.is_same(stated):
        read = "、".join(f"{name} {one.spelled}" for name, one in known.items())
        zh = f"公式算出来的单位是“{found.spelled}”（{read}），写的是“{row['unit']}”，请改单位或表达式。"
        en = f"the expression gives {found.spelled}, the row says {row['unit']}; correct the unit or the expression."
        yield _fault(row, "unit", zh, en)


def _read(row: Row, versions: list[Row]) -> Dimension | None:
    """What a definition is in while the formula is in force; None where it has a fault of its own."""
    held = [one for one in versions if not is_unread(one, "unit") and overlap(span(row), span(one))]
    return dimension(text(held[0], "unit")) if held else None


def _in_force(draft: Draft) -> Iterator[Fault]:
    """The formula of an indicator is in force at some time together with it."""
    versions = by(draft.tables["formula"], "formula")
    for (name,), rows in by(draft.tables["indicator"], "formula").items():
        group = [span(version) for version in versions.get((name,), [])]
        zh = f"公式“{name}”没有一个版本与这个指标同时有效，请核对日期。"
        en = f"no version of {name!r} is in force together with the indicator; compare the dates."
        never = [row for row in rows if group and not any(overlap(span(row), held) for held in group)]
        yield from grouped(_fault(row, "formula", zh, en, "indicator") for row in never)


def _scope(draft: Draft) -> Iterator[Fault]:
    """Districts are counted for a city, cities for a region."""
    counted = {row["formula"]: text(row, "counts") for row in draft.tables["formula"]}
    for row in draft.tables["indicator"]:
        level = ABOVE.get(counted.get(row["formula"], ""))
        if level and not is_unread(row, "scope") and (row["scope"] or "city") != level:
            zh = f"公式“{row['formula']}”按地区计数，这个指标的评价范围应是 {level}。"
            en = f"{row['formula']!r} counts places; the scope of the indicator should be {level}."
            yield _fault(row, "scope", zh, en, "indicator")

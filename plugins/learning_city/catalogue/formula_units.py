"""The unit of what a formula gives, from the units of what it reads."""

import math
from collections.abc import Callable, Mapping

import sqlglot
from sqlglot import exp

from learning_city.model.dimensions import Dimension

Number = float
Found = Dimension | Number
"""A number has whatever unit it is needed in; as a factor, a power of ten converts and any other is a coefficient."""
_SAME: tuple[type[exp.Expr], ...] = (
    exp.Add, exp.Sub, exp.Least, exp.Greatest, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.EQ,
)  # fmt: skip


class Unequal(Exception):
    """Two values of different units are added or compared: ``said``, ``left``, ``right``."""

    def __init__(self, said: str, left: Dimension, right: Dimension) -> None:
        self.said, self.left, self.right = said, left, right
        super().__init__(f"{said}: {left.spelled} and {right.spelled}")


def unit_of(expression: str, units: Mapping[str, Dimension]) -> Dimension | None:
    """What a usable expression gives; None for one that gives a bare number.

    ``units`` holds the dimension of every definition it reads. Raises Unequal where units do not fit together.
    """
    found = _found(sqlglot.parse_one(expression, dialect="postgres"), units)
    return found if isinstance(found, Dimension) else None


def _found(node: exp.Expr, units: Mapping[str, Dimension]) -> Found:
    if isinstance(node, exp.Literal):
        return float(node.this)
    if isinstance(node, exp.Column):
        return units[node.name]
    if isinstance(node, _SAME):
        return _same(node, [_found(child, units) for child in _operands(node)])
    if isinstance(node, exp.Case):
        return _case(node, units)
    for kind, combined in _COMBINED.items():
        if isinstance(node, kind):
            return combined(_found(node.this, units), _found(node.expression, units))
    return _found(node.this, units)


def _operands(node: exp.Expr) -> list[exp.Expr]:
    return [child for child in node.iter_expressions() if not isinstance(child, exp.Identifier)]


def _case(node: exp.Case, units: Mapping[str, Dimension]) -> Found:
    """All results are alike, and so are the sides of each condition, or the value that is compared."""
    results = [branch.args["true"] for branch in node.args["ifs"]]
    default = node.args.get("default")
    compared = [branch.this for branch in node.args["ifs"]]
    for condition in compared:
        _found(condition, units)
    if node.this is not None:
        _same(node, [_found(one, units) for one in (node.this, *compared)])
    return _same(node, [_found(one, units) for one in (*results, *([default] if default else []))])


def _same(node: exp.Expr, found: list[Found]) -> Found:
    dimensions = [one for one in found if isinstance(one, Dimension)]
    for one in dimensions[1:]:
        if not one.is_same(dimensions[0]):
            raise Unequal(node.sql(dialect="postgres"), dimensions[0], one)
    return dimensions[0] if dimensions else 2.0


def _product(left: Found, right: Found) -> Found:
    if isinstance(left, Dimension):
        return left * right if isinstance(right, Dimension) else left / _converts(right)
    return _product(right, left) if isinstance(right, Dimension) else left * right


def _quotient(left: Found, right: Found) -> Found:
    if isinstance(right, Dimension):
        return (left if isinstance(left, Dimension) else Dimension(scale=1) / _converts(left)) / right
    return left * _converts(right) if isinstance(left, Dimension) else left / right if right else left


def _converts(number: Number) -> Dimension:
    """A power of ten is a conversion: 100 × a share is in percent. Any other number is a coefficient without a unit."""
    power = math.log10(abs(number)) if number else 0.5
    return Dimension(scale=10.0 ** round(power) if math.isclose(power, round(power), abs_tol=1e-9) else 1.0)


_COMBINED: dict[type[exp.Expr], Callable[[Found, Found], Found]] = {exp.Mul: _product, exp.Div: _quotient}

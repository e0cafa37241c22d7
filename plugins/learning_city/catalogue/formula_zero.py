"""Denominators that are zero whatever is delivered: ``x / 0``, ``x / (y - y)``."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from sqlglot import exp

_TRIED = (Fraction(1), Fraction(1, 7), Fraction(1_000_003), Fraction(-5, 3), Fraction(0))
"""Around what figures are tried: each definition gets another one near it."""


def zero_divisors(tree: exp.Expr) -> Iterator[exp.Expr]:
    """The denominators of a usable expression that are zero, or nothing, for every figure that is tried; exact arithmetic."""
    names = dict.fromkeys(column.name for column in tree.find_all(exp.Column))
    figures = [
        {name: about * (1 + Fraction(turn * number, 11)) for number, name in enumerate(names)}
        for turn, about in enumerate(_TRIED)
    ]
    for division in tree.find_all(exp.Div):
        if all(not _value(division.expression, one) for one in figures):
            yield division.expression


def _value(node: exp.Expr | None, figures: Mapping[str, Fraction]) -> Any:
    """What an expression gives for these figures: a number, a truth, or None for nothing."""
    if node is None:
        return None
    if isinstance(node, exp.Literal | exp.Column):
        return figures[node.name] if isinstance(node, exp.Column) else Fraction(node.this)
    if isinstance(node, exp.Case):
        return _chosen(node, figures)
    if isinstance(node, exp.Least | exp.Greatest):
        known = [one for one in (_value(part, figures) for part in (node.this, *node.expressions)) if one is not None]
        return (min if isinstance(node, exp.Least) else max)(known, default=None)
    left = _value(node.this, figures)
    alone = next((change for kind, change in _ALONE.items() if isinstance(node, kind)), None)
    if left is None or alone:
        return alone(left) if alone and left is not None else None
    return _joined(node, left, _value(node.expression, figures))


def _chosen(node: exp.Case, figures: Mapping[str, Fraction]) -> Any:
    asked = _value(node.this, figures)
    for branch in node.args["ifs"]:
        met = _value(branch.this, figures)
        if (met == asked) if node.this is not None else met:
            return _value(branch.args["true"], figures)
    return _value(node.args.get("default"), figures)


def _joined(node: exp.Expr, left: Fraction, right: Fraction | None) -> Any:
    """Two numbers joined by an operator; nothing where one is missing or the second divides and is zero."""
    if isinstance(node, exp.Nullif):
        return None if left == right else left
    if right is None or (isinstance(node, exp.Div) and not right):
        return None
    return next(join(left, right) for kind, join in _JOINS.items() if isinstance(node, kind))


_ALONE: dict[type[exp.Expr], Any] = {
    exp.Paren: Fraction, exp.Neg: Fraction.__neg__, exp.Round: lambda said: Fraction(round(said)),
}  # fmt: skip
_JOINS: dict[type[exp.Expr], Any] = {
    exp.Add: Fraction.__add__, exp.Sub: Fraction.__sub__, exp.Mul: Fraction.__mul__, exp.Div: Fraction.__truediv__,
    exp.GT: Fraction.__gt__, exp.GTE: Fraction.__ge__, exp.LT: Fraction.__lt__, exp.LTE: Fraction.__le__,
    exp.EQ: Fraction.__eq__,
}  # fmt: skip

"""Formulas are scalar SQL expressions over definitions: parsed, whitelisted and rendered from the tree."""

from collections.abc import Iterator
from functools import cache

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

_ALLOWED: tuple[type[exp.Expression], ...] = (
    exp.Add,
    exp.Sub,
    exp.Mul,
    exp.Div,
    exp.Neg,
    exp.Paren,
    exp.Literal,
    exp.Column,
    exp.Identifier,
    exp.Nullif,
    exp.Round,
    exp.Least,
    exp.Greatest,
    exp.Case,
    exp.If,
    exp.GT,
    exp.GTE,
    exp.LT,
    exp.LTE,
    exp.EQ,
)


def problems(expression: str, known: set[str]) -> Iterator[str]:
    """What keeps an expression from being used; ``known`` are the definitions it may name."""
    try:
        tree = sqlglot.parse_one(expression, dialect="postgres")
    except SqlglotError as problem:
        yield f"not a formula: {str(problem).splitlines()[0]}"
        return
    for node in tree.walk():
        if not isinstance(node, _ALLOWED):
            yield f"{node.sql(dialect='postgres')!r} is not allowed in a formula."
        if isinstance(node, exp.Literal) and node.is_string:
            yield f"text {node.this!r} is not allowed in a formula."
        if isinstance(node, exp.Round) and node.args.get("decimals") is not None:
            yield f"{node.sql()!r}: round to whole numbers without decimals; an indicator states its own."
        if isinstance(node, exp.Column) and (node.table or node.name not in known):
            yield f"{node.sql()!r} is not a definition of the catalogue."


@cache
def inputs(expression: str) -> tuple[str, ...]:
    """The definitions an expression reads, each once, in order."""
    tree = sqlglot.parse_one(expression, dialect="postgres")
    return tuple(dict.fromkeys(column.name for column in tree.find_all(exp.Column)))


@cache
def rendered(expression: str) -> str:
    """The expression as PostgreSQL runs it: names quoted, every division guarded, numbers as double precision."""
    tree = sqlglot.parse_one(expression, dialect="postgres")
    for column in list(tree.find_all(exp.Column)):
        column.this.set("quoted", True)  # noqa: FBT003 - sqlglot's own signature
    for division in list(tree.find_all(exp.Div)):
        if not isinstance(division.expression, exp.Nullif):
            division.set(
                "expression", exp.Nullif(this=exp.paren(division.expression), expression=exp.Literal.number(0))
            )
    for literal in list(tree.find_all(exp.Literal)):
        literal.replace(exp.Cast(this=literal.copy(), to=exp.DataType.build("double precision", dialect="postgres")))
    return tree.sql(dialect="postgres")

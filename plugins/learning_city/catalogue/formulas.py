"""Formulas are scalar SQL expressions over definitions: parsed, whitelisted and rendered from the tree."""

import math
from collections.abc import Iterator
from functools import cache

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from learning_city.catalogue.formula_zero import zero_divisors

LONGEST = 2_000
_ARITHMETIC: tuple[type[exp.Expr], ...] = (exp.Add, exp.Sub, exp.Mul, exp.Div)
_COMPARISONS: tuple[type[exp.Expr], ...] = (exp.GT, exp.GTE, exp.LT, exp.LTE, exp.EQ)
_ALLOWED: tuple[type[exp.Expr], ...] = (
    *_ARITHMETIC,
    *_COMPARISONS,
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
)
Problem = tuple[str, str]
_DIGITS = frozenset("123456789")


def is_condition(expression: str) -> bool:
    """Whether a usable expression is true or false (``a >= 1``), not a number."""
    return isinstance(sqlglot.parse_one(expression, dialect="postgres").unnest(), _COMPARISONS)


@cache
def problems(expression: str) -> tuple[Problem, ...]:
    """What keeps an expression from being used, in Chinese and English; empty for a good or an empty one.

    Whether the definitions it names exist is another question: see ``names``.
    """
    if not expression:
        return ()
    tree = _tree(expression)
    if isinstance(tree, str):
        hint = (
            "（乘除请写 * 和 /，不用 × ÷ ／）"
            if set(expression) & set("×÷／＊")
            else "（请核对括号和运算符是否成对、齐全）"
        )
        return ((f"不是公式{hint}，只能用口径代码、数字和 + - * / ( )。", f"not a formula: {tree}"),)
    found = tuple(dict.fromkeys(problem for node in tree.walk() for problem in _node(node)))
    found = found or tuple(_truths(tree, asked=isinstance(tree.unnest(), _COMPARISONS)))
    return found or tuple(_zero(node.sql(dialect="postgres")) for node in zero_divisors(tree))


def _zero(said: str) -> Problem:
    return f"分母“{said}”总是零，这样什么也算不出来，请改正。", f"the denominator {said!r} is always zero."


def _tree(expression: str) -> exp.Expr | str:
    """The parsed expression, or why there is none."""
    if set(expression) & set("×÷／＊"):
        return "write * and /"
    if len(expression) > LONGEST:
        return f"{len(expression)} > {LONGEST} characters"
    try:
        return sqlglot.parse_one(expression, dialect="postgres")
    except SqlglotError as problem:
        return str(problem).splitlines()[0]
    except RecursionError:
        return "too deeply nested"


def _node(node: exp.Expr) -> Iterator[Problem]:
    said = node.sql(dialect="postgres")
    if not isinstance(node, _ALLOWED):
        yield f"公式里不能用“{said}”，请只用四则运算。", f"{said!r} is not allowed in a formula."
    if isinstance(node, exp.Literal) and node.is_string:
        yield f"公式里不能有文字“{node.this}”。", f"text {node.this!r} is not allowed in a formula."
    if isinstance(node, exp.Literal) and not node.is_string and not math.isfinite(float(node.this)):
        yield f"数字“{node.this}”太大。", f"the number {node.this} is too large."
    if isinstance(node, exp.Literal) and not node.is_string and not float(node.this) and set(node.this) & _DIGITS:
        yield f"数字“{node.this}”太小。", f"the number {node.this} is too small."
    if isinstance(node, exp.Round) and node.args.get("decimals") is not None:
        yield (
            f"“{said}”：四舍五入只能到整数，小数位数由指标规定。",
            f"{said!r}: round to whole numbers without decimals; an indicator states its own.",
        )
    if isinstance(node, exp.Column) and node.table:
        yield f"“{said}”不是口径代码，请去掉点号前的部分。", f"{said!r} is not a definition of the catalogue."


def _truths(node: exp.Expr, *, asked: bool = False) -> Iterator[Problem]:
    """A comparison stands where a CASE asks for one, and nowhere else."""
    node = node.unnest()
    if isinstance(node, _COMPARISONS) != asked:
        said = node.sql(dialect="postgres")
        zh, en = ("应是比较，如 a > 0", "a comparison") if asked else ("应是数，不是比较", "a number, not a comparison")
        yield f"“{said}”{zh}。", f"{said!r} should be {en}."
        return
    for child in node.iter_expressions():
        if not isinstance(child, exp.Identifier):
            is_condition = isinstance(node, exp.If) and child is node.this
            is_simple = isinstance(node.parent, exp.Case) and node.parent.this is not None
            yield from _truths(child, asked=is_condition and not is_simple)


def names(expression: str) -> tuple[str, ...]:
    """The definitions a usable expression reads; none where it has problems of its own."""
    return () if not expression or problems(expression) else inputs(expression)


@cache
def inputs(expression: str) -> tuple[str, ...]:
    """The definitions an expression reads, each once, in order."""
    tree = sqlglot.parse_one(expression, dialect="postgres")
    return tuple(dict.fromkeys(column.name for column in tree.find_all(exp.Column)))


@cache
def divisors(expression: str) -> frozenset[str]:
    """Those of ``inputs`` that only ever divide: the basis of a share or a per-head figure."""
    tree = sqlglot.parse_one(expression, dialect="postgres")
    below = {id(column) for div in tree.find_all(exp.Div) for column in div.expression.find_all(exp.Column)}
    above = {column.name for column in tree.find_all(exp.Column) if id(column) not in below}
    return frozenset(inputs(expression)) - above


@cache
def rendered(expression: str) -> str:
    """The expression as PostgreSQL runs it: names quoted, every division guarded, numbers as double precision.

    A condition gives 1 where it holds and 0 where it does not.
    """
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
    said = tree.sql(dialect="postgres")
    return f"CAST(CAST({said} AS integer) AS double precision)" if is_condition(expression) else said

"""Sums, products and ratios between any figures: what holds holds, what is off by more than rounding does not."""

import math
import random
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from learning_city.warehouse.engine import connect

JUDGED = """
SELECT outcome, facet, derived, low, high FROM warehouse.judge_relation(:type, (
  SELECT array_agg((f.side, f.value, f.decimals, f.unit, 'actual', f.unit, f.aggregation, NULL, f.counting)::warehouse.figure
    ORDER BY f.turn)
  FROM unnest(CAST(:sides AS text[]), CAST(:values AS float8[]), CAST(:decimals AS smallint[]), CAST(:units AS text[]),
    CAST(:aggregations AS text[]), CAST(:countings AS text[])) WITH ORDINALITY
    AS f (side, value, decimals, unit, aggregation, counting, turn)
), :constant)
"""
Figure = tuple[str, float, int, str]
"""Side, value, decimals, unit."""


@pytest.fixture(scope="module")
def connection(new_home: Any) -> Iterator[Connection]:
    """A database that knows how a few units convert."""
    with new_home() as home:
        engine: Engine = connect(home)
        with engine.begin() as opened:
            opened.execute(text("DELETE FROM warehouse.unit_factor"))
            opened.execute(
                text("""INSERT INTO warehouse.unit_factor VALUES ('个', '个', 1), ('%', '%', 1), ('所', '所', 1),
                        ('亿元', '亿元', 1), ('万元', '万元', 1), ('万元', '亿元', 0.0001), ('亿元', '万元', 10000)""")
            )
            yield opened


def judged(
    connection: Connection,
    relation: str,
    *figures: Figure,
    constant: float | None = None,
    counting: str = "institution",
) -> list[Any]:
    sides, values, decimals, units = (list(column) for column in zip(*figures, strict=True))
    said = {
        "type": relation, "sides": sides, "values": [float(value) for value in values], "decimals": decimals, "units": units, "constant": constant,
        "aggregations": ["ratio" if unit == "%" else "stock" for unit in units], "countings": [counting] * len(figures),
    }  # fmt: skip
    return list(connection.execute(text(JUDGED), said))


@pytest.mark.parametrize("seed", range(40))
def test_whole_things_add_up_exactly_or_not_at_all(connection: Connection, seed: int) -> None:
    draw = random.Random(seed)
    parts, off = [draw.randint(0, 10**6) for _ in range(draw.randint(1, 6))], draw.randint(-3, 3)
    figures = [("stated", sum(parts) + off, 0, "个"), *(("numerator", part, 0, "个") for part in parts)]
    (said,) = judged(connection, "sum", *figures)
    assert said.outcome == ("holds" if off == 0 else "does_not_hold")
    assert said.derived == sum(parts)


@pytest.mark.parametrize("seed", range(40))
def test_rounded_amounts_may_miss_by_half_a_digit_each(connection: Connection, seed: int) -> None:
    """Of n parts and their total, each rounded: up to (n + 1) halves of the last digit."""
    draw = random.Random(seed)
    parts, off, decimals = [draw.randint(0, 10**6) for _ in range(draw.randint(1, 6))], draw.randint(-9, 9), seed % 4
    digit = 10**decimals
    figures = [("stated", (sum(parts) + off) / digit, decimals, "亿元")]
    figures += [("numerator", part / digit, decimals, "亿元") for part in parts]
    (said,) = judged(connection, "sum", *figures, counting="amount")
    assert said.outcome == ("holds" if 2 * abs(off) <= len(parts) + 1 else "does_not_hold")


@pytest.mark.parametrize("seed", range(60))
def test_a_share_over_denominators_alone_agrees_with_trying_every_whole_number(
    connection: Connection, seed: int
) -> None:
    draw = random.Random(seed)
    decimals, whole = seed % 3, draw.randint(1, 3000)
    stated, half = Fraction(draw.randint(0, 100 * 10**decimals), 10**decimals), Fraction(1, 2 * 10**decimals)
    is_there = any(abs(Fraction(100 * n, whole) - stated) <= half for n in range(whole + 2))
    (said,) = judged(connection, "ratio", ("stated", float(stated), decimals, "%"), ("denominator", whole, 0, "所"))
    assert said.outcome == ("holds" if is_there else "does_not_hold")
    assert said.low - 1e-6 <= float(stated) <= said.high + 1e-6


@pytest.mark.parametrize("seed", range(40))
def test_a_share_holds_where_it_is_the_quotient_rounded(connection: Connection, seed: int) -> None:
    """In different counting words, as 所 of 个; half a digit up or down is within rounding."""
    draw = random.Random(seed)
    above, below = draw.randint(0, 5000), draw.randint(1, 5000)
    exact = Fraction(1000 * above, below)
    stated = math.floor(exact + Fraction(1, 2)) + draw.randint(-2, 2)
    figures = (("stated", stated / 10, 1, "%"), ("numerator", above, 0, "个"), ("denominator", below, 0, "所"))
    (said,) = judged(connection, "ratio", *figures)
    assert said.outcome == ("holds" if abs(exact - stated) <= Fraction(1, 2) else "does_not_hold")


def test_units_of_one_dimension_convert_and_others_cannot_be_added(connection: Connection) -> None:
    stated: Figure = ("stated", 1.5, 1, "亿元")
    parts: tuple[Figure, ...] = (("numerator", 10_000, 0, "万元"), ("numerator", 0.5, 1, "亿元"))
    (said,) = judged(connection, "sum", stated, *parts, counting="amount")
    assert (said.outcome, said.derived) == ("holds", 1.5)
    (other,) = judged(connection, "sum", stated, ("numerator", 3, 0, "个"), counting="amount")
    assert (other.outcome, other.facet) == ("not_comparable", "unit")


def test_nothing_is_said_of_what_cannot_be_judged(connection: Connection) -> None:
    assert judged(connection, "ratio", ("stated", 50, 0, "%"), ("numerator", 3, 0, "个")) == []
    none = ("denominator", 0, 0, "个")
    assert judged(connection, "ratio", ("stated", 50, 0, "%"), ("numerator", 3, 0, "个"), none) == []
    assert judged(connection, "ratio", ("stated", 50, 0, "%"), ("denominator", 3.5, 1, "亿元"), counting="amount") == []

"""Formulas that can never give a number are refused before they are in force."""

import pytest

from learning_city.catalogue import formulas
from learning_city.catalogue.formula_units import unit_of
from learning_city.model.dimensions import Dimension


@pytest.mark.parametrize(
    "expression",
    [
        "x / 0", "x / (x - x)", "x / (2 * x - x - x)", "x / -(0)", "x / NULLIF(x - x, 0)", "x / (y - x + x - y)",
        "x / (CASE WHEN y > 0 THEN 0 ELSE y - y END)", "x + y / 0", "y / LEAST(0, x * 0)", "x >= 1 / 0",
    ],
)  # fmt: skip
def test_a_denominator_that_is_always_zero_is_refused(expression: str) -> None:
    assert any("总是零" in zh for zh, _ in formulas.problems(expression))


@pytest.mark.parametrize(
    "expression",
    [
        "x / y", "x / (x - y)", "100 * x / NULLIF(y, 0)", "x / LEAST(y, 0)", "x / ROUND(y)", "x / (y + 0)",
        "CASE WHEN y > 0 THEN x / y ELSE 0 END", "x / GREATEST(y - 1, 0)", "x / CASE x WHEN 1 THEN 0 ELSE y END",
    ],
)  # fmt: skip
def test_a_denominator_that_is_sometimes_zero_is_no_fault(expression: str) -> None:
    assert formulas.problems(expression) == ()


def test_a_number_too_small_to_be_told_from_zero_is_refused() -> None:
    assert any("太小" in zh for zh, _ in formulas.problems("x / 1e-99999999"))


@pytest.mark.parametrize("expression", ["x * 1e300 * 1e300", "x / 1e300 / 1e300", "x * (1e300 * 1e300)"])
def test_factors_beyond_all_numbers_are_told_apart_from_units(expression: str) -> None:
    with pytest.raises(OverflowError):
        unit_of(expression, {"x": Dimension(scale=1.0, powers={"人": 1})})

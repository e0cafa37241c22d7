"""The fixed table of units: what converts, what only looks alike."""

import pytest

from learning_city.model.units import UNITS, canonical, counts_whole_things, factor, is_share


@pytest.mark.parametrize(
    ("left", "right", "times"),
    [
        ("万人", "人", 1e4), ("人", "万人", 1e-4), ("亿元", "万元", 1e4), ("千册", "万册", 0.1), ("平方公里", "公顷", 100),
        ("平方千米", "平方公里", 1), ("亩", "公顷", 1 / 15), ("‰", "%", 0.1), ("％", "%", 1), ("（万人）", "万人", 1),
        ("万 人", "人", 1e4), ("㎡", "平方米", 1), ("万亿元", "亿元", 1e4),
    ],
)  # fmt: skip
def test_multiples_of_one_thing_convert(left: str, right: str, times: float) -> None:
    assert factor(left, right) == pytest.approx(times, rel=1e-12)


@pytest.mark.parametrize(
    ("left", "right"), [("人次", "人"), ("万人次", "万人"), ("个", "所"), ("元", "%"), ("斤", "公斤"), ("", "人")]
)
def test_things_counted_differently_never_convert(left: str, right: str) -> None:
    assert factor(left, right) is None


def test_there_and_back_is_once() -> None:
    for left, (dimension, _) in UNITS.items():
        for right in ("元", "人", "万册", "公顷", "%"):
            if UNITS[right][0] == dimension and left == canonical(left):
                assert factor(left, right) * factor(right, left) == pytest.approx(1)  # type: ignore[operator]


@pytest.mark.parametrize("unit", ["个", "所", "人", "人次", "册"])
def test_schools_and_persons_are_counted_whole(unit: str) -> None:
    assert counts_whole_things(unit)


@pytest.mark.parametrize("unit", ["万人", "亿元", "%", "平方公里", "人年", "册/人"])
def test_multiples_and_measures_are_not(unit: str) -> None:
    assert not counts_whole_things(unit)


def test_only_percent_and_permille_are_shares_of_a_whole() -> None:
    assert [unit for unit in ("%", "‰", "％", "元", "—") if is_share(unit)] == ["%", "‰", "％"]

"""The 校验码: it changes with every value and mark, and when two cells change places."""

import random

import numpy as np
import pytest

from learning_city.model.checkcode import MARKS, PRIME, SCALE, check_code, share, split, term, weight

Cell = tuple[float | str | None, str]
LARGEST_LEDGER = 5_000


def ledger(seed: int) -> list[Cell]:
    """A filled ledger: whole numbers, decimals, typed missing values, blanks and texts."""
    draw = random.Random(seed)
    kinds: list[Cell] = [(None, ""), ("12人", "")]
    return [
        draw.choice(
            [(round(draw.uniform(0, 50_000), draw.choice([0, 1, 2, 4])), ""), (None, draw.choice(MARKS)), *kinds]
        )
        for _ in range(draw.randint(2, 80))
    ]


def same_to_the_code(left: Cell, right: Cell) -> bool:
    """Two texts count alike; everything else that differs must be seen."""
    return left == right or (isinstance(left[0], str) and isinstance(right[0], str) and left[1] == right[1])


@pytest.mark.parametrize("seed", range(60))
def test_swapping_two_cells_changes_the_code(seed: int) -> None:
    cells, draw = ledger(seed), random.Random(seed)
    before = check_code(cells)
    for _ in range(20):
        left, right = draw.sample(range(len(cells)), 2)
        if same_to_the_code(cells[left], cells[right]):
            continue
        swapped = list(cells)
        swapped[left], swapped[right] = swapped[right], swapped[left]
        assert check_code(swapped) != before, (cells[left], cells[right])


@pytest.mark.parametrize("seed", range(60))
def test_changing_any_cell_changes_the_code(seed: int) -> None:
    cells = ledger(seed)
    before = check_code(cells)
    for at, cell in enumerate(cells):
        for other in (
            (None, ""),
            (None, "零"),
            (None, "暂缺"),
            (0, ""),
            (12.5, ""),
            (12.6, ""),
            ("x", ""),
            (12.5, "零"),
        ):
            if not same_to_the_code(cell, other):
                assert check_code([*cells[:at], other, *cells[at + 1 :]]) != before, (cell, other)


def test_the_smallest_change_a_form_can_hold_is_seen() -> None:
    for value in (0, 0.0001, 99.99, 1961.2, 49_832, 28_014.9, 12_000_000):
        assert check_code([(value, "")]) != check_code([(value + 1 / SCALE, "")])


def test_every_cell_of_the_largest_ledger_has_a_weight_of_its_own() -> None:
    weights = [weight(position) for position in range(LARGEST_LEDGER)]
    assert len(set(weights)) == LARGEST_LEDGER
    assert 0 not in weights


def test_zero_blank_and_missing_are_three_different_things() -> None:
    said = [check_code([cell]) for cell in ((0, ""), (None, ""), (None, "暂缺"), (None, "零"), (0, "零"))]
    assert len(set(said)) == 5


def test_the_code_has_at_most_six_digits_and_no_step_leaves_the_integers_a_spreadsheet_holds() -> None:
    assert 0 <= check_code(ledger(1)) < PRIME < 10**6
    assert max(weight(n) for n in range(LARGEST_LEDGER)) * (2 * PRIME + 5 + 11 * len(MARKS)) < 2**53
    assert 50_000_000 * SCALE < 2**53


def test_half_a_step_is_rounded_away_from_zero_as_spreadsheets_do() -> None:
    assert check_code([(0.00005, "")]) == check_code([(0.0001, "")])
    assert check_code([(-0.00005, "")]) == check_code([(-0.0001, "")])


@pytest.mark.parametrize("value", [0, 12.5, 1961.2, 49_832, -3.25])
@pytest.mark.parametrize("times", [1, 2, 3, 10, 10_000, 999_982])
def test_a_change_by_a_multiple_of_the_prime_is_seen(value: float, times: int) -> None:
    for step in (PRIME / SCALE, PRIME):
        assert check_code([(value, "")]) != check_code([(round(value + times * step, 4), "")])


def test_whole_columns_give_what_single_cells_give() -> None:
    values = np.array([0.0, 12.5, 99.9983, 1_999_966.0, -3.25, 8e8])
    rest, times = split(np.floor(np.abs(values) * SCALE + 0.5) * np.sign(values))
    found = share(rest, times, 0, np.arange(len(values)))
    assert found.astype("int64").tolist() == [term(float(value), "", n) for n, value in enumerate(values)]

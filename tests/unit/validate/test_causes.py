"""The likeliest reason of a wrong number, and what it would be; one reason, the strongest."""

import pytest
from figures import Row, found, row, told


@pytest.mark.parametrize(
    ("wrong", "rule", "cause", "would_be"),
    [
        (row("a", 5_200_000, 5_000), "slip.unit", "unit_slip", 5_200),
        (row("a", 0.52, 5_000, unit="万元", decimals=2), "slip.unit", "unit_slip", 5_200),
        (row("a", 52_000, 5_000), "decimal.shift", "decimal_shift", 5_200),
        (row("a", 17.4, 1.7, unit="%", decimals=1), "decimal.shift", "decimal_shift", 1.74),
        (row("a", 0.6038, 58.21, unit="%", decimals=2, kind="rate"), "slip.unit", "fraction_for_percent", 60.38),
        (row("a", 0.6038, unit="%", decimals=2, kind="rate"), "slip.unit", "fraction_for_percent", 60.38),
        (row("a", 174, 1.7, unit="%", decimals=1), "unit.share", "unit_slip", 1.74),
        (row("a", -5_200, 5_000), "unit.negative", "sign_reversed", 5_200),
        (row("a", 1_400, 1_000, yearbook=1_040), "yearbook.differs", "digits_transposed", 1_040),
        (row("a", 9_120, 1_880), "change.year_on_year", "digits_transposed", 1_920),
        (row("a", 10_150, 5_000), "change.year_on_year", "cumulative_for_annual", 5_150),
        (row("a", 10_150, 5_000, yearbook=5_150), "yearbook.differs", "cumulative_for_annual", 5_150),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_wrong_number_is_told_with_its_cause(wrong: Row, rule: str, cause: str, would_be: float) -> None:
    finding = next(one for one in found(wrong) if one.rule_id == rule)
    assert (finding.cause, finding.would_be) == (cause, pytest.approx(would_be, rel=1e-9))
    assert f"{finding.would_be:.10g}" in finding.message_zh
    assert f"{finding.would_be:.10g}" in finding.message_en


def test_a_fraction_that_last_year_was_one_too_is_no_slip() -> None:
    assert told(row("a", 0.6, 0.58, unit="%", decimals=2, kind="rate")) == []


def test_what_the_yearbook_confirms_is_not_asked_about() -> None:
    assert told(row("a", 52_000, 5_000, yearbook=52_000)) == []


def test_neighbours_that_fit_each_other_were_swapped() -> None:
    asked = told(row("a", 402, 100), row("b", 104, 400), row("c", 50, 51))
    assert asked == [
        ("swap.neighbour", "a", "swapped_with_neighbour", 104),
        ("swap.neighbour", "b", "swapped_with_neighbour", 402),
    ]
    assert told(row("a", 402, 100, unit="万元"), row("b", 104, 400)) == [
        ("swap.neighbour", "a", "swapped_with_neighbour", 104),
        ("swap.neighbour", "b", "swapped_with_neighbour", 402),
    ]


def test_neighbours_that_both_moved_their_own_way_were_not() -> None:
    assert told(row("a", 115, 100), row("b", 101, 112)) == []


def test_a_part_off_by_a_power_of_ten_is_the_fault_and_not_its_total() -> None:
    parts = [row("p1", 1_200, parent="t", parts="all"), row("p2", 300, parent="t", parts="all")]
    asked = told(row("t", 420), *parts[:1], parts[1])
    assert ("decimal.shift", "p1", "decimal_shift", 120) in asked
    assert ("parts.total", "t", "decimal_shift", None) in asked


def test_a_total_with_transposed_digits_would_be_the_sum_of_its_parts() -> None:
    parts = [row("p1", 611, parent="t", parts="all"), row("p2", 328, parent="t", parts="all")]
    assert told(row("t", 993), *parts) == [("parts.total", "t", "digits_transposed", 939)]


def test_a_rate_that_is_a_fraction_of_its_own_parts_says_so() -> None:
    asked = told(row("n", 610), row("d", 1_000), row("r", 0.61, unit="%", decimals=2, numerator="n", denominator="d"))
    assert ("rate.parts", "r", "fraction_for_percent", 61) in asked


def test_a_rate_whose_numerator_slipped_proposes_nothing() -> None:
    rate = row("r", 61, 60, unit="%", decimals=2, numerator="n", denominator="d")
    asked = told(row("n", 61_000, 600), row("d", 1_000, 990), rate)
    assert ("rate.parts", "r", "rate_differs_from_parts", None) in asked
    assert ("slip.unit", "n", "unit_slip", 610) in asked


def test_a_cumulative_figure_in_a_yearly_row_is_told_by_its_twin() -> None:
    since = row("since", 1_300, 1_180, kind="cumulative")
    assert told(since, row("x", 7, 7), row("year", 1_300, 110)) == [
        ("decimal.shift", "year", "cumulative_for_annual", 120)
    ]


def test_two_slips_are_never_told_for_one_number() -> None:
    assert len({one[2] for one in told(row("a", 5_200_000, 5_000, yearbook=5_200))}) == 1

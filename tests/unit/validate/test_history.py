"""Figures beside their past, their peers and their neighbours: what is asked about, and what is left in peace."""

import pytest
from figures import Row, row, told

PLACES = [f"9{n:03d}00" for n in range(24)]
LONG_PAST = {"past_values": 6, "growth_median": 1.05, "growth_mad": 0.01}


def everywhere(growth: float, **said: object) -> list[Row]:
    """One item in every place, each grown alike but for a little."""
    return [
        row("a", round(1000 * growth) + n, 1000 + n, n=n + 1, place=place, **said) for n, place in enumerate(PLACES)
    ]


def test_a_large_change_is_asked_about() -> None:
    assert told(row("a", 5200, 2000)) == [("change.year_on_year", "a", "large_change", None)]


@pytest.mark.parametrize(("value", "previous"), [(1400, 1000), (620, 1000), (17, 5), (0, 12), (5, 0), (3000, None)])
def test_a_usual_change_and_small_numbers_are_left_in_peace(value: float, previous: float | None) -> None:
    assert told(row("a", value, previous)) == []


def test_a_typed_zero_is_never_asked_about() -> None:
    assert told(row("a", 0, 5000, text="", missing_type="零")) == []


def test_nothing_is_compared_across_a_break() -> None:
    assert told(row("a", 5200, 2000, is_break=True)) == []


def test_a_series_of_its_own_says_what_is_usual() -> None:
    (asked,) = told(row("a", 1500, 1000, **LONG_PAST))
    assert asked == ("outlier.history", "a", "large_change", None)
    assert told(row("a", 1100, 1000, **LONG_PAST)) == []


def test_a_restless_series_is_held_against_its_own_past_and_not_against_the_rule() -> None:
    restless = LONG_PAST | {"growth_mad": 0.2}
    assert told(row("a", 2000, 1000, **restless)) == []
    (asked,) = told(row("a", 5000, 1000, **restless))
    assert asked[0] == "outlier.history"


def test_a_place_that_moves_unlike_twenty_others_is_asked_why() -> None:
    calm = everywhere(1.02)
    odd = {**calm[3], "value": 1487, "text": "1487"}
    (asked,) = told(*calm[:3], odd, *calm[4:])
    assert asked == ("outlier.peers", "a", "large_change", None)
    assert told(*calm[:3], odd, *calm[4:10]) == []  # fewer than twenty places


def test_what_doubled_everywhere_is_nobodys_fault() -> None:
    assert told(*everywhere(1.9)) == []


def test_a_figure_without_a_past_is_held_against_the_level_of_its_peers() -> None:
    rows = [{**one, "previous": None} for one in everywhere(1.0)]
    (asked,) = told(*rows[1:], {**rows[0], "value": 10_000_000, "text": "10000000"})
    assert asked == ("outlier.level", "a", "unit_slip", None)


def test_a_long_figure_repeated_from_last_year_is_asked_about_where_the_others_moved() -> None:
    moved = [row(f"m{n}", 52_345 + 7 * n, 50_123) for n in range(4)]
    assert told(row("a", 48_317, 48_317), *moved) == [("change.repeated", "a", "last_year_repeated", None)]
    assert told(row("a", 317, 317), *moved) == []
    assert told(row("a", 48_317, 48_317, unit="平方公里"), *moved) == []


def test_last_years_figure_is_told_as_such_where_the_yearbook_knows_better() -> None:
    ((rule, *_, cause, would_be),) = told(row("a", 4_000, 4_000, yearbook=4_400))
    assert (rule, cause, would_be) == ("yearbook.differs", "last_year_repeated", 4_400)


def test_a_figure_of_the_other_definition_is_asked_about() -> None:
    residents = row("population", 1_360, 2_170, definition="changzhu", cell="changzhu", label="常住人口")
    registered = row("population", 1_360, 1_345, definition="huji", cell="huji", label="户籍人口")
    asked = told(residents, registered)
    assert ("outlier.definition", "changzhu", "other_definition", None) in asked
    assert {cell for _, cell, _, _ in asked} == {"changzhu"}


def test_more_than_ten_parts_within_tolerance_but_oddly_off_are_a_note() -> None:
    parts = [row(f"p{n}", 10, parent="t", parts="all") for n in range(16)]
    assert told(row("t", 167), *parts) == [("parts.rounding", "t", "", None)]
    assert told(row("t", 161), *parts) == []


def test_parts_on_another_form_of_the_workbook_make_their_total() -> None:
    parts = [row(f"p{n}", 100, parent="t", parts="all", form="g", sheet="g") for n in range(3)]
    assert told(row("t", 300), *parts) == []
    assert told(row("t", 350), *parts) == [("parts.total", "t", "parts_do_not_add_up", 300)]


def test_an_incomplete_breakdown_is_only_held_against_more_than_its_total() -> None:
    missing = row("p2", None, parent="t", parts="all", missing_type="暂缺", reason="没有统计", status="L")
    assert told(row("t", 300), row("p1", 100, parent="t", parts="all"), missing) == []
    asked = told(row("t", 300), row("p1", 400, parent="t", parts="some"), missing)
    assert [rule for rule, *_ in asked] == ["parts.over_total"]


def test_the_yearbook_is_compared_in_the_unit_of_the_row() -> None:
    printed = {"yearbook": 21.7, "yearbook_unit": "万人", "yearbook_decimals": 1}
    assert told(row("a", 217_290, **printed)) == []
    ((rule, *_, would_be),) = told(row("a", 230_000, **printed))
    assert (rule, would_be) == ("yearbook.differs", 217_000)
    assert told(row("a", 230_000, **printed | {"yearbook_unit": "万人次"})) == []


def test_another_departments_figure_is_compared_in_the_unit_of_the_row() -> None:
    mine, theirs = row("a", 52_000), row("a", 5.2, n=2, form="g", unit="万人", decimals=1)
    assert told(mine, theirs) == []
    asked = told(mine, {**theirs, "value": 6.4, "text": "6.4"})
    assert [one[0] for one in asked] == ["departments.differ"] * 2


def test_a_cumulative_figure_may_leap_and_not_fall() -> None:
    since = {"kind": "cumulative"}
    assert told(row("a", 250, 100, **since)) == []
    assert told(row("a", 900, 1000, **since)) == [("cumulative.fall", "a", "cumulative_fell", None)]
    asked = told(row("a", 280, 1000, **since))
    assert ("cumulative.fall", "a", "annual_for_cumulative", 1280) in asked

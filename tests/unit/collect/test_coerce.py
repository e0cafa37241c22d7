"""Texts that mean numbers, and texts that only look like them."""

import pandas as pd
import pytest

from learning_city.collect.coerce import coerce, number


@pytest.mark.parametrize(
    ("text", "unit", "meant"),
    [
        ("１２３４", "个", 1234),
        ("1,234,567.5", "万元", 1234567.5),
        ("１，２３４", "个", 1234),
        (" 1 961.2 ", "万人", 1961.2),
        ("1\u30001961", "人", 11961),
        ("60.38%", "%", 60.38),
        ("60.38％", "%", 60.38),
        ("12 所", "所", 12),
        ("1961.2万人", "万人", 1961.2),
        ("413万人次", "万人次", 413),
        ("−5", "个", -5),
        ("0", "个", 0),
    ],
)
def test_what_a_person_would_read_as_a_number_is_read(text: str, unit: str, meant: float) -> None:
    assert number(text, unit) == meant


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("12人", "个"),
        ("12人", "人次"),
        ("1961.2万人", "人"),
        ("1961.2人", "万人"),
        ("60.38%", "‰"),
        ("12,34", "个"),
        ("1,2345", "个"),
        ("近百", "个"),
        ("30余", "个"),
        ("12-15", "个"),
        ("1.2.3", "个"),
        ("个", "个"),
        ("—", "—"),
        ("nan", "个"),
        ("inf", "个"),
        ("1e999", "个"),
        ("0x10", "个"),
        ("1_000", "个"),
        ("", "个"),
        ("   ", "个"),
    ],
)
def test_what_means_no_number_in_the_rows_unit_stays_text(text: str, unit: str) -> None:
    assert number(text, unit) is None


def items(*cells: tuple[str, str], asked: str = "number") -> pd.DataFrame:
    return pd.DataFrame([{"text": text, "typed": typed, "unit": "个", "type": asked} for text, typed in cells])


def test_a_typed_number_is_taken_as_it_is_and_is_no_repair() -> None:
    (row,) = coerce(items(("12.5", "number"))).to_dict("records")
    assert row["value"] == 12.5
    assert pd.isna(row["repaired"])


def test_an_understood_text_is_recorded_with_the_text_as_it_stood() -> None:
    (row,) = coerce(items(("１２ 个", "text"))).to_dict("records")
    assert (row["value"], row["repaired"]) == (12, "１２ 个")


def test_blanks_and_uncalculated_formulas_have_no_value() -> None:
    coerced = coerce(items(("", "empty"), ("", "formula"), (" ", "text"), ("12人", "text")))
    assert coerced["value"].isna().all()
    assert coerced["repaired"].isna().all()


@pytest.mark.parametrize("asked", ["text", "choice"])
def test_where_no_number_is_asked_the_answer_stays_its_text(asked: str) -> None:
    coerced = coerce(items(("2018", "number"), ("12 个", "text"), ("", "empty"), asked=asked))
    assert coerced["value"].isna().all()
    assert coerced["repaired"].isna().all()

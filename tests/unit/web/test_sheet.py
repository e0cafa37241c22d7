"""Column letters, and cell names that are no cell."""

import pytest

from learning_city.web.sheet import letters_of, window


@pytest.mark.parametrize(
    ("number", "letters"), [(1, "A"), (26, "Z"), (27, "AA"), (52, "AZ"), (703, "AAA"), (16384, "XFD")]
)
def test_letters_of_a_column(number: int, letters: str) -> None:
    assert letters_of(number) == letters


@pytest.mark.parametrize("cell", ["", "A", "12", "A1:B2", "a1", "AAAA1"])
def test_a_finding_without_one_cell_has_no_window(cell: str) -> None:
    assert window({"cell": cell, "sheet": "表", "submission_id": 1}) is None

"""The identity of an issued workbook: its token stands for every word of it."""

from dataclasses import replace

import pytest

from learning_city.model.ledger import STRUCTURE, Identity, template_hash

KEY = b"the office's key"
IDENTITY = Identity(
    contract="1", round="2017", period="2017", department="edu", place="110000", template="0" * 16, edition="1",
    token="", due="2018-04-30",
)  # fmt: skip


def test_the_keys_stand_in_the_order_of_the_contract() -> None:
    assert Identity.keys() == (
        "contract", "round", "period", "department", "place", "template", "edition", "token", "due",
    )  # fmt: skip


@pytest.mark.parametrize("name", [name for name in Identity.keys() if name != "token"])  # noqa: SIM118 - a method
def test_every_word_of_the_identity_changes_the_token(name: str) -> None:
    assert replace(IDENTITY, **{name: "x"}).signed(KEY) != IDENTITY.signed(KEY)


def test_the_token_itself_is_no_part_of_what_is_signed() -> None:
    assert replace(IDENTITY, token="x").signed(KEY) == IDENTITY.signed(KEY)


def test_another_key_gives_another_token() -> None:
    assert IDENTITY.signed(b"another key") != IDENTITY.signed(KEY)


def test_words_cannot_move_from_one_key_to_the_next() -> None:
    moved = replace(IDENTITY, round="201", period="72017")
    assert moved.signed(KEY) != IDENTITY.signed(KEY)


def test_a_template_answers_to_every_structural_cell_and_to_no_figure() -> None:
    row = tuple("x" for _ in STRUCTURE)
    assert "previous" not in STRUCTURE
    assert "yearbook" not in STRUCTURE
    for at in range(len(row)):
        changed = (*row[:at], "y", *row[at + 1 :])
        assert template_hash([changed]) != template_hash([row])
    assert template_hash([row, row]) != template_hash([row])

"""Editions of the catalogue: numbered, immutable, stored once."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from learning_city.catalogue.read import read
from learning_city.model.edition import Edition
from learning_city.warehouse import ref
from learning_city.warehouse.engine import scalar
from learning_city.warehouse.statements import SQL


def store(engine: Engine, edition: Edition) -> int:
    with engine.begin() as connection:
        return ref.store(connection, edition, who="clerk", why="a test")


def with_place(place: str, **changes: object) -> Edition:
    """The starter edition with one row of a place changed."""
    edition = read(SQL / "reference")
    rows = [row | changes if row["place"] == place else row for row in edition.tables["place"]]
    return replace(edition, tables={**edition.tables, "place": rows})


def test_an_equal_edition_keeps_its_number(engine: Engine) -> None:
    assert store(engine, read(SQL / "reference")) == 1
    with engine.connect() as connection:
        assert scalar(connection, "SELECT count(*) FROM ref.edition") == 1


def test_a_changed_edition_gets_the_next_number_and_leaves_the_old_one_as_it_was(engine: Engine) -> None:
    assert store(engine, with_place("110000", name_en="Peking")) == 2
    with engine.connect() as connection:
        assert ref.current(connection) == 2
        for edition, name in ((1, "Beijing"), (2, "Peking")):
            places = ref.frame(connection, "place", edition).set_index("place")
            assert places.at["110000", "name_en"] == name


def test_the_database_itself_refuses_two_overlapping_validities(engine: Engine) -> None:
    overlapping = "SELECT edition, place, name_zh, name_en, parent, level, date '2012-01-01', NULL FROM ref.place"
    with pytest.raises(IntegrityError, match="exclusion constraint"), engine.begin() as connection:
        connection.execute(text(f"INSERT INTO ref.place {overlapping} WHERE place = '110000'"))


def test_every_row_of_the_starter_edition_is_stored(engine: Engine) -> None:
    with engine.connect() as connection:
        for table, rows in read(SQL / "reference").tables.items():
            assert scalar(connection, f'SELECT count(*) FROM ref."{table}"') == len(rows), table

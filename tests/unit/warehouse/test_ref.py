"""Editions of the catalogue: numbered, immutable, stored once."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from learning_city.catalogue.read import read
from learning_city.errors import NeedsAPerson
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


def test_a_stored_edition_is_loaded_as_it_was(engine: Engine) -> None:
    with engine.connect() as connection:
        assert ref.load(connection, 1).content_hash == read(SQL / "reference").content_hash


def test_a_number_that_no_edition_has_is_said_so(engine: Engine) -> None:
    with engine.connect() as connection, pytest.raises(NeedsAPerson, match="第 9 版"):
        ref.load(connection, 9)


def test_editions_are_listed_newest_first(engine: Engine) -> None:
    store(engine, with_place("110000", name_en="Peking"))
    with engine.connect() as connection:
        assert [(row["edition"], row["who"]) for row in ref.editions(connection)] == [(2, "clerk"), (1, "tests")]


@pytest.mark.parametrize(
    ("year", "department", "cap", "version"),
    [(2012, "文化广电新闻出版局", 2.5, 1), (2018, "文化和旅游局", 8.0, 2)],
)
def test_a_day_gives_the_departments_thresholds_and_formulas_of_that_day(
    engine: Engine, year: int, department: str, cap: float, version: int
) -> None:
    day = date(year, 12, 31)
    with engine.connect() as connection:
        departments = ref.frame(connection, "department", 1, day).set_index("department")
        assert departments.at["culture_tourism", "name_zh"] == department
        thresholds = ref.frame(connection, "threshold", 1, day).set_index("threshold")
        assert thresholds.at["training_deduction_cap", "value"] == cap
        formulas = ref.frame(connection, "formula", 1, day).set_index("formula")
        assert formulas.at["urban_rural_income_ratio", "version"] == version


def test_a_table_without_dates_is_the_same_on_every_day(engine: Engine) -> None:
    with engine.connect() as connection:
        whole, then = ref.frame(connection, "measure", 1), ref.frame(connection, "measure", 1, date(1990, 1, 1))
    assert len(whole) == len(then) > 100


def test_the_database_itself_refuses_two_overlapping_validities(engine: Engine) -> None:
    overlapping = "SELECT edition, place, name_zh, name_en, parent, level, date '2012-01-01', NULL FROM ref.place"
    with pytest.raises(IntegrityError, match="exclusion constraint"), engine.begin() as connection:
        connection.execute(text(f"INSERT INTO ref.place {overlapping} WHERE place = '110000'"))


def test_every_row_of_the_starter_edition_is_stored(engine: Engine) -> None:
    with engine.connect() as connection:
        for table, rows in read(SQL / "reference").tables.items():
            assert scalar(connection, f'SELECT count(*) FROM ref."{table}"') == len(rows), table

"""Editions of the catalogue for tests: the starter edition with rows added, changed or taken out."""

from collections.abc import Callable

from sqlalchemy import Engine

from learning_city.catalogue.columns import TABLES
from learning_city.catalogue.read import read
from learning_city.model.edition import Edition, Row
from learning_city.warehouse import ref
from learning_city.warehouse.statements import SQL

Change = Callable[[Row], Row | None]


def starter(changes: dict[str, Change] | None = None, **added: list[dict[str, object]]) -> Edition:
    """The starter edition; ``changes`` gives each row of a table anew (None takes it out), ``added`` rows stand at the end."""
    tables = {name: [dict(row) for row in rows] for name, rows in read(SQL / "reference").tables.items()}
    for name, change in (changes or {}).items():
        tables[name] = [new for row in tables[name] if (new := change(row)) is not None]
    for name, rows in added.items():
        tables[name] += [dict.fromkeys(TABLES[name].columns) | row for row in rows]
    return Edition(tables=tables)


def use(engine: Engine, edition: Edition) -> int:
    """Put an edition into use; gives its number."""
    with engine.begin() as connection:
        return ref.store(connection, edition, who="a test", why="what the test is about")

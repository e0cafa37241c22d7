"""The pages' way to the warehouse: as ``lcm_app``, opened on first use, short reads only."""

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import Engine, RowMapping, TextClause, text
from sqlalchemy.exc import DBAPIError

from learning_city.model.home import Home
from learning_city.warehouse.engine import connect, reader


@cache
def engine() -> Engine:
    """The engine of the office this process serves."""
    return connect(Home.from_environment(), "lcm_app")


@cache
def _reader() -> Engine:
    return reader(Home.from_environment(), "lcm_app")


def rows(sql: str, **values: object) -> Sequence[RowMapping]:
    """Every row of a query with bound parameters; asked once more where the server was started anew meanwhile."""
    try:
        return _rows(sql, values)
    except DBAPIError as broken:
        if not broken.connection_invalidated:
            raise
        return _rows(sql, values)


def row(sql: str, **values: object) -> RowMapping | None:
    """The first row of a query, or None."""
    return next(iter(rows(sql, **values)), None)


def together(statements: Mapping[str, str], **values: object) -> dict[str, list[dict[str, Any]]]:
    """Several small questions in one journey: the rows of each by its name, as JSON has them (dates are texts)."""
    asked = ", ".join(
        f"(SELECT coalesce(jsonb_agg(to_jsonb(x)), '[]') FROM ({sql}) AS x) AS {name}"  # noqa: S608 - our statements
        for name, sql in statements.items()
    )
    return {str(name): found for name, found in rows(f"SELECT {asked}", **values)[0].items()}


def _rows(sql: str, values: dict[str, object]) -> Sequence[RowMapping]:
    with _reader().connect() as connection:
        return connection.execute(_parsed(sql), values).mappings().all()


@lru_cache(maxsize=512)
def _parsed(sql: str) -> TextClause:
    return text(sql)

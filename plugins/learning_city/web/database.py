"""The pages' way to the warehouse: as ``lcm_app``, opened on first use, short reads only."""

from collections.abc import Sequence
from functools import cache

from sqlalchemy import Engine, RowMapping, text

from learning_city.model.home import Home
from learning_city.warehouse.engine import connect


@cache
def engine() -> Engine:
    """The engine of the office this process serves."""
    return connect(Home.from_environment(), "lcm_app")


@cache
def _reader() -> Engine:
    """The same connections, a statement at a time: a read needs no BEGIN and no ROLLBACK around it."""
    return engine().execution_options(isolation_level="AUTOCOMMIT")


def rows(sql: str, **values: object) -> Sequence[RowMapping]:
    """Every row of a query with bound parameters."""
    with _reader().connect() as connection:
        return connection.execute(text(sql), values).mappings().all()


def row(sql: str, **values: object) -> RowMapping | None:
    """The first row of a query, or None."""
    with _reader().connect() as connection:
        return connection.execute(text(sql), values).mappings().first()

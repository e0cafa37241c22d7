"""The pages' way to the warehouse: as ``lcm_app``, opened on first use, short reads only."""

from collections import OrderedDict
from collections.abc import Hashable, Mapping, Sequence
from contextvars import ContextVar
from functools import cache, lru_cache
from threading import Lock
from typing import Any

from sqlalchemy import Engine, RowMapping, TextClause, event, text
from sqlalchemy.exc import DBAPIError

from learning_city.model.home import Home
from learning_city.warehouse.engine import connect, reader

MOST_SHARED = 64
_MOMENT = "SELECT concat(sum(n), ' ', app.today()) AS moment FROM app.change"
_moment: ContextVar[str] = ContextVar("moment", default="")
_shared: OrderedDict[Hashable, tuple[str, Sequence[RowMapping]]] = OrderedDict()
_one_thread = Lock()


@cache
def engine() -> Engine:
    """The engine of the office this process serves."""
    made = connect(Home.from_environment(), "lcm_app")
    event.listen(made, "commit", lambda _: _moment.set(""))
    return made


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


def look() -> None:
    """Remember, for the rest of this request, how many transactions had written when it began: see ``shared``."""
    _moment.set(str(rows(_MOMENT)[0]["moment"]))


def shared(sql: str, **values: object) -> Sequence[RowMapping]:
    """As ``rows``, for what many people ask alike: answered again only when a transaction that wrote ended since it was.

    The transactions that wrote are counted in the database, each at its own end (``app.change``): nothing is ever stale.
    Without ``look``, or after this request wrote something itself, the database is asked.
    """
    moment = _moment.get()
    key = (_reader(), sql, *((name, _hashable(value)) for name, value in values.items()))
    known = _shared.get(key)
    if known and moment and known[0] == moment:
        return known[1]
    found = rows(sql, **values)
    if moment:
        _keep(key, moment, found)
    return found


def _keep(key: Hashable, moment: str, found: Sequence[RowMapping]) -> None:
    """What was asked longest ago goes first."""
    with _one_thread:
        _shared.pop(key, None)
        _shared[key] = (moment, found)
        while len(_shared) > MOST_SHARED:
            _shared.popitem(last=False)


def _hashable(value: object) -> Hashable:
    return tuple(value) if isinstance(value, list) else value


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

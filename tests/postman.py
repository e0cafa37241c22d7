"""A real mail server on this machine that keeps what it is handed."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiosmtpd.controller import Controller


@dataclass
class Postman:
    """A real mail server's handler; ``refuse`` makes it turn mail away."""

    port: int = 0
    refuse: bool = False
    taken: list[Any] = field(default_factory=list)

    async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:  # noqa: N802 - the library's name
        del server, session
        if self.refuse:
            return "451 try later"
        self.taken.append(envelope)
        return "250 OK"


@pytest.fixture
def postman() -> Iterator[Postman]:
    """A mail server on this machine."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        handler = Postman(port=free.getsockname()[1])
    controller = Controller(handler, hostname="127.0.0.1", port=handler.port)
    controller.start()
    yield handler
    controller.stop()

"""A browser's session against the running demonstration, and grants lent for one test."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, text

from learning_city.warehouse.engine import connect

Granted = Callable[..., AbstractContextManager[None]]


@pytest.fixture(scope="module")
def engine(running_demo: Any) -> Engine:
    return connect(running_demo.home)


@pytest.fixture(scope="module")
def client(running_demo: Any) -> Iterator[httpx.Client]:
    """A browser's session of the demo's user, asking for Chinese pages."""
    with httpx.Client(base_url=running_demo.url, headers={"Accept": "text/html", "Accept-Language": "zh"}) as made:
        login = {"username": running_demo.user, "password": running_demo.password}
        made.cookies.set("_token", made.post("/auth/token", json=login).raise_for_status().json()["access_token"])
        yield made


@pytest.fixture(scope="module")
def own_page(client: httpx.Client) -> httpx.Client:
    """The same session, writing from our own pages; a check may take its time."""
    client.headers["Origin"] = str(client.base_url).rstrip("/")
    client.timeout = httpx.Timeout(120)
    return client


@pytest.fixture
def granted(running_demo: Any, engine: Engine) -> Granted:
    """Gives the demo user other grants for a while, and no others."""

    @contextmanager
    def only(*grants: tuple[str, str]) -> Iterator[None]:
        user = {"user": running_demo.user}
        with engine.begin() as connection:
            before = connection.execute(text('SELECT * FROM app.grant WHERE "user" = :user'), user).mappings().all()
            connection.execute(text('DELETE FROM app.grant WHERE "user" = :user'), user)
            for role, place in grants:
                said = {"role": role, "place": place, **user}
                connection.execute(text("""INSERT INTO app.grant VALUES (:user, :role, :place, 'test')"""), said)
        try:
            yield
        finally:
            with engine.begin() as connection:
                connection.execute(text('DELETE FROM app.grant WHERE "user" = :user'), user)
                for row in before:
                    values = "(:user, :role, :place, :granted_by, :granted_at)"
                    connection.execute(text(f"INSERT INTO app.grant VALUES {values}"), dict(row))

    return only

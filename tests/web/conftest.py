"""A browser's session against the running demonstration, and grants lent for one test."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, text

from learning_city.warehouse.engine import connect

Granted = Callable[..., AbstractContextManager[None]]
PLUGINS = Path(__file__).resolve().parents[2] / "plugins"
ROUTES = """
import json, sys
from learning_city.web.app import create_app
from learning_city.web.security import signed_in

def asks(dependant):
    return dependant.call is signed_in or any(asks(below) for below in dependant.dependencies)

routes = [[sorted(route.methods)[0], route.path, asks(route.dependant)] for route in create_app().routes]
print(json.dumps({"routes": routes, "heavy": sorted({"great_expectations", "pandas"} & set(sys.modules))}))
"""


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


@pytest.fixture(scope="session")
def application(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the web app is made of, as a process of its own sees it."""
    home = tmp_path_factory.mktemp("airflow")
    settings = {"AIRFLOW_HOME": str(home), "PYTHONPATH": str(PLUGINS), "AIRFLOW__CORE__LOAD_EXAMPLES": "False"}
    said = subprocess.run(
        [sys.executable, "-c", ROUTES],
        env=os.environ | settings,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    found: dict[str, Any] = json.loads(said.stdout.splitlines()[-1])
    return found

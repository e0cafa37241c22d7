"""One embedded PostgreSQL for all tests; every test that asks for a home gets a database of its own."""

import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, get_args

import psycopg
import pytest
from demonstration import running_demo  # noqa: F401 - a fixture
from office import ROUND, Ledgers, Office, open_office
from postman import postman  # noqa: F401 - a fixture
from sqlalchemy import Engine
from xdist.scheduler import LoadScopeScheduling

from learning_city.catalogue.read import read
from learning_city.collect.reader import Readers
from learning_city.model.home import Home
from learning_city.prepare import issue
from learning_city.prepare.rounds import open_round
from learning_city.warehouse import ref, server
from learning_city.warehouse.engine import Role, connect
from learning_city.warehouse.migrate import migrate
from learning_city.warehouse.statements import SQL

TEMPLATE = "starter"
"""A migrated database with the starter catalogue; tests work on copies of it."""
NewHome = Callable[[], AbstractContextManager[Home]]


class ByFile(LoadScopeScheduling):
    """Two processes share the files; those that use the running demonstration stay with one of them."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", 1)[0]
        return "demonstration" if file.startswith("tests/web/") or "through_airflow" in file else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    return ByFile(config, log)


@pytest.fixture(scope="session")
def database_folder() -> Iterator[Path]:
    """A folder that the user of the embedded PostgreSQL can walk to, also when the tests run as root."""
    folder = Path(tempfile.mkdtemp(prefix="lcm-test-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    server.stop(folder / "postgres")
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def new_home(database_folder: Path) -> NewHome:
    """Makes homes: ``with new_home() as home`` lives in a database of its own, marked as a demonstration."""
    socket = server.start(database_folder / "postgres")
    for statement in ("ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()"):
        _run(socket, statement)  # a test's database need not outlive the machine
    _make_template(database_folder, socket)
    numbers = itertools.count(1)

    @contextmanager
    def fresh() -> Iterator[Home]:
        name = f"test_{next(numbers)}"
        _run(socket, f'CREATE DATABASE "{name}" TEMPLATE "{TEMPLATE}"')
        home = _home(database_folder, socket, name)
        yield home
        _close(home)
        _run(socket, f'DROP DATABASE "{name}"')
        shutil.rmtree(home.root)

    return fresh


@pytest.fixture
def home(new_home: NewHome) -> Iterator[Home]:
    """A demonstration of this test alone."""
    with new_home() as fresh:
        yield fresh


@pytest.fixture
def engine(home: Home) -> Engine:
    """The owner's engine on ``home``: migrated, starter catalogue loaded."""
    return connect(home)


@pytest.fixture(scope="session")
def ledgers(new_home: NewHome) -> Ledgers:
    """The workbooks of the round 2017 as they are handed out."""
    with new_home() as home, connect(home).connect() as connection:
        open_round(connect(home), ROUND)
        made = issue.ledgers(connection, ROUND, is_demo=True)
        return {(ledger.identity.place, ledger.identity.department): ledger for ledger in made}


@pytest.fixture
def office(home: Home, readers: Readers, ledgers: Ledgers) -> Office:
    """An office with the round 2017 open."""
    return open_office(home, readers, ledgers)


@pytest.fixture(scope="session")
def readers() -> Iterator[Readers]:
    """The two warm reading processes."""
    with Readers() as pool:
        yield pool


@pytest.fixture(scope="session")
def require() -> Callable[[str], str]:
    """``require("soffice")`` gives the program's path; without it the test is skipped, or fails in CI."""

    def find(program: str) -> str:
        path = shutil.which(program)
        if path is None and os.environ.get("LCM_REQUIRE_ALL") == "1":
            pytest.fail(f"{program} is not installed, and LCM_REQUIRE_ALL=1")
        return path or pytest.skip(f"{program} is not installed")

    return find


def _make_template(folder: Path, socket: str) -> None:
    _run(socket, f'CREATE DATABASE "{TEMPLATE}"')
    home = _home(folder, socket, TEMPLATE)
    migrate(connect(home))
    with connect(home).begin() as connection:
        ref.store(connection, read(SQL / "reference"), who="tests", why="starter catalogue")
    _close(home)


def _home(folder: Path, socket: str, name: str) -> Home:
    home = Home(root=folder / name, database_url=f"postgresql+psycopg://postgres@/{name}?host={socket}")
    home.root.mkdir()
    (home.root / "DEMO").touch()
    return home


def _close(home: Home) -> None:
    for role in get_args(Role):
        connect(home, role).dispose()


def _run(socket: str, statement: str) -> None:
    with psycopg.connect(f"host={socket} user=postgres dbname=postgres", autocommit=True) as connection:
        connection.execute(statement)

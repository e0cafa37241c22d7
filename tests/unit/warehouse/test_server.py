"""The embedded server: it comes back after a kill, and refuses places it would have to open to everybody."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from learning_city.errors import NeedsAPerson
from learning_city.model.home import Home
from learning_city.warehouse import server
from learning_city.warehouse.engine import connect, url

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root's server runs as another user")


@pytest.fixture
def own_folder() -> Iterator[Path]:
    """A folder for a server of this test alone."""
    folder = Path(tempfile.mkdtemp(prefix="lcm-own-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    server.stop(folder / "postgres")
    shutil.rmtree(folder)


def test_committed_rows_survive_a_killed_server(own_folder: Path) -> None:
    home = Home(root=own_folder)
    engine = connect(home)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE kept (said text)")
        connection.exec_driver_sql("INSERT INTO kept VALUES ('committed')")
    half = engine.connect()
    half.exec_driver_sql("INSERT INTO kept VALUES ('not committed')")
    postmaster = int((home.server_data / "postmaster.pid").read_text().splitlines()[0])
    os.kill(postmaster, signal.SIGKILL)
    half.invalidate()
    half.close()
    engine.dispose()
    again = connect(home)
    with again.connect() as connection:
        assert connection.exec_driver_sql("SELECT said FROM kept").all() == [("committed",)]
    assert int((home.server_data / "postmaster.pid").read_text().splitlines()[0]) != postmaster
    again.dispose()


def test_a_first_start_applies_our_settings_and_makes_both_databases(own_folder: Path) -> None:
    home = Home(root=own_folder)
    assert url(home).startswith("postgresql+psycopg://postgres@/warehouse?host=")
    socket = server.start(home.server_data)
    with psycopg.connect(f"host={socket} user=postgres dbname=airflow") as connection:
        for name, wanted in server.SETTINGS.items():
            (found,) = connection.execute(f"SHOW {name}").fetchone()  # type: ignore[misc]
            assert found == wanted, name


def test_threads_that_ask_at_once_all_get_the_same_server(own_folder: Path) -> None:
    data = own_folder / "postgres"
    with ThreadPoolExecutor(8) as threads:
        sockets = set(threads.map(lambda _: server.start(data), range(8)))
    assert len(sockets) == 1


def test_stopping_what_does_not_run_is_harmless(tmp_path: Path) -> None:
    server.stop(tmp_path / "postgres")


def modes(path: Path) -> dict[Path, int]:
    return {folder: folder.stat().st_mode for folder in path.parents if folder.exists()}


@as_root
def test_root_is_refused_below_a_closed_folder_and_nothing_is_opened(own_folder: Path) -> None:
    closed = own_folder / "closed"
    (closed / "office").mkdir(parents=True)
    closed.chmod(0o700)
    data = closed / "office" / "postgres"
    before = modes(data)
    with pytest.raises(NeedsAPerson, match=r"closed to other users.*LCM_HOME") as refused:
        server.start(data)
    assert str(closed) in str(refused.value)
    assert modes(data) == before
    assert not data.exists()


def test_a_path_too_long_for_a_socket_is_refused_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(NeedsAPerson, match="shorter path"):
        server.start(tmp_path / ("x" * 100))


def test_another_server_is_taken_by_its_url_without_starting_ours(tmp_path: Path) -> None:
    home = Home(root=tmp_path, database_url="postgres://u:p@db.example/warehouse")
    assert url(home) == "postgresql+psycopg://u:p@db.example/warehouse"
    assert url(home, "airflow") == "postgresql+psycopg://u:p@db.example/warehouse_airflow"
    assert not home.server_data.exists()

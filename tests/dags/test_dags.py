import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import psycopg
import pytest
from editions import starter, use
from postman import Postman
from sqlalchemy import make_url, text

from learning_city.cli import airflow_service
from learning_city.model.home import CHECKOUT, Home
from learning_city.prepare import rounds
from learning_city.samples import inbox as samples
from learning_city.warehouse import engine as engines
from learning_city.warehouse import keys

DAGS = sorted((CHECKOUT / "dags").glob("*.py"))
_INSPECT = """
import json, sys
from airflow.dag_processing.dagbag import DagBag
bag = DagBag(sys.argv[1])
print("@@" + json.dumps({
    "errors": {name: str(error) for name, error in bag.import_errors.items()},
    "dags": {dag.dag_id: [dag.dag_display_name, dag.doc_md or "", sorted(dag.tags), [
        [task.task_id, task.task_display_name, task.owner] for task in dag.tasks]] for dag in bag.dags.values()},
}))
"""


@pytest.fixture
def airflow(home: Home) -> dict[str, str]:
    """The environment of an Airflow whose metadata lie beside the test's warehouse, migrated."""
    address = make_url(engines.url(home, engines.AIRFLOW))
    with psycopg.connect(f"host={address.query['host']} user=postgres dbname=postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{address.database}"')
    airflow_service.add_user(home, "admin", "admin")
    said = airflow_service.environment(home, 18900) | {"LCM_DATABASE_URL": home.database_url}
    _run(["airflow", "db", "migrate"], said)
    yield said
    with psycopg.connect(f"host={address.query['host']} user=postgres dbname=postgres", autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{address.database}" WITH (FORCE)')


def test_every_dag_parses_and_says_what_it_does_in_both_languages(airflow: dict[str, str]) -> None:
    import json

    out = _run([sys.executable, "-c", _INSPECT, str(CHECKOUT / "dags")], airflow)
    said = json.loads(next(line for line in out.splitlines() if line.startswith("@@"))[2:])
    assert said["errors"] == {}
    assert set(said["dags"]) == {path.stem for path in DAGS}
    for name, (display, doc, tags, tasks) in said["dags"].items():
        assert " / " in display, name
        assert any("\u4e00" <= letter <= "\u9fff" for letter in display), name
        assert len(doc) > 40, name
        assert any(tag.startswith("room:") for tag in tags), name
        assert all(" / " in shown and owner == "data-office" for _, shown, owner in tasks), name


@pytest.mark.parametrize("path", DAGS, ids=lambda path: path.stem)
def test_a_dag_file_is_a_page_of_wiring(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 60
    imported = [line for line in lines if line.startswith(("import ", "from "))]
    assert not [line for line in imported if "pandas" in line or "great_expectations" in line]


def test_airflow_does_not_import_the_package_as_plugins() -> None:
    assert (CHECKOUT / "plugins" / ".airflowignore").read_text(encoding="utf-8").split() == ["learning_city/"]


def test_the_yearbook_dag_runs_through_dag_test(home: Home, engine: engines.Engine, airflow: dict[str, str]) -> None:
    for year in samples.YEARS:
        rounds.open_round(engine, str(year))
    samples.fill(engine, home, keys.secret(home, "token"))
    _run(["airflow", "dags", "test", "collect_yearbooks"], airflow)
    with engine.connect() as connection:
        tables, cells, unmapped = connection.execute(
            text("SELECT count(*), sum(read_cells), sum(unmapped_cells) FROM intake.yearbook_table")
        ).one()
    assert tables == 13
    assert cells == 284 - 45
    assert unmapped == 0


def _run(command: list[str], environment: dict[str, str]) -> str:
    done = subprocess.run(
        command, env=os.environ | environment, capture_output=True, text=True, timeout=180, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def test_reminders_go_through_the_mail_server_that_airflow_knows(
    home: Home, engine: engines.Engine, airflow: dict[str, str], postman: Postman
) -> None:
    contact = {"department": "edu", "name": "张", "email": "edu@example.org", "valid_from": date(1949, 10, 1)}
    use(engine, starter(contact=[contact]))
    rounds.open_round(engine, "2017")
    with engine.begin() as connection:
        connection.execute(text("UPDATE intake.obligation SET state = '已下发'"))
    server = f"smtp://127.0.0.1:{postman.port}?from=office%40example.org"
    _run(["airflow", "dags", "test", "remind_departments"], airflow | {"AIRFLOW_CONN_LCM_SMTP": server})
    (mail,) = postman.taken
    assert (mail.mail_from, mail.rcpt_tos) == ("office@example.org", ["edu@example.org"])
    with engine.connect() as connection:
        states = connection.execute(
            text("SELECT channel, state, count(*) > 0 FROM intake.reminder GROUP BY 1, 2")
        ).all()
    assert sorted(map(tuple, states)) == [("file", "sent", True), ("mail", "sent", True)]


_STILL_LISTED = "from learning_city.orchestration import steps; print(steps.list_deliveries())"


def test_a_name_that_is_not_utf8_goes_through_the_collection_once(
    home: Home, engine: engines.Engine, airflow: dict[str, str]
) -> None:
    rounds.open_round(engine, "2017")
    folder = home.inbox / "2017"
    folder.mkdir(parents=True)
    for name in (os.fsdecode(b"h16_\xd6\xd0\xce\xc4.xlsx"), "说明.txt"):
        (folder / name).write_bytes(b"x")
    keys.secret(home, "token")
    _run(["airflow", "dags", "test", "collect_submissions"], airflow)
    with engine.connect() as connection:
        names = connection.execute(text("SELECT delivered_as FROM intake.submission ORDER BY 1")).scalars().all()
    assert names == ["h16_中文.xlsx", "说明.txt"]
    assert _run([sys.executable, "-c", _STILL_LISTED], airflow).splitlines()[-1] == "[]"


_READ_A_STORE = """
import sys
from pathlib import Path
from airflow.sdk import ObjectStoragePath
from airflow.sdk.io import attach
from fsspec.implementations.memory import MemoryFileSystem
from learning_city.collect import inbox
from learning_city.model.home import Home
from learning_city.orchestration.steps import open_inbox

attach("memory", fs=MemoryFileSystem())
elsewhere = open_inbox(Home(root=Path(sys.argv[1]), inbox_url="memory://office/inbox"))
assert isinstance(inbox.near(elsewhere), ObjectStoragePath)
(elsewhere / "2017" / "北京").mkdir(parents=True)
(elsewhere / "2017" / "北京" / "台账.xlsx").write_bytes(b"book")
own = inbox.near(open_inbox(Home(root=Path(sys.argv[1]))))
print(inbox.list_deliveries(elsewhere / "2017"), inbox.open_delivery(elsewhere / "2017", "北京").files, own)
"""


def test_the_inbox_may_lie_in_an_object_store_of_airflow(airflow: dict[str, str], home: Home) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _READ_A_STORE, str(home.root)], env=os.environ | airflow, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == f"['北京'] {{'台账.xlsx': b'book'}} {home.inbox}"

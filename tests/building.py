"""Builds of a test: a ledger goes all the way to the indicators, a report is built of them and released."""

from collections.abc import Sequence
from pathlib import Path

from office import Office, filled
from sqlalchemy import text

from learning_city.indicators.compute import compute
from learning_city.reconcile.resolve import resolve
from learning_city.reports import build as builds
from learning_city.reports import life
from learning_city.review import settle

FRAMEWORK, PERIOD, INDICATOR = "national_62", "2017", "n1_1_3"
UNIT = "市学习型城市建设领导小组办公室"


def collected(office: Office, name: str, departments: float, place: str = "110000") -> None:
    """A delivery of the education department goes all the way to the indicators."""
    ledger = office.ledger("edu", place)
    office.deliver(name, ledger, filled(ledger, joint_issue_depts=departments))
    office.check(name)
    with office.engine.begin() as connection:
        connection.execute(text("UPDATE quality.finding SET state = 'closed'"))
    settle.settle_by_rule(office.engine)
    compute(office.engine, resolve(office.engine, with_synthetic=False))


def built(office: Office, by: str = "li", places: Sequence[str] = ()) -> int:
    return builds.build(office.engine, office.home, FRAMEWORK, PERIOD, requested_by=by, places=places)


def file_of(office: Office, number: int) -> Path:
    with office.engine.connect() as connection:
        (path,) = builds.paths(connection, office.home, number)
    return path


def states(office: Office) -> dict[int, str]:
    return {row.build_id: row.state for row in office.rows("SELECT build_id, state FROM report.build")}


def released(office: Office, number: int, despite: str = "先出初步数") -> None:
    life.release(office.engine, office.home, number, who="王", why="已核对", certified_by=UNIT, despite=despite)


def grant(office: Office, user: str, role: str, place: str = "*") -> None:
    with office.engine.begin() as connection:
        said = {"user": user, "role": role, "place": place}
        connection.execute(text("INSERT INTO app.grant VALUES (:user, :role, :place, 'test')"), said)

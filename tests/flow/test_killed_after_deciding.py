"""A decision is committed and everything dies: what follows from it happens when somebody comes back, and once."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from desk import deliver, question
from office import Office

from learning_city.review import audit
from learning_city.warehouse import deciding

_DECIDE = """
import os, signal, sys
from learning_city.model.home import Home
from learning_city.review import decide, settle
from learning_city.warehouse.engine import connect
warehouse = connect(Home.from_environment())
said = decide.Said(who="李", code="A01")
decide.accept(warehouse, [int(sys.argv[1])], said)
settle.pass_form(warehouse, int(sys.argv[2]), "culture", who="李")
os.kill(os.getpid(), signal.SIGKILL)
"""
_DIE_BEFORE = """
import os, signal, sys
from learning_city.orchestration import steps
def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)
setattr(steps, sys.argv[1], die)
steps.apply_decisions()
"""
_APPLY = "from learning_city.orchestration import steps; steps.apply_decisions()"
_RECORD = "SELECT decision_id, action, form, finding_id FROM quality.decision ORDER BY 1"
_FIGURES = "SELECT definition, place, period, value, decision_id FROM warehouse.observation ORDER BY 1, 2, 3"
_VALUES = "SELECT definition, place, period, value FROM warehouse.reconciled_value ORDER BY 1, 2, 3"


def run(office: Office, tmp_path: Path, code: str, *said: object) -> int:
    """A process of its own, as Airflow's tasks are; its exit status."""
    settings = {
        "LCM_HOME": str(office.home.root),
        "LCM_DATABASE_URL": office.home.database_url,
        "AIRFLOW_HOME": str(tmp_path),
        "PYTHONPATH": "plugins",
    }
    command = [sys.executable, "-c", code, *map(str, said)]
    return subprocess.run(command, env=os.environ | settings, check=False, timeout=120).returncode


def test_a_kill_between_the_commit_and_the_recomputing_loses_nothing(office: Office, tmp_path: Path) -> None:
    submission = deliver(office, libraries=5_000.0)
    assert run(office, tmp_path, _DECIDE, question(office), submission) == -signal.SIGKILL
    assert not office.rows(_FIGURES)
    with office.engine.connect() as connection:
        assert deciding.waiting(connection) > 0
    assert run(office, tmp_path, _DIE_BEFORE, "compute") == -signal.SIGKILL
    with office.engine.connect() as connection:
        assert deciding.waiting(connection) > 0
    assert run(office, tmp_path, _APPLY) == 0
    record, figures, values = office.rows(_RECORD), office.rows(_FIGURES), office.rows(_VALUES)
    assert office.submission("北京").state == "accepted"
    assert [row.action for row in record].count("accept_finding") == 1
    assert 5_000.0 in [row.value for row in figures]
    assert values
    assert run(office, tmp_path, _APPLY) == 0
    assert (office.rows(_RECORD), office.rows(_FIGURES), office.rows(_VALUES)) == (record, figures, values)
    assert not audit.verify(office.engine)

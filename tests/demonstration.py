"""The demonstration as a user runs it: `lcm demo` with its own PostgreSQL, Airflow scheduler and pages, once a session."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from learning_city.cli import airflow_service, office
from learning_city.model.home import Home
from learning_city.warehouse import engine

LCM = Path(sys.executable).parent / "lcm"
SECONDS = 300


@dataclass(frozen=True)
class Demonstration:
    """A running demonstration: its home, Airflow's address, who signs in, and what the command printed."""

    home: Home
    url: str
    user: str
    password: str
    printed: str


def lcm(home: Path, *arguments: str, code: int = 0) -> str:
    """Run ``lcm`` on a home as a person would; returns what it printed, fails on another exit status."""
    done = subprocess.run(
        [LCM, *arguments],
        env=os.environ | {"LCM_HOME": str(home), "LCM_NICE": "0"},  # nobody reads its pages while other tests run
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == code, f"lcm {' '.join(arguments)}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr


@pytest.fixture(scope="session")
def running_demo() -> Iterator[Demonstration]:
    """The sample years, run once through a real scheduler; stopped and removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="lcm-demo-", dir="/tmp"))
    folder.chmod(0o755)
    home = Home(root=folder / "home")
    try:
        printed = lcm(home.root, "demo")
        password = airflow_service.password(home, office.ADMIN)
        yield Demonstration(home, airflow_service.start(home), office.ADMIN, password, printed)
    finally:
        engine.dispose()
        lcm(home.root, "stop")
        shutil.rmtree(folder)

"""Start and stop Airflow for one home: three processes on 127.0.0.1, one PostgreSQL, keys of the home."""

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import make_url

from learning_city.cli import ports
from learning_city.errors import NeedsAPerson, RetryLater
from learning_city.model.home import CHECKOUT, Home
from learning_city.warehouse import engine, keys

PARTS = ("dag-processor", "api-server", "scheduler")
"""In the order they start: a task that runs before the api-server answers has failed."""
FLAGS = {"scheduler": ("--skip-serve-logs",)}
"""The log server would listen on every address; the api-server reads the logs from the disk."""
BEHIND = "10"
"""People at their pages come first: how far behind them the background runs (``LCM_NICE``; 0 where cores are many)."""
FIRST_PORT = 8080
START_SECONDS = 120.0
SIMPLE = "airflow.api_fastapi.auth.managers.simple.simple_auth_manager.SimpleAuthManager"
"""Who lets people in unless ``LCM_AUTH_MANAGER`` names another class: names and passwords of ``lcm user add``."""


_FIXED = {
    "CORE__DAGS_FOLDER": str(CHECKOUT / "dags"),
    "CORE__PLUGINS_FOLDER": str(CHECKOUT / "plugins"),
    "CORE__LOAD_EXAMPLES": "False",
    "CORE__EXECUTOR": "LocalExecutor",
    "CORE__PARALLELISM": "4",
    "CORE__DEFAULT_TIMEZONE": "Asia/Shanghai",
    "CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
    "API__HOST": ports.HOST,
    "API__WORKERS": "2",
    "SCHEDULER__SCHEDULER_HEARTBEAT_SEC": "1",
    "SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.2",
    "DAG_PROCESSOR__PARSING_PROCESSES": "2",
    "DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "300",
    "LOGGING__LOGGING_LEVEL": "WARNING",
    "USAGE_DATA_COLLECTION__ENABLED": "False",
}
"""Airflow's settings that are the same for every home."""


def environment(home: Home, port: int) -> dict[str, str]:
    """The environment Airflow's processes run in; secrets go there, never on a command line."""
    metadata = make_url(engine.url(home, engine.AIRFLOW)).set(drivername="postgresql+psycopg2")
    base = f"http://{ports.HOST}:{port}"
    settings = _FIXED | {
        "CORE__AUTH_MANAGER": os.environ.get("LCM_AUTH_MANAGER") or SIMPLE,
        "CORE__SIMPLE_AUTH_MANAGER_USERS": ",".join(f"{user}:{role}" for user, role in users(home).items()),
        "CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(home.keys / "passwords.json"),
        "CORE__FERNET_KEY": _fernet(home),
        "CORE__EXECUTION_API_SERVER_URL": f"{base}/execution/",
        "DATABASE__SQL_ALCHEMY_CONN": metadata.render_as_string(hide_password=False),
        "API__PORT": str(port),
        "API__BASE_URL": base,
        "API__SECRET_KEY": keys.secret(home, "api").decode(),
        "API_AUTH__JWT_SECRET": keys.secret(home, "jwt").decode(),
        "LOGGING__WORKER_LOG_SERVER_PORT": str(ports.free(port + 100)),
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW__", "AIRFLOW_"))}
    named = {f"AIRFLOW__{name}": value for name, value in settings.items()}
    places = {"AIRFLOW_HOME": str(home.airflow), "LCM_HOME": str(home.root), "PYTHONPATH": str(CHECKOUT / "plugins")}
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    return kept | named | places | {"PATH": programs}


def users(home: Home) -> dict[str, str]:
    """Users of the home and their Airflow role (viewer, user, op, admin)."""
    path = home.keys / "users.json"
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}


def add_user(home: Home, name: str, airflow_role: str) -> str | None:
    """Add or change a user; returns the new password, or None where the user was known and keeps his."""
    keys.secret(home, "api")  # makes the folder
    _write_private(home.keys / "users.json", users(home) | {name: airflow_role})
    path = home.keys / "passwords.json"
    known = dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}
    if name in known:
        return None
    password = secrets.token_urlsafe(12)
    _write_private(path, known | {name: password})
    return password


def password(home: Home, name: str) -> str:
    """The password of a user of this home (for the command line's own calls to Airflow)."""
    return str(json.loads((home.keys / "passwords.json").read_text(encoding="utf-8"))[name])


def start(home: Home, first_port: int = FIRST_PORT) -> str:
    """Start what is not running and wait until it is healthy; returns Airflow's address."""
    if running(home):
        return str(_state(home)["url"])
    with ports.reserved(first_port) as port:
        return _start(home, port)


def _start(home: Home, port: int) -> str:
    said = environment(home, port)
    home.airflow.mkdir(parents=True, exist_ok=True)
    logs = home.airflow / "service"
    logs.mkdir(exist_ok=True)
    _run_once([_airflow(), "db", "migrate"], said, logs / "migrate.log")
    url = f"http://{ports.HOST}:{port}"
    pids: dict[str, int] = {}
    for part in PARTS:
        pids[part] = _spawn(part, said, logs / f"{part}.log")
        _state_file(home).write_text(json.dumps({"url": url, "pids": pids}), encoding="utf-8")
        if part == "api-server":
            _wait_healthy(home, url, logs, ("metadatabase",))
    _wait_healthy(home, url, logs, ("metadatabase", "scheduler", "dag_processor"))
    return url


def restart(home: Home) -> str:
    """Stop and start again on the same port, so that bookmarks survive; returns the address."""
    port = int(str(_state(home)["url"]).rsplit(":", 1)[1])
    stop(home)
    return start(home, port)


def stop(home: Home) -> bool:
    """Stop Airflow of this home by the process groups we started; returns whether anything ran."""
    pids = [int(pid) for pid in _state(home).get("pids", {}).values() if _alive(int(pid))]
    for sign in (signal.SIGTERM, signal.SIGKILL):
        for pid in pids:
            with suppress(ProcessLookupError):
                os.killpg(pid, sign)
        until = time.monotonic() + 15
        while any(map(_alive, pids)) and time.monotonic() < until:
            time.sleep(0.1)
    _state_file(home).unlink(missing_ok=True)
    return bool(pids)


def running(home: Home) -> bool:
    """Whether every part of Airflow we started for this home is alive."""
    pids = _state(home).get("pids", {})
    return bool(pids) and all(_alive(int(pid)) for pid in pids.values())


def _wait_healthy(home: Home, url: str, logs: Path, parts: tuple[str, ...]) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if not running(home):
            raise NeedsAPerson(f"Airflow ended while starting. Its last words are in {logs}.")
        with suppress(httpx.HTTPError):
            health = httpx.get(f"{url}/api/v2/monitor/health", timeout=5).json()
            if all(health[part]["status"] == "healthy" for part in parts):
                return
        time.sleep(0.3)
    raise RetryLater(f"Airflow was not healthy after {START_SECONDS:.0f} s; see {logs}.")


def _run_once(command: list[str], said: dict[str, str], log: Path) -> None:
    with log.open("wb") as sink:
        done = subprocess.run(command, env=said, stdout=sink, stderr=subprocess.STDOUT, check=False)  # noqa: S603 - our words
    if done.returncode:
        raise NeedsAPerson(f"`{' '.join(command)}` failed; see {log}.")


def _airflow() -> str:
    """The program beside this Python."""
    return str(Path(sys.executable).parent / "airflow")


def _spawn(part: str, said: dict[str, str], log: Path) -> int:
    with log.open("ab") as sink:
        process = subprocess.Popen(  # noqa: S603 - our words
            [*_politely(part), _airflow(), part, *FLAGS.get(part, ())],
            env=said,
            stdout=sink,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
    return process.pid


def _politely(part: str) -> list[str]:
    return [] if part == "api-server" else ["nice", "-n", os.environ.get("LCM_NICE") or BEHIND]


def _alive(pid: int) -> bool:
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
    stat = Path(f"/proc/{pid}/stat")
    if stat.parent.parent.joinpath("self").exists():
        return stat.exists() and stat.read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0] != "Z"
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


def _fernet(home: Home) -> str:
    import base64

    return base64.urlsafe_b64encode(bytes.fromhex(keys.secret(home, "fernet").decode())).decode()


def _state_file(home: Home) -> Path:
    return home.root / "airflow.json"


def _state(home: Home) -> dict[str, Any]:
    path = _state_file(home)
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}


def _write_private(path: Path, said: dict[str, str]) -> None:
    draft = path.with_suffix(".new")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(said, file)
    shutil.move(draft, path)

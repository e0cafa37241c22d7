"""Trigger DAGs and wait for their runs through Airflow's REST interface."""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import httpx

from learning_city.errors import NeedsAPerson, RetryLater

POLL_SECONDS = 0.4
IDLE_POLLS = 4
"""The scheduler starts a run some moments after the asset event: so many quiet looks in a row make rest."""
DONE = frozenset({"success", "failed"})


class Airflow:
    """A signed-in client of one Airflow."""

    def __init__(self, url: str, user: str, password: str) -> None:
        token = httpx.post(f"{url}/auth/token", json={"username": user, "password": password}, timeout=30)
        token.raise_for_status()
        headers = {"Authorization": f"Bearer {token.json()['access_token']}"}
        self._http = httpx.Client(base_url=f"{url}/api/v2", headers=headers, timeout=90)

    def wait_for_dags(self, names: list[str], seconds: float = 90.0) -> None:
        """Wait until the DAG processor has parsed these DAGs."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            known = {dag["dag_id"] for dag in self._get("/dags", limit=100)["dags"]}
            if set(names) <= known:
                return
            time.sleep(POLL_SECONDS)
        errors = self._get("/importErrors").get("import_errors", [])
        raise NeedsAPerson(f"DAGs missing: {sorted(set(names) - known)}; import errors: {errors}")

    def trigger(self, dag: str, conf: dict[str, Any] | None = None) -> str:
        """Start a run now; returns its id."""
        body = {"conf": conf or {}, "logical_date": None}
        answer = self._http.post(f"/dags/{dag}/dagRuns", json=body)
        if answer.status_code >= 400:
            raise NeedsAPerson(f"Airflow refused to start {dag}: {answer.text[:500]}")
        return str(answer.json()["dag_run_id"])

    def wait(self, dag: str, run: str, seconds: float, tick: Callable[[], None]) -> None:
        """Wait for one run; raises NeedsAPerson naming the failed task."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            state = self._get(f"/dags/{dag}/dagRuns/{run}")["state"]
            tick()
            if state in DONE:
                if state == "failed":
                    raise NeedsAPerson(self._why(dag, run))
                return
            time.sleep(POLL_SECONDS)
        raise RetryLater(f"{dag} {run} did not end within {seconds:.0f} s.")

    def wait_quiet(self, dag: str, since: datetime, seconds: float, tick: Callable[[], None]) -> None:
        """Wait until a run that started after ``since`` has ended and none is queued or running."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            runs = self._get(f"/dags/{dag}/dagRuns", limit=20, order_by="-run_after")["dag_runs"]
            mine = [run for run in runs if datetime.fromisoformat(run["run_after"].replace("Z", "+00:00")) >= since]
            tick()
            if mine and all(run["state"] in DONE for run in mine):
                failed = [run for run in mine if run["state"] == "failed"]
                if failed:
                    raise NeedsAPerson(self._why(dag, failed[0]["dag_run_id"]))
                return
            time.sleep(POLL_SECONDS)
        raise RetryLater(f"{dag} did not come to rest within {seconds:.0f} s.")

    def wait_idle(self, dags: Sequence[str], seconds: float, tick: Callable[[], None]) -> None:
        """Wait until none of these DAGs has a run queued or running, asset-triggered ones included."""
        until = time.monotonic() + seconds
        quiet = 0
        while quiet < IDLE_POLLS:
            runs = self._get("/dags/~/dagRuns", limit=100, order_by="-run_after")["dag_runs"]
            busy = any(run["dag_id"] in dags and run["state"] not in DONE for run in runs)
            quiet = 0 if busy else quiet + 1
            tick()
            if time.monotonic() > until:
                raise RetryLater(f"{', '.join(dags)} did not come to rest within {seconds:.0f} s.")
            time.sleep(POLL_SECONDS)

    def _why(self, dag: str, run: str) -> str:
        tasks = self._get(f"/dags/{dag}/dagRuns/{run}/taskInstances")["task_instances"]
        failed = [task["task_id"] for task in tasks if task["state"] in ("failed", "upstream_failed")]
        return f"{dag} failed in {', '.join(failed) or 'an unknown task'} (run {run}); its log is in Airflow."

    def _get(self, path: str, **query: object) -> dict[str, Any]:
        answer = self._http.get(path, params={k: str(v) for k, v in query.items()})
        answer.raise_for_status()
        return dict(answer.json())


def now() -> datetime:
    """This moment, to find the runs that come after it."""
    return datetime.now(UTC)

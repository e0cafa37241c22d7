"""Start a DAG now instead of at its hour: applying what was decided, sending what a person reminded of."""

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime
from functools import partial

log = logging.getLogger(__name__)
QUIET = 10.0
"""Seconds from one run that applies what was decided to the next: a run applies all that waits, and starting one costs
more than its work."""


class Soon:
    """Starts what is asked for: the first time at once, all that is asked within ``quiet`` seconds of it together."""

    def __init__(self, start: Callable[[], None], quiet: float = QUIET) -> None:
        self._start, self._quiet, self._last = start, quiet, -quiet
        self._timer: threading.Timer | None = None
        self._one_thread = threading.Lock()

    def __call__(self) -> None:
        """Never in the way of the answer."""
        with self._one_thread:
            if self._timer is None:
                self._timer = threading.Timer(max(0.0, self._last + self._quiet - time.monotonic()), self._now)
                self._timer.daemon = True
                self._timer.start()

    def _now(self) -> None:
        with self._one_thread:  # what is decided from here on may not be seen by this run
            self._timer, self._last = None, time.monotonic()
        self._start()


def remind_at(moment: datetime, who: str) -> None:
    """Ask Airflow to send at ``moment`` the reminders that wait; where it fails, the next run at eight sends them."""
    _start("remind_departments", run_after=moment, conf={"only_waiting": True}, triggering_user_name=who)


def build_now(asked: dict[str, object], who: str) -> None:
    """Ask Airflow to carry out a request for a report; where it fails, the request stays queued and the page says so."""
    _start("build_report", conf=asked, triggering_user_name=who)


def _start(dag: str, **how: object) -> None:
    threading.Thread(target=_trigger, args=(dag, how), name=dag, daemon=True).start()


def _trigger(dag: str, how: dict[str, object]) -> None:
    from airflow.api.common.trigger_dag import trigger_dag
    from airflow.exceptions import AirflowException
    from airflow.models.dagrun import DagRun  # noqa: F401 - trigger_dag needs the model registered
    from airflow.utils.types import DagRunTriggeredByType

    try:
        trigger_dag(dag, triggered_by=DagRunTriggeredByType.REST_API, **how)
    except AirflowException as problem:
        log.warning("%s was not started now (%s); it runs by itself anyway", dag, problem)


soon = Soon(partial(_trigger, "apply_decisions", {}))
"""Ask Airflow to apply what was decided; nothing is lost where it fails."""

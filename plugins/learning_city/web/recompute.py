"""Start a DAG now instead of at its hour: applying what was decided, sending what a person reminded of."""

import logging
import threading
from datetime import datetime

log = logging.getLogger(__name__)


def soon() -> None:
    """Ask Airflow to apply what waits; never in the way of the answer, and nothing is lost where it fails."""
    _start("apply_decisions")


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

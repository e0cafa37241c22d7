"""Bring the indicators up to date soon: the same DAG that drains the outbox every two minutes, started now."""

import logging
import threading

log = logging.getLogger(__name__)
DAG = "apply_decisions"


def soon() -> None:
    """Ask Airflow to apply what waits; never in the way of the answer, and nothing is lost where it fails."""
    threading.Thread(target=_start, name="apply_decisions", daemon=True).start()


def _start() -> None:
    from airflow.api.common.trigger_dag import trigger_dag
    from airflow.exceptions import AirflowException
    from airflow.models.dagrun import DagRun  # noqa: F401 - trigger_dag needs the model registered
    from airflow.utils.types import DagRunTriggeredByType

    try:
        trigger_dag(DAG, triggered_by=DagRunTriggeredByType.REST_API)
    except AirflowException as problem:
        log.warning("apply_decisions was not started now (%s); it runs every two minutes anyway", problem)

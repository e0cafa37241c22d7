"""衔接口径：把已通过的数换到所需口径，排出候选，列出冲突，计算指标。

Reconcile: bring accepted figures under the wanted definitions, rank candidates, list conflicts, compute indicators.
"""

from datetime import UTC, datetime, timedelta

from airflow.sdk import dag, task

from learning_city.orchestration.assets import ACCEPTANCES, VALUES


@dag(
    dag_display_name="6 衔接口径 / Reconcile values",
    schedule=[ACCEPTANCES],
    start_date=datetime(2018, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    doc_md=__doc__,
    tags=["room:reconcile", "room:indicators"],
    default_args={"owner": "data-office", "retries": 2, "retry_delay": timedelta(seconds=20)},
)
def reconcile_values() -> None:
    @task(task_display_name="入库并衔接 / load and reconcile")
    def resolve() -> list:
        from learning_city.orchestration import steps

        return steps.resolve()

    @task(task_display_name="计算指标 / compute indicators", outlets=[VALUES])
    def compute(periods: list) -> int:
        from learning_city.orchestration import steps

        return steps.compute(periods)

    compute(resolve())


reconcile_values()

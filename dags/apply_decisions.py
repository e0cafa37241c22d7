"""落实裁定：每两分钟把审核人员的裁定落实到数值和指标。

Apply decisions: every two minutes what people decided reaches the values and the indicators.
"""

from datetime import UTC, datetime, timedelta

from airflow.sdk import CronTriggerTimetable, dag, task
from airflow.sdk.exceptions import AirflowSkipException

from learning_city.orchestration.assets import VALUES


@dag(
    dag_display_name="7 落实裁定 / Apply decisions",
    schedule=CronTriggerTimetable("*/2 * * * *", timezone="Asia/Shanghai"),
    start_date=datetime(2018, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    doc_md=__doc__,
    tags=["room:review"],
    default_args={"owner": "data-office", "retries": 2, "retry_delay": timedelta(seconds=20)},
)
def apply_decisions() -> None:
    @task(task_display_name="落实 / apply", outlets=[VALUES])
    def apply() -> list:
        from learning_city.orchestration import steps

        if not steps.waiting_decisions():
            raise AirflowSkipException("没有待落实的裁定 / no decision is waiting")
        return steps.apply_decisions()

    apply()


apply_decisions()

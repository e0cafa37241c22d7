"""收集报送件：登记收件箱里各部门交来的工作簿和佐证材料，原样归档，不作判断。

Collect what the departments delivered. Files are registered unchanged; nothing is judged here.
"""

from datetime import UTC, datetime, timedelta

from airflow.sdk import CronTriggerTimetable, dag, task

from learning_city.orchestration.assets import SUBMISSIONS


@dag(
    dag_display_name="3 收集报送件 / Collect submissions",
    schedule=CronTriggerTimetable("0 6 * * 1-5", timezone="Asia/Shanghai"),
    start_date=datetime(2018, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    doc_md=__doc__,
    tags=["room:collect"],
    default_args={"owner": "data-office", "retries": 2, "retry_delay": timedelta(seconds=20)},
)
def collect_submissions() -> None:
    @task(task_display_name="列出新到的报送件 / list what is new")
    def list_deliveries() -> list:
        from learning_city.orchestration import steps

        return steps.list_deliveries()

    @task(task_display_name="归档并登记 / archive and register", outlets=[SUBMISSIONS])
    def register(batch: list) -> int:
        from learning_city.orchestration import steps

        return steps.register(batch)

    register.expand(batch=list_deliveries())


collect_submissions()

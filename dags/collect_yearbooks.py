"""收集年鉴和文献表格：按来源的标签对照表读成带口径的数据项。

Collect yearbook and document tables: from labelled cells to items with definitions, by each source's labels.
"""

from datetime import UTC, datetime, timedelta

from airflow.sdk import CronTriggerTimetable, dag, task

from learning_city.orchestration.assets import SUBMISSIONS


@dag(
    dag_display_name="4 收集年鉴 / Collect yearbooks",
    schedule=CronTriggerTimetable("30 6 * * 1", timezone="Asia/Shanghai"),
    start_date=datetime(2018, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    doc_md=__doc__,
    tags=["room:collect"],
    default_args={"owner": "data-office", "retries": 2, "retry_delay": timedelta(seconds=20)},
)
def collect_yearbooks() -> None:
    @task(task_display_name="归档并读表 / archive and read", outlets=[SUBMISSIONS])
    def register_tables() -> int:
        from learning_city.orchestration import steps

        return steps.register_tables()

    register_tables()


collect_yearbooks()

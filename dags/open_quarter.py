"""下发季度进展表：每季后 5 日建立上一季度的应报任务并生成工作簿。

Open the quarterly round of the quarter that ended: its partition key is the quarter's first month (2018-04 is the second
quarter). Where the calendar has no round for the quarter the tasks end skipped; `1 下发本轮表式` opens any round by name.
"""

from datetime import UTC, datetime

from airflow.sdk import CronPartitionTimetable, dag, get_current_context, task
from airflow.sdk.exceptions import AirflowSkipException


@dag(
    dag_display_name="1b 下发季度表 / Open quarter",
    schedule=CronPartitionTimetable("0 9 5 1,4,7,10 *", timezone="Asia/Shanghai", key_format="%Y-%m", run_offset=-1),
    start_date=datetime(2018, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    doc_md=__doc__,
    tags=["room:prepare"],
    default_args={"owner": "data-office"},
)
def open_quarter() -> None:
    @task(task_display_name="轮次 / rounds")
    def rounds() -> list[str]:
        from learning_city.orchestration import steps

        partition = get_current_context()["dag_run"].partition_key
        known = steps.rounds_to_open([], partition)
        if not known:
            raise AirflowSkipException(f"日历没有这个季度 / the calendar has no round for {partition}")
        return known

    @task(task_display_name="建立应报任务并生成工作簿 / obligations and workbooks")
    def open_rounds(known: list) -> int:
        from learning_city.orchestration import steps

        return steps.open_rounds(known)

    open_rounds(rounds())


open_quarter()

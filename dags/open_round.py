"""下发本轮表式：建立应报任务，为每个部门、每个地区生成工作簿。

Open the yearly round: who owes which form, and one workbook per department and place. The data year is the partition
key (15 January opens the year before); it can be back-filled. Where the calendar has no round for the year the tasks
end skipped: add one to the catalogue and run again.
"""

from datetime import UTC, datetime

from airflow.sdk import CronPartitionTimetable, Param, dag, get_current_context, task
from airflow.sdk.exceptions import AirflowSkipException


@dag(
    dag_display_name="1 下发本轮表式 / Open round",
    schedule=CronPartitionTimetable("0 9 15 1 *", timezone="Asia/Shanghai", key_format="%Y", run_offset=-1),
    start_date=datetime(2011, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    doc_md=__doc__,
    tags=["room:prepare"],
    default_args={"owner": "data-office"},
    params={
        "rounds": Param(
            [],
            type="array",
            items={"type": "string"},
            title="轮次 / Rounds",
            description="如 2017 或 2018-Q3，一行一个；留空则取分区的数据年 / one a line; empty: the partition's data year",
        )
    },
)
def open_round() -> None:
    @task(task_display_name="轮次 / rounds")
    def rounds() -> list[str]:
        from learning_city.orchestration import steps

        context = get_current_context()
        wanted, partition = context["params"]["rounds"], context["dag_run"].partition_key
        known = steps.rounds_to_open(wanted, partition)
        if not known:
            raise AirflowSkipException(f"日历没有这些轮次 / the calendar has no such round: {wanted or partition}")
        return known

    @task(task_display_name="建立应报任务并生成工作簿 / obligations and workbooks")
    def open_rounds(known: list) -> int:
        from learning_city.orchestration import steps

        return steps.open_rounds(known)

    open_rounds(rounds())


open_round()

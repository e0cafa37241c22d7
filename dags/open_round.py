"""下发本轮表式：建立应报任务，为每个部门、每个地区生成工作簿。

Open the yearly round: who owes which form, and one workbook per department and place. The data year is the partition
key (15 January opens the year before); it can be back-filled. Where the calendar has no row for the year the tasks end
skipped: add one to the catalogue and run again.
"""

from datetime import UTC, datetime

from airflow.sdk import CronPartitionTimetable, Param, dag, get_current_context, task
from airflow.sdk.exceptions import AirflowSkipException


@dag(
    dag_display_name="1 下发本轮表式 / Open round",
    schedule=CronPartitionTimetable("0 9 15 1 *", timezone="Asia/Shanghai", key_format="%Y", run_offset=-1),
    start_date=datetime(2018, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    doc_md=__doc__,
    tags=["room:prepare"],
    default_args={"owner": "data-office"},
    params={
        "data_years": Param(
            [],
            type="array",
            items={"type": "integer"},
            title="数据年 / Data years",
            description="留空则取分区的数据年 / empty: the data year of the partition",
        )
    },
)
def open_round() -> None:
    @task(task_display_name="数据年 / data years")
    def data_years() -> list[int]:
        from learning_city.orchestration import steps

        context = get_current_context()
        years = context["params"]["data_years"] or [int(context["dag_run"].partition_key)]
        known = [year for year in years if steps.has_calendar(year)]
        if not known:
            raise AirflowSkipException(f"日历没有 {years} 年的行 / the calendar has no row for {years}")
        return known

    @task(task_display_name="建立应报任务并生成工作簿 / obligations and workbooks")
    def open_years(years: list) -> int:
        from learning_city.orchestration import steps

        return steps.open_years(years)

    open_years(data_years())


open_round()

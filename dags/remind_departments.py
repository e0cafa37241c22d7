"""催报：每天找出将到期、已逾期、宽限期后仍未报和已退回的应报任务，每项每种每天一条，先记录后发送。

Reminders: what is due within a week, late, never came, or was returned; one per obligation, kind and day, written down
before it is sent. A person sends more from the page 收集进度: they can be taken back for 30 seconds, and a run with
`only_waiting` sends them without looking for others. Mail goes through the connection `lcm_smtp` (Admin → Connections; extra: `from`, `starttls`) to the
contacts of the catalogue; without it, or without an address, into `reminders/<day>.csv` of the office's home.
"""

from datetime import UTC, datetime

from airflow.sdk import CronTriggerTimetable, Param, dag, get_current_context, task


@dag(
    dag_display_name="2 催报 / Remind departments",
    schedule=CronTriggerTimetable("0 8 * * 1-5", timezone="Asia/Shanghai"),
    start_date=datetime(2018, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    doc_md=__doc__,
    tags=["room:prepare"],
    default_args={"owner": "data-office"},
    params={
        "only_waiting": Param(
            default=False,
            type="boolean",
            title="只发等待中的 / Only what waits",
            description="不找新的 / look for no others",
        )
    },
)
def remind_departments() -> None:
    @task(task_display_name="写催报 / write reminders")
    def remind() -> dict[str, int]:
        from learning_city.orchestration import steps

        return steps.remind(only_waiting=get_current_context()["params"]["only_waiting"])

    remind()


remind_departments()

"""催报：每天找出将到期、已逾期、宽限期后仍未报和已打回的应报任务，每项每种每天一条，先记录后发送。

Reminders: what is due within a week, late, never came, or was returned; one per obligation, kind and day, written down
before it is sent. Mail goes through the connection `lcm_smtp` (Admin → Connections; extra: `from`, `starttls`) to the
contacts of the catalogue; without it, or without an address, into `reminders/<day>.csv` of the office's home.
"""

from datetime import UTC, datetime

from airflow.sdk import CronTriggerTimetable, dag, task


@dag(
    dag_display_name="2 催报 / Remind departments",
    schedule=CronTriggerTimetable("0 8 * * 1-5", timezone="Asia/Shanghai"),
    start_date=datetime(2018, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    doc_md=__doc__,
    tags=["room:prepare"],
    default_args={"owner": "data-office"},
)
def remind_departments() -> None:
    @task(task_display_name="写催报 / write reminders")
    def remind() -> dict[str, int]:
        from learning_city.orchestration import steps

        return steps.remind()

    remind()


remind_departments()

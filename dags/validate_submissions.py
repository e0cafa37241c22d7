"""审核：按规则检查新到的报送件，没有问题的按规则通过，须改正的退回，须说明的等人处理。

Check what was collected against the rules; accept by rule, return by rule, or leave it to a person.
"""

from datetime import UTC, datetime, timedelta

from airflow.sdk import dag, task

from learning_city.orchestration.assets import ACCEPTANCES, FINDINGS, SUBMISSIONS


@dag(
    dag_display_name="5 审核 / Validate submissions",
    schedule=[SUBMISSIONS],
    start_date=datetime(2018, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    doc_md=__doc__,
    tags=["room:validate"],
    default_args={"owner": "data-office", "retries": 2, "retry_delay": timedelta(seconds=20)},
)
def validate_submissions() -> None:
    @task(task_display_name="列出未审核的 / list what is unchecked")
    def list_unchecked() -> list:
        from learning_city.orchestration import steps

        return steps.list_unchecked()

    @task(task_display_name="按规则检查 / check by rule", outlets=[FINDINGS], max_active_tis_per_dag=2)
    def check(ids: list) -> int:
        from learning_city.orchestration import steps

        return steps.check(ids)

    @task(task_display_name="通过、退回或留待审核 / accept, return, or keep", outlets=[ACCEPTANCES])
    def settle() -> dict:
        from learning_city.orchestration import steps

        return steps.settle()

    check.expand(ids=list_unchecked()) >> settle()


validate_submissions()

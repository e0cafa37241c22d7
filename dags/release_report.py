"""发布报告：另一人在 Airflow 里批准（必填理由和认定单位），随后由本系统按同样的规则发布。

Release a report: a second person approves in Airflow, with a reason and the unit that certifies; then it is released by
the same rules as on the page: never by who asked for it, and not in spite of what is open unless a reason is named.
"""

from datetime import UTC, datetime, timedelta

from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import Param, dag, get_current_context, task

from learning_city.orchestration.assets import REPORTS

EMPTY = {"type": ["string", "null"]}


@dag(
    dag_display_name="9 发布报告 / Release report",
    schedule=None,
    start_date=datetime(2018, 1, 1, tzinfo=UTC),
    catchup=False,
    doc_md=__doc__,
    tags=["room:reports"],
    default_args={"owner": "data-office"},
    params={"build": Param(1, type="integer", minimum=1, title="版次 / Build")},
)
def release_report() -> None:
    @task(task_display_name="未决事项 / what is open")
    def before() -> str:
        from learning_city.orchestration import report_steps

        return report_steps.before_release(get_current_context()["params"]["build"])

    @task(task_display_name="发布 / release", outlets=[REPORTS])
    def release(answer: dict) -> None:
        from learning_city.orchestration import report_steps

        report_steps.release_report(get_current_context()["params"]["build"], answer)

    approve = ApprovalOperator(
        task_id="approve",
        task_display_name="批准 / approve",
        subject="发布报告第 {{ params.build }} 版？ / Release build {{ params.build }}?",
        body="{{ ti.xcom_pull(task_ids='before') }}",
        response_timeout=timedelta(days=14),
        params={
            "why": Param("", type="string", title="批准意见（必填）/ Why (required)"),
            "certified_by": Param(
                None, **EMPTY, title="由哪个单位认定（空为生成时所写）/ Certified by (empty: as named when built)"
            ),
            "despite": Param(None, **EMPTY, title="有未决事项仍发布的理由 / Why, in spite of what is open"),
        },
    )
    before() >> approve >> release(approve.output)


release_report()

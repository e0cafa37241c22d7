"""生成监测指标表：冻结当前数值，写出工作簿；同样的输入得到同样的文件。

Build a report: freeze what is known now and write the workbook; the same inputs give the same file.
"""

from datetime import UTC, datetime, timedelta

from airflow.sdk import Param, dag, get_current_context, task

from learning_city.orchestration.assets import REPORTS, VALUES


@dag(
    dag_display_name="8 生成指标表 / Build report",
    schedule=None,
    start_date=datetime(2018, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    doc_md=__doc__,
    tags=["room:reports"],
    default_args={"owner": "data-office", "retries": 1, "retry_delay": timedelta(seconds=20)},
    params={
        "framework": Param("national_62", type="string", title="指标体系 / Framework"),
        "period": Param("2017", type="string", pattern="^[0-9]{4}(-Q[1-4])?$", title="数据期 / Period"),
    },
)
def build_report() -> None:
    @task(task_display_name="生成 / build", inlets=[VALUES], outlets=[REPORTS])
    def build() -> int:
        from learning_city.orchestration import steps

        context = get_current_context()
        asked, run = context["params"], context["dag_run"]
        return steps.build_report(
            asked["framework"], asked["period"], str(getattr(run, "triggering_user_name", None) or "airflow")
        )

    build()


build_report()

"""生成监测报告：冻结当前数值，写出所选格式的文件；同样的输入得到同样的文件。

Build a report: freeze what is known now and write the files of the chosen formats; the same inputs give the same files.
"""

from datetime import UTC, datetime, timedelta

from airflow.sdk import Param, dag, get_current_context, task

from learning_city.model.report_format import FORMATS
from learning_city.orchestration.assets import REPORTS, VALUES

FRAMEWORKS = ["national_62", "action_plan_2020", "coverage_2020", "unesco_2013"]
ALL = "留空为全部 / empty: all of them"


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
        "framework": Param("national_62", type="string", examples=FRAMEWORKS, title="指标体系 / Framework"),
        "period": Param("2017", type="string", pattern="^[0-9]{4}(-Q[1-4])?$", title="数据期 / Period"),
        "places": Param([], type="array", items={"type": "string"}, title="地区代码 / Place codes", description=ALL),
        "formats": Param(
            ["xlsx"],
            type="array",
            examples=list(FORMATS),
            values_display={code: " / ".join(names) for code, names in FORMATS.items()},
            title="格式 / Formats",
        ),
        "certified_by": Param(
            None,
            type=["string", "null"],
            title="拟由哪个单位认定 / To be certified by",
            description="可空 / may be empty",
        ),
        "request": Param(0, type="integer", title="页面的请求号 / Request of the page", description="0 = 新请求 / new"),
    },
)
def build_report() -> None:
    @task(task_display_name="生成 / build", inlets=[VALUES], outlets=[REPORTS])
    def build() -> int:
        from learning_city.orchestration import report_steps

        context = get_current_context()
        who = str(getattr(context["dag_run"], "triggering_user_name", None) or "airflow")
        return report_steps.build_report(dict(context["params"]), who, context["dag_run"].run_id)

    build()


build_report()

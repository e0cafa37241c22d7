"""Run a year through Airflow with progress, and the demonstration."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from sqlalchemy import Engine, text

from learning_city.cli.airflow_client import Airflow, now
from learning_city.errors import NeedsAPerson
from learning_city.model.home import Home
from learning_city.warehouse import engine, intake

DAGS = [
    "open_round",
    "open_quarter",
    "remind_departments",
    "collect_submissions",
    "collect_yearbooks",
    "validate_submissions",
    "reconcile_values",
    "apply_decisions",
    "build_report",
]
FOLLOWING = ("validate_submissions", "reconcile_values", "apply_decisions")
"""DAGs that start by themselves after something came in or was decided."""
PATIENCE_SECONDS = 900.0


@dataclass(slots=True, kw_only=True)
class Steps:
    """A progress bar over the named steps of a year."""

    progress: Progress
    bar: TaskID

    def tick(self) -> None:
        """Show that time passes."""
        self.progress.refresh()

    def done(self, said: str) -> None:
        """One step further."""
        self.progress.update(self.bar, description=said)
        self.progress.advance(self.bar)


def progress(console: Console) -> Progress:
    """The bar of a year."""
    columns = (SpinnerColumn(), TextColumn("{task.description:<44}"), BarColumn(24), TimeElapsedColumn())
    return Progress(*columns, console=console, transient=not console.is_terminal)


def open_rounds(airflow: Airflow, rounds: list[str], steps: Steps) -> None:
    """Open these rounds."""
    run = airflow.trigger("open_round", {"rounds": rounds})
    airflow.wait("open_round", run, PATIENCE_SECONDS, steps.tick)


def collect(airflow: Airflow, warehouse: Engine, steps: Steps) -> None:
    """Collect what lies in the inboxes, check it, and reconcile what is accepted by rule."""
    since = now()
    runs = [(dag, airflow.trigger(dag)) for dag in ("collect_yearbooks", "collect_submissions")]
    for dag, run in runs:
        airflow.wait(dag, run, PATIENCE_SECONDS, steps.tick)
    steps.done("已收集，正在审核 / collected, checking")
    if _any(warehouse, lambda connection: intake.received_since(connection, since)):
        airflow.wait_quiet("validate_submissions", since, PATIENCE_SECONDS, steps.tick)
        steps.done("已审核，正在衔接 / checked, reconciling")
        airflow.wait_quiet("reconcile_values", since, PATIENCE_SECONDS, steps.tick)
    airflow.wait_idle(FOLLOWING, PATIENCE_SECONDS, steps.tick)


def apply_decisions(airflow: Airflow, steps: Steps) -> None:
    """Let decisions reach the values now instead of within two minutes."""
    run = airflow.trigger("apply_decisions")
    airflow.wait("apply_decisions", run, PATIENCE_SECONDS, steps.tick)
    airflow.wait_idle(FOLLOWING, PATIENCE_SECONDS, steps.tick)


def remind(airflow: Airflow, steps: Steps) -> None:
    """Write today's reminders now instead of at eight."""
    run = airflow.trigger("remind_departments")
    airflow.wait("remind_departments", run, PATIENCE_SECONDS, steps.tick)


def build(airflow: Airflow, framework: str, period: str, steps: Steps) -> None:
    """Build the report of a framework and period."""
    run = airflow.trigger("build_report", {"framework": framework, "period": period})
    airflow.wait("build_report", run, PATIENCE_SECONDS, steps.tick)


def _any(warehouse: Engine, count: Callable[..., int]) -> bool:
    with warehouse.connect() as connection:
        return count(connection) > 0


def summary(home: Home, period: str, console: Console) -> None:
    """Print what a year holds: per city real, synthetic and missing; files, cells, findings, conflicts, values."""
    from rich.table import Table

    with engine.connect(home).connect() as connection:
        cities = connection.execute(text(_CITIES), {"period": period}).tuples().all()
        counts = connection.execute(text(_COUNTS)).mappings().one()
    table = Table(title=f"{period} 年度指标 / indicators of {period}", title_justify="left")
    for heading in ("城市 city", "真实 real", "样例 synthetic", "暂缺 missing"):
        table.add_column(heading, justify="left" if heading.startswith("城市") else "right")
    for row in cities:
        table.add_row(*map(str, row))
    console.print(table)
    console.print(
        f"文件 files {counts['files']} · 单元格 cells {counts['cells']} · 数据项 items {counts['items']} · "
        f"观测值 observations {counts['observations']}\n"
        f"审核问题 findings: 须改正 block {counts['blocks']} · 须说明 ask {counts['asks']} · 提示 note {counts['notes']}"
        f"（待处理 open {counts['open']}）\n"
        f"衔接后数值 values {counts['values']} · 冲突 conflicts {counts['conflicts']} · "
        f"指标值 indicator values {counts['indicators']} · 年份未注明 unstated {counts['unstated']}"
    )


def where_to_look(home: Home, url: str, console: Console) -> None:
    """Print where the results and the pages are."""
    with engine.connect(home).connect() as connection:
        files = connection.execute(text(_FILES)).tuples().all()
    for number, name in files:
        console.print(f"指标表 workbook  {home.reports / str(number) / str(name)}", soft_wrap=True)
    console.print(f"表式 issued      {home.issued}", soft_wrap=True)
    console.print(f"页面 pages       {url}/data-office/   Airflow {url}")


def package_inbox(home: Home, period: str, inbox: Path) -> None:
    """Copy deliveries into the home's inbox of a round; a file of the same name is replaced, its time is now."""
    if not inbox.is_dir():
        raise NeedsAPerson(f"{inbox} is not a folder of deliveries.")
    shutil.copytree(inbox, home.inbox / period, dirs_exist_ok=True, copy_function=shutil.copyfile)


def has_values(warehouse: Engine, period: str) -> bool:
    """Whether any indicator of the period was computed, so that there is something to build."""
    sql = text("SELECT EXISTS (SELECT FROM warehouse.indicator_value WHERE period = :period AND value IS NOT NULL)")
    with warehouse.connect() as connection:
        return bool(connection.execute(sql, {"period": period}).scalar())


def waiting_for_people(warehouse: Engine, period: str, url: str, console: Console) -> None:
    """Say where a person must decide: forms returned, forms in review, forms that never came."""
    with warehouse.connect() as connection:
        for state, count in connection.execute(text(_STATES), {"period": period}):
            console.print(f"  {state} {count} 张表 forms → {url}/data-office/")


_STATES = """
SELECT state, count(*) FROM intake.obligation WHERE round = :period AND state NOT IN ('已通过', '豁免')
GROUP BY state ORDER BY state
"""
_CITIES = """
SELECT place_name, count(*) FILTER (WHERE value IS NOT NULL AND NOT is_synthetic),
       count(*) FILTER (WHERE value IS NOT NULL AND is_synthetic), count(*) FILTER (WHERE value IS NULL)
FROM mart.indicator_table WHERE framework = 'national_62' AND period = :period
GROUP BY place, place_name ORDER BY place
"""
_COUNTS = """
SELECT (SELECT count(*) FROM intake.submission) AS files,
       (SELECT coalesce(sum(cardinality(cells)), 0) FROM intake.sheet_row) AS cells,
       (SELECT count(*) FROM intake.item) AS items,
       (SELECT count(*) FROM warehouse.observation) AS observations,
       (SELECT count(*) FROM warehouse.observation WHERE period LIKE 'unstated@%') AS unstated,
       (SELECT count(*) FROM quality.finding WHERE severity = 'block') AS blocks,
       (SELECT count(*) FROM quality.finding WHERE severity = 'ask') AS asks,
       (SELECT count(*) FROM quality.finding WHERE severity = 'note') AS notes,
       (SELECT count(*) FROM quality.finding WHERE state IN ('open', 'explained')) AS open,
       (SELECT count(*) FROM warehouse.reconciled_value) AS values,
       (SELECT count(*) FROM warehouse.conflict) AS conflicts,
       (SELECT count(*) FROM warehouse.indicator_value WHERE value IS NOT NULL) AS indicators
"""
_FILES = """
SELECT a.build_id, a.name FROM report.artifact AS a
WHERE a.build_id = (SELECT max(build_id) FROM report.build) ORDER BY a.name
"""

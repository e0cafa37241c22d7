"""The demonstration: years of real figures from department workbooks and yearbook tables to indicator tables."""

import time
from dataclasses import replace

from rich.console import Console

from learning_city.cli import airflow_service, office, year
from learning_city.cli.airflow_client import Airflow
from learning_city.model.home import Home
from learning_city.samples import inbox as samples
from learning_city.samples import judgements
from learning_city.samples.settle import settle
from learning_city.warehouse import keys

MAIN_YEAR = "2017"
FRAMEWORK = "national_62"


def run(home: Home, console: Console) -> None:
    """Run the sample years through Airflow and say what came out and where to look. A second run changes nothing."""
    began = time.monotonic()
    with year.progress(console) as bar:
        steps = year.Steps(progress=bar, bar=bar.add_task("启动数据库和 Airflow / starting", total=8))
        warehouse = office.prepare(home)
        office.first_user(warehouse, home, console)
        url = airflow_service.start(home)
        airflow = Airflow(url, office.ADMIN, airflow_service.password(home, office.ADMIN))
        airflow.wait_for_dags(list(year.DAGS))
        steps.done("已启动，正在下发表式 / started, opening rounds")
        year.open_rounds(airflow, [str(data_year) for data_year in samples.YEARS], steps)
        steps.done("已下发，各部门正在填报 / opened, departments answer")
        _deliver(home, warehouse)
        steps.done("已报送，正在收集 / delivered, collecting")
        year.collect(airflow, warehouse, steps)
        settle(warehouse)
        judgements.put(warehouse)
        steps.done("样例用户已处理须说明的问题，疑似写错单位的留给您 / questions settled, a likely slip is left to you")
        year.apply_decisions(airflow, steps)
        steps.done("已落实裁定，正在出表 / applied, building")
        year.remind(airflow, steps)
        year.build(airflow, FRAMEWORK, MAIN_YEAR, steps)
        steps.done("完成 / done")
    year.summary(home, MAIN_YEAR, console)
    year.where_to_look(home, url, console)
    console.print(f"用时 {time.monotonic() - began:.0f} 秒 s   停止 stop: make stop")


def _deliver(home: Home, warehouse: object) -> None:
    """Fill a draft inbox and publish it at once; deliveries of an earlier run stay as they are."""
    if (home.inbox / MAIN_YEAR).exists():
        return
    draft = replace(home, root=home.root / "draft")
    draft.root.mkdir(exist_ok=True)
    (draft.root / "DEMO").touch()
    samples.fill(warehouse, draft, keys.secret(home, "token"))  # type: ignore[arg-type]
    office.publish_inbox(draft.inbox, home.inbox)
    (draft.root / "sample_manifest.csv").replace(home.root / "sample_manifest.csv")

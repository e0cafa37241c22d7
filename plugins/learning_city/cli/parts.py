"""Commands in groups: ``lcm user``, ``lcm catalogue``, ``lcm report``."""

import os
from typing import Annotated

import typer
from rich.console import Console
from sqlalchemy import text

from learning_city.cli import airflow_service, audit, catalogue, labels, office
from learning_city.model.home import Home
from learning_city.warehouse import engine

user_app = typer.Typer(no_args_is_help=True, help="人员与权限 / people and rights")
report_app = typer.Typer(no_args_is_help=True, help="报告 / report builds")
APPS = {
    "user": user_app, "catalogue": catalogue.app, "labels": labels.app, "report": report_app,
    "audit": audit.audit_app,
}  # fmt: skip
console = Console(soft_wrap=True, highlight=False)


@user_app.command("add")
def user_add(
    name: str, role: Annotated[list[str], typer.Option(help="reader clerk reviewer head inspector")], place: str = "*"
) -> None:
    """添加人员 / add a person; Airflow is restarted where it runs, so that the account works at once."""
    home = Home.from_environment()
    password = office.add_user(office.prepare(home), home, name, role, place)
    console.print(f"{name}: {', '.join(role)} @ {place}" + (f"   密码 password {password}" if password else ""))
    if airflow_service.running(home):
        console.print(f"Airflow {airflow_service.restart(home)}")


@report_app.command("list")
def report_list() -> None:
    """报告清单 / report builds."""
    with engine.connect(office.any_home()).connect() as connection:
        for row in connection.execute(text("SELECT * FROM report.build ORDER BY build_id")).mappings():
            console.print(
                f"{row['build_id']:>4}  {row['framework']} {row['period']}  {row['state']}  {row['as_of']:%Y-%m-%d %H:%M}"
            )


@report_app.command("build")
def report_build(framework: str, period: str) -> None:
    """生成指标表 / build the workbook of a framework and period."""
    from learning_city.reports import build

    home = office.any_home()
    warehouse = engine.connect(home)
    number = build.build(warehouse, home, framework, period, requested_by=os.environ.get("USER", "command line"))
    with warehouse.connect() as connection:
        for path in build.paths(connection, home, number):
            console.print(str(path))

"""Commands in groups: ``lcm user``, ``lcm catalogue``, ``lcm report``."""

from typing import Annotated

import typer
from rich.console import Console

from learning_city.cli import airflow_service, audit, catalogue, labels, office, report
from learning_city.model.home import Home

user_app = typer.Typer(no_args_is_help=True, help="人员与权限 / people and rights")
APPS = {
    "user": user_app, "catalogue": catalogue.app, "labels": labels.app, "report": report.app,
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

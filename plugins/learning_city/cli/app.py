"""The command line: every command is a few lines that call a room and say what happened."""

import json
import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from sqlalchemy import text
from sqlalchemy.exc import ArgumentError, OperationalError

from learning_city.cli import airflow_service, office, year
from learning_city.cli.airflow_client import Airflow
from learning_city.errors import LearningCityError, NeedsAPerson
from learning_city.model.home import Home
from learning_city.model.period import YEAR
from learning_city.warehouse import engine

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="学习型城市监测 / Learning City Monitor",
)
user_app = typer.Typer(no_args_is_help=True, help="人员与权限 / people and rights")
catalogue_app = typer.Typer(no_args_is_help=True, help="目录 / the catalogue")
rules_app = typer.Typer(no_args_is_help=True, help="审核规则 / validation rules")
report_app = typer.Typer(no_args_is_help=True, help="报告 / report builds")
for name, sub in (("user", user_app), ("catalogue", catalogue_app), ("rules", rules_app), ("report", report_app)):
    app.add_typer(sub, name=name)
console = Console(soft_wrap=True, highlight=False)


def main() -> None:
    """Run a command; what needs a person is one message and exit status 1, never a traceback."""
    try:
        app()
    except LearningCityError as problem:
        _refuse(str(problem))
    except (ArgumentError, OperationalError) as problem:
        _refuse(
            f"The database could not be reached ({str(problem).splitlines()[0]}). Check LCM_DATABASE_URL or LCM_HOME."
        )
    except OSError as problem:
        _refuse(f"{problem.filename or ''}: {problem.strerror or problem}")


def _refuse(said: str) -> None:
    Console(stderr=True, soft_wrap=True, highlight=False).print(f"✗ {said}", markup=False)
    sys.exit(1)


@app.command()
def demo() -> None:
    """样例年度：八城市从收件箱到指标表 / the sample year, from inbox to indicator workbook."""
    from learning_city.cli import demo as room

    room.run(office.demo_home(), console)


@app.command()
def serve() -> None:
    """启动本办公室的系统 / start this office's system."""
    home = office.office_home()
    warehouse = office.prepare(home)
    office.first_user(warehouse, home, console)
    url = airflow_service.start(home)
    console.print(f"页面 pages {url}/data-office/   Airflow {url}   数据 home {home.root}   停止 stop: lcm stop")


@app.command()
def stop() -> None:
    """停止 / stop what serve and demo started."""
    for home in office.known_homes():
        stopped = office.stop(home)
        console.print(f"{home.root}: {'已停止 stopped ' + ', '.join(stopped) if stopped else '没有运行 not running'}")


@app.command()
def status() -> None:
    """运行状态 / what runs where."""
    for home in office.known_homes():
        database = bool(home.database_url) or (home.server_data / "postmaster.pid").exists()
        airflow = airflow_service.running(home)
        console.print(f"{home.root}: PostgreSQL {'✓' if database else '—'}  Airflow {'✓' if airflow else '—'}")


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


@app.command()
def run(
    period: str,
    inbox: Annotated[Path | None, typer.Option(help="a folder of deliveries")] = None,
    framework: Annotated[str, typer.Option(help="the framework to build")] = "national_62",
) -> None:
    """一个年度经 Airflow 跑一遍 / a year through Airflow; stops where a person must decide and says where."""
    from learning_city.prepare import issue

    home = Home.from_environment()
    warehouse = office.prepare(home)
    issue.open_round(warehouse, _year(period))
    office.first_user(warehouse, home, console)
    url = airflow_service.start(home)
    airflow = Airflow(url, office.ADMIN, airflow_service.password(home, office.ADMIN))
    with year.progress(console) as bar:
        steps = year.Steps(progress=bar, bar=bar.add_task("启动 / starting", total=6))
        airflow.wait_for_dags(list(year.DAGS))
        year.open_rounds(airflow, [int(period[:4])], steps)
        steps.done("已下发，正在收集 / opened, collecting")
        if inbox:
            year.package_inbox(home, period, inbox)
        year.collect(airflow, warehouse, steps)
        if year.has_values(warehouse, period):
            steps.done("已衔接，正在出表 / reconciled, building")
            year.build(airflow, framework, period, steps)
        steps.done("完成 / done")
    year.summary(home, period, console)
    if not year.has_values(warehouse, period):
        console.print("没有可出表的数 / nothing was accepted yet, no report was built.")
    year.waiting_for_people(warehouse, period, url, console)
    year.where_to_look(home, url, console)


@app.command()
def templates(round_id: str, out: Annotated[Path, typer.Option()]) -> None:
    """下发表式 / write one workbook per department and place."""
    from learning_city.prepare import issue
    from learning_city.warehouse import keys

    home = Home.from_environment()
    warehouse = office.prepare(home)
    issue.open_round(warehouse, _year(round_id))
    written = issue.issue(warehouse, home, round_id, keys.secret(home, "token"), out)
    console.print(f"{len(written)} 份工作簿 workbooks → {out}")


@app.command()
def check(
    files: list[Path],
    round_id: Annotated[str, typer.Option("--round", help="the round being collected")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object a line")] = False,  # noqa: FBT002 - a flag
) -> None:
    """自查 / self-check of workbooks; exit status 1 if something blocks."""
    from learning_city.cli import check as room

    found = room.check_files(Home.from_environment(), files, round_id)
    for finding in found:
        if as_json:
            typer.echo(json.dumps({name: getattr(finding, name) for name in finding.__slots__}, ensure_ascii=False))
        else:
            console.print(room.sentence(finding), markup=False)
    if not found and not as_json:
        console.print("✓ 没有发现问题 / nothing found")
    raise typer.Exit(1 if any(finding.severity == "block" for finding in found) else 0)


@app.command("read-table")
def read_table(
    file: Path,
    left: Annotated[bool, typer.Option("--left", help="list numeric cells left out")] = False,  # noqa: FBT002
) -> None:
    """读统计表 / any statistical table as JSON lines."""
    from learning_city.cli import read_table as room

    room.print_table(file, left=left)


@catalogue_app.command("check")
def catalogue_check(folder: Annotated[Path, typer.Argument(help="a folder of CSV files")] = office.STARTER) -> None:
    """检查目录 / check reference files; every error with file, row and column."""
    from learning_city.catalogue.read import read

    edition = read(folder)
    counts = " · ".join(f"{name} {len(rows)}" for name, rows in edition.tables.items())
    console.print(f"✓ {folder.name} {edition.content_hash[:12]}: {counts}")


@catalogue_app.command("import")
def catalogue_import(folder: Path, why: Annotated[str, typer.Option(help="why this edition")]) -> None:
    """导入目录 / store a folder of reference files as a new edition, all or nothing."""
    from learning_city.catalogue.read import read
    from learning_city.warehouse import ref

    edition = read(folder)
    with office.prepare(Home.from_environment()).begin() as connection:
        number = ref.store(connection, edition, who=os.environ.get("USER", "command line"), why=why)
    console.print(f"✓ 版次 edition {number} {edition.content_hash[:12]}")


@rules_app.command("check")
def rules_check() -> None:
    """检查规则 / load every suite; a rule that is not allowed or says no reason is refused."""
    from learning_city.validate import suites

    for path in sorted(suites.FOLDER.glob("*.json")):
        console.print(f"✓ {path.name}: {len(suites.load(path.stem).rules)} 条规则 rules")


@app.command()
def explain(indicator: str, place: str, period: str) -> None:
    """一个数从哪里来 / where a number comes from, down to the cell and the file's hash."""
    from learning_city.reports.explain import explain as room

    with engine.connect(_any_home()).connect() as connection:
        for line in room(connection, indicator, place, period):
            console.print(line, markup=False)


@app.command()
def fingerprint() -> None:
    """数据库指纹 / one SHA-256 per schema; equal fingerprints mean the same database."""
    from learning_city.warehouse.fingerprint import fingerprint as room

    with engine.connect(_any_home()).connect() as connection:
        for schema, digest in room(connection).items():
            console.print(f"{schema:<10} {digest}")


@report_app.command("list")
def report_list() -> None:
    """报告清单 / report builds."""
    with engine.connect(_any_home()).connect() as connection:
        for row in connection.execute(text("SELECT * FROM report.build ORDER BY build_id")).mappings():
            console.print(
                f"{row['build_id']:>4}  {row['framework']} {row['period']}  {row['state']}  {row['as_of']:%Y-%m-%d %H:%M}"
            )


@report_app.command("build")
def report_build(framework: str, period: str) -> None:
    """生成指标表 / build the workbook of a framework and period."""
    from learning_city.reports import build

    home = _any_home()
    warehouse = engine.connect(home)
    number = build.build(warehouse, home, framework, period, requested_by=os.environ.get("USER", "command line"))
    with warehouse.connect() as connection:
        for path in build.paths(connection, home, number):
            console.print(str(path))


@app.command()
def generate(
    out: Annotated[Path, typer.Option()],
    cities: int = 8,
    departments: int = 3,
    years: int = 1,
    seed: int = 1,
    errors: float = 0.0,
) -> None:
    """生成测试报送件 / packages over contract 1 with planted errors, and truth.jsonl."""
    from learning_city.samples import generate as room

    count = room.generate(out, cities=cities, departments=departments, years=years, seed=seed, errors=errors)
    console.print(f"{count} 件 packages → {out}")


def _year(period: str) -> int:
    """The data year of a round; refuses what is no year."""
    if not YEAR.match(period):
        raise NeedsAPerson(f"{period!r} is not a data year. Give four digits, for example 2017.")
    return int(period)


def _any_home() -> Home:
    """LCM_HOME, else the office's home if it has a database, else the demonstration's."""
    home = Home.from_environment()
    if "LCM_HOME" in os.environ or home.database_url or home.server_data.exists():
        return home
    return next((known for known in office.known_homes() if known.server_data.exists()), home)

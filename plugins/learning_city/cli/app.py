"""The command line: every command is a few lines that call a room and say what happened."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from sqlalchemy.exc import ArgumentError, OperationalError
from xlsxwriter.exceptions import FileCreateError

from learning_city.cli import airflow_service, answer, office, parts, proof, reconcile_world, rounds, rules, year
from learning_city.cli.airflow_client import Airflow
from learning_city.errors import LearningCityError
from learning_city.model.home import Home
from learning_city.warehouse import engine

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="学习型城市监测 / Learning City Monitor",
)
for name, sub in {**parts.APPS, "round": rounds.round_app, "rules": rules.app}.items():
    app.add_typer(sub, name=name)
app.command()(answer.answer)
app.command()(reconcile_world.reconcile_world)
app.command()(proof.proof)
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
    except (OSError, FileCreateError) as problem:
        _refuse(_unwritten(problem))


def _unwritten(problem: OSError | FileCreateError) -> str:
    """Which file could not be read or written, and why; a workbook's writer wraps what the system said."""
    cause = next((one for one in (problem, *problem.args) if isinstance(one, OSError)), None)
    if cause is None:
        return str(problem)
    return f"{cause.filename or '文件 file'}: {cause.strerror or cause}"


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


@app.command()
def run(
    period: str,
    inbox: Annotated[Path | None, typer.Option(help="a folder of deliveries")] = None,
    framework: Annotated[str, typer.Option(help="the framework to build")] = "national_62",
) -> None:
    """一个年度经 Airflow 跑一遍 / a year through Airflow; stops where a person must decide and says where."""
    from learning_city.prepare.rounds import open_round

    home = Home.from_environment()
    warehouse = office.prepare(home)
    open_round(warehouse, period)
    office.first_user(warehouse, home, console)
    url = airflow_service.start(home)
    airflow = Airflow(url, office.ADMIN, airflow_service.password(home, office.ADMIN))
    with year.progress(console) as bar:
        steps = year.Steps(progress=bar, bar=bar.add_task("启动 / starting", total=6))
        airflow.wait_for_dags(list(year.DAGS))
        year.open_rounds(airflow, [period], steps)
        steps.done("已下发，正在收集 / opened, collecting")
        if inbox:
            year.package_inbox(home, period, inbox)
        year.collect(airflow, warehouse, steps)
        if year.has_values(warehouse, period):
            steps.done("已衔接，正在出表 / reconciled, building")
            year.build(airflow, framework, period, steps)
    year.summary(home, period, console)
    if not year.has_values(warehouse, period):
        console.print("没有可出表的数 / nothing was accepted yet, no report was built.")
    year.waiting_for_people(warehouse, period, url, console)
    year.where_to_look(home, url, console)


@app.command()
def templates(round_id: str, out: Annotated[Path, typer.Option()]) -> None:
    """下发表式 / write one workbook per department and place."""
    from learning_city.prepare import issue
    from learning_city.prepare.rounds import open_round
    from learning_city.warehouse import keys

    home = Home.from_environment()
    warehouse = office.prepare(home)
    open_round(warehouse, round_id)
    written = issue.issue(warehouse, home, round_id, keys.secret(home, "token"), out)
    edition = rounds.edition_of(warehouse, round_id)
    console.print(f"{len(written)} 份工作簿 workbooks → {out}   目录第 {edition} 版 edition")
    rounds.show_spared(warehouse, round_id)


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


@app.command()
def explain(indicator: str, place: str, period: str) -> None:
    """一个数从哪里来 / where a number comes from, down to the cell and the file's hash."""
    from learning_city.reports.explain import explain as room

    with engine.connect(office.any_home()).connect() as connection:
        for line in room(connection, indicator, place, period):
            console.print(line, markup=False)


@app.command()
def fingerprint() -> None:
    """数据库指纹 / one SHA-256 per schema; equal fingerprints mean the same database."""
    from learning_city.warehouse.fingerprint import fingerprint as room

    with engine.connect(office.any_home()).connect() as connection:
        for schema, digest in room(connection).items():
            console.print(f"{schema:<10} {digest}")


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

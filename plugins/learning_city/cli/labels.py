"""``lcm labels``: what tables print and the catalogue does not know, and what people said it means."""

import json
import sys
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from sqlalchemy import Engine

from learning_city.cli import office
from learning_city.errors import NeedsAPerson
from learning_city.model.home import Home
from learning_city.model.rights import Right
from learning_city.warehouse import engine, ref

app = typer.Typer(no_args_is_help=True, help="表中标签 / labels of printed tables")
console = Console(soft_wrap=True, highlight=False)
Json = Annotated[bool, typer.Option("--json", help="one JSON object a line")]


@app.command("list")
def list_(as_json: Json = False) -> None:  # noqa: FBT002 - a flag
    """待对应的标签 / labels nobody mapped yet, each with what it may mean."""
    from learning_city.collect.mapping_suggest import suggest
    from learning_city.collect.mapping_tasks import tasks

    with engine.connect(office.any_home()).connect() as connection:
        edition = ref.load(connection, ref.current(connection))
        for task in tasks(connection):
            found = suggest(edition, task)
            if as_json:
                typer.echo(
                    json.dumps(asdict(task) | {"suggestions": [asdict(one) for one in found]}, ensure_ascii=False)
                )
                continue
            where = f"{task.profile} {task.file} {task.sheet}!{task.cell}"
            console.print(f"{task.label}  {task.unit or ''}  {task.cells} 格 cells  {where}", markup=False)
            for one in found:
                console.print(f"    {one.score:>5.0f}  {one.code}  {one.name}  {one.why_zh}", markup=False)


@app.command()
def answer(
    path: Annotated[
        Path, typer.Argument(help="JSON lines: profile axis label title unit definition|place note …; - = stdin")
    ],
    why: Annotated[str, typer.Option(help="why they mean that")] = "",
    who: Annotated[str, typer.Option(help="who says so; by default the user of this machine")] = "",
    as_json: Json = False,  # noqa: FBT002
) -> None:
    """回答标签含义 / remember what labels mean as a new edition; their tables are read and checked anew at once."""
    home = office.any_home()
    warehouse = engine.connect(home)
    new = _answer(warehouse, home, _read(path), office.person(warehouse, who, Right.MAP), why)
    said = {"read": len(new), "edition": _current(warehouse)}
    line = f"目录版本 edition {said['edition']}：重新读取 {said['read']} 张表 tables read anew"
    typer.echo(json.dumps(said)) if as_json else console.print(line)


def _answer(warehouse: Engine, home: Home, said: list[dict[str, Any]], who: str, why: str) -> list[int]:
    from learning_city.collect.mapping_answer import Answer, answer
    from learning_city.collect.reader import Readers
    from learning_city.review import settle
    from learning_city.validate import store

    try:
        answers = [Answer(**one) for one in said]
    except TypeError as problem:
        raise NeedsAPerson(f"不认识的字段（{problem}）。 Unknown field: {problem}.") from problem
    with Readers(children=1) as readers:
        new = answer(warehouse, home, readers, answers, who=who, why=why)
    store.check(warehouse, new, datetime.now(UTC).astimezone(ZoneInfo("Asia/Shanghai")).date(), is_demo=home.is_demo)
    settle.settle_by_rule(warehouse)
    return new


def _read(path: Path) -> list[dict[str, Any]]:
    content = sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8")
    try:
        rows: list[dict[str, Any]] = [json.loads(line) for line in content.split("\n") if line.strip()]
    except ValueError as problem:
        raise NeedsAPerson(f"{path}：每行应是一个 JSON 对象。 One JSON object a line: {problem}.") from problem
    for row in rows:
        for name in {"valid_from", "valid_to"} & row.keys():
            row[name] = date.fromisoformat(row[name]) if row[name] else None
    return rows


def _current(warehouse: Engine) -> int:
    with warehouse.connect() as connection:
        return ref.current(connection)

"""``lcm catalogue``: check, try, import, export, compare and look at editions."""

import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from sqlalchemy import Connection, Engine

from learning_city.catalogue import overlaps, workbook
from learning_city.catalogue.differences import differences
from learning_city.catalogue.faults import Refused
from learning_city.cli import catalogue_say as say
from learning_city.cli import office
from learning_city.cli.catalogue_effect import Outcome, import_in
from learning_city.cli.catalogue_file import open_any, open_file
from learning_city.errors import NeedsAPerson
from learning_city.model.edition import Edition
from learning_city.model.home import Home
from learning_city.model.plain_text import plain
from learning_city.model.rights import Right
from learning_city.warehouse import ref

app = typer.Typer(no_args_is_help=True, help="目录与口径 / the catalogue")
console = Console(soft_wrap=True, highlight=False)
Json = Annotated[bool, typer.Option("--json", help="one JSON object")]
Which = Annotated[int, typer.Option(min=0, max=2**31 - 1, help="number of an edition; 0 = the one in use")]


@app.command()
def check(
    path: Annotated[Path, typer.Argument(help="an Excel file or a folder of CSV files")] = office.STARTER,
) -> None:
    """检查目录 / check a catalogue; every fault with sheet and cell, or file, row and column."""
    edition = open_file(path)
    console.print(f"✓ {path.name} {edition.content_hash[:12]}: {say.rows(edition)}", markup=False)
    for line in say.overlap_summary(overlaps.pairs(edition), overlaps.proxies(edition)):
        console.print(line, markup=False)


@app.command("import")
def import_(
    path: Path,
    why: Annotated[str, typer.Option(help="why this edition")] = "",
    who: Annotated[str, typer.Option(help="who imports; by default the user of this machine")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="say what would change, change nothing")] = False,  # noqa: FBT002 - a flag
    on: Annotated[
        int, typer.Option(min=0, max=2**31 - 1, help="refuse when another edition than this one is in use")
    ] = 0,
    as_json: Json = False,  # noqa: FBT002
) -> None:
    """导入目录 / make a new edition of an Excel file or a folder: all or nothing, and the figures follow at once.

    What flips an attainment or moves a rank is proposed first, and in use once a second person imports the same content.
    """
    if not dry_run and not plain(why):
        raise NeedsAPerson("请用 --why 写明为什么改目录。 Say with --why why the catalogue changes.")
    edition = _opened(path, as_json=as_json)
    outcome = _put_in_force(edition, path, who, plain(why) or "dry run", on, is_dry=dry_run)
    if as_json:
        told = say.outcome(edition, outcome, is_dry=dry_run, sha256=_sha256(path))
        typer.echo(json.dumps(told, ensure_ascii=False))
        return
    for line in say.outcome_lines(edition, outcome, is_dry=dry_run):
        console.print(line, markup=False)


def _opened(path: Path, *, as_json: bool) -> Edition:
    """The edition of a file; with ``as_json`` its faults are printed and the command ends with status 1."""
    try:
        return open_file(path)
    except Refused as refused:
        if not as_json:
            raise
        typer.echo(json.dumps(say.refused(refused), ensure_ascii=False))
        raise typer.Exit(1) from refused


def _put_in_force(edition: Edition, path: Path, who: str, why: str, on: int, *, is_dry: bool) -> Outcome:
    """What the edition changes, kept unless it is a dry run or needs a second person: then it is proposed."""
    home = Home.from_environment()
    warehouse = office.prepare(home)
    who = (who or "—") if is_dry else office.person(warehouse, who, Right.EDIT_CATALOGUE)
    with warehouse.connect() as connection:
        with connection.begin() as transaction:
            _expect(connection, on)
            outcome = import_in(connection, edition, who=who, why=why, with_synthetic=home.is_demo)
            if is_dry or outcome.awaits:
                transaction.rollback()
        if outcome.effect and outcome.awaits and not is_dry:
            with connection.begin():
                n = {"attainments": len(outcome.effect.of("attainment")), "ranks": len(outcome.effect.of("rank"))}
                ref.propose(connection, edition, who=who, why=why, file=_sha256(path), **n)
    return outcome


def _expect(connection: Connection, on: int) -> None:
    current = ref.current(connection)
    if on and on != current:
        raise NeedsAPerson(
            f"检查之后目录已换成第 {current} 版（当时是第 {on} 版），没有导入。请重新检查这份文件。 "
            f"Edition {current} came into use after the file was checked against edition {on}; check it again."
        )


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


@app.command()
def export(
    out: Path,
    edition: Which = 0,
    as_of: Annotated[int, typer.Option(help="only what was in force on 31 December of this year")] = 0,
) -> None:
    """导出目录 / write an edition as the office's own Excel."""
    office.writable(out)
    with _warehouse().connect() as connection:
        number = edition or ref.current(connection)
        content = ref.load(connection, number)
        known = next(row for row in ref.editions(connection) if row["edition"] == number)
    about = workbook.About(
        edition=number,
        content_hash=known["content_hash"],
        who=known["who"],
        why=known["why"],
        recorded_at=known["recorded_at"],
        as_of=_last_day(as_of) if as_of else None,
    )
    rows = workbook.write(out, content, about)
    console.print(f"✓ 第 {number} 版 edition {number} → {out}：{rows} 行 rows", markup=False)


@app.command()
def handbook(
    out: Path,
    year: Annotated[int, typer.Option(help="data year; by default the last one that has ended")] = 0,
    edition: Which = 0,
) -> None:
    """口径手册 / the handbook for departments: meaning, scope, method and channel of every item, one HTML file."""
    from learning_city.prepare.handbook import handbook as room

    office.writable(out)
    with _warehouse().connect() as connection:
        day = _last_day(year or date.today().year - 1)  # noqa: DTZ011 - a default
        said = room(connection, edition or ref.current(connection), day)
    out.write_text(said, encoding="utf-8")
    console.print(f"✓ {out}", markup=False)


@app.command()
def diff(
    first: Annotated[str, typer.Argument(help="edition, Excel file or folder; by default the edition before")] = "",
    second: Annotated[str, typer.Argument(help="the same; by default the edition in use")] = "",
) -> None:
    """比较两版 / rows added, removed, changed between two editions or files."""
    with _warehouse().connect() as connection:
        current = ref.current(connection)
        is_file = bool(first) and not first.isdecimal()
        left = first if first and (second or not is_file) else str(current if is_file else max(current - 1, 1))
        right = second or (first if is_file else str(current))
        found = differences(open_any(connection, left), open_any(connection, right))
    console.print(f"{left} → {right}", markup=False)
    for line in say.difference_lines(found):
        console.print(line, markup=False)


@app.command("list")
def list_() -> None:
    """各版目录 / the editions, newest first."""
    with _warehouse().connect() as connection:
        for row in ref.editions(connection):
            moment = f"{row['recorded_at']:%Y-%m-%d %H:%M}"
            said = f"{row['edition']:>4}  {row['content_hash'][:12]}  {moment}  {row['who']}  {row['why']}"
            console.print(said, markup=False)


@app.command()
def show(year: int, edition: Which = 0) -> None:
    """某年的目录 / departments, thresholds, formulas, forms and places in force on 31 December of a year."""
    with _warehouse().connect() as connection:
        number = edition or ref.current(connection)
        for line in say.year_lines(connection, number, _last_day(year)):
            console.print(line, markup=False)


@app.command("overlaps")
def overlaps_(
    path: Annotated[Path | None, typer.Argument(help="an Excel file or folder; by default the edition in use")] = None,
    every: Annotated[bool, typer.Option("--all", help="also pairs that share only what they are divided by")] = False,  # noqa: FBT002
) -> None:
    """指标交叉与替代 / indicators that read the same definitions, declared or not, and figures that stand for others."""
    if path is None:
        with _warehouse().connect() as connection:
            content = ref.load(connection, ref.current(connection))
    else:
        content = open_file(path)
    for line in say.overlap_lines(overlaps.pairs(content), overlaps.proxies(content), every=every):
        console.print(line, markup=False)


def _last_day(year: int) -> date:
    if not 1900 <= year <= 2999:
        raise NeedsAPerson(f"{year} 不是年份，请写四位数字。 {year} is not a year; give four digits.")
    return date(year, 12, 31)


def _warehouse() -> Engine:
    return office.prepare(office.any_home())

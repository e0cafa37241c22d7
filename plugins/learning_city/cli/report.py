"""``lcm report``: build, list, compare, build again, approve, release and restore."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import text

from learning_city.cli import office
from learning_city.model.rights import Right
from learning_city.warehouse import engine

app = typer.Typer(no_args_is_help=True, help="报告 / report builds")
console = Console(soft_wrap=True, highlight=False)
Number = Annotated[int, typer.Argument(min=1, max=2**62)]
Who = Annotated[str, typer.Option(help="who does it; the account's name where it is not said")]
Why = Annotated[str, typer.Option(help="理由 / why; it is kept")]


@app.command("list")
def list_builds() -> None:
    """报告清单 / report builds."""
    with engine.connect(office.any_home()).connect() as connection:
        for row in connection.execute(text("SELECT * FROM report.build ORDER BY build_id")).mappings():
            places = f" {','.join(row['places'])}" if row["places"] else ""
            console.print(
                f"{row['build_id']:>4}  {row['framework']} {row['period']}{places}  {row['state']}  "
                f"{row['as_of']:%Y-%m-%d %H:%M}  {row['requested_by']}  {row['code_version']}  {row['inputs_hash'][:12]}",
                markup=False,
            )


@app.command("build")
def build_report(
    framework: str,
    period: str,
    place: Annotated[list[str] | None, typer.Option(help="only these places")] = None,
    fmt: Annotated[list[str] | None, typer.Option("--format", help="xlsx …")] = None,
    who: Who = "",
    certified_by: Annotated[str, typer.Option(help="拟由哪个单位认定 / which unit is to certify the results")] = "",
) -> None:
    """生成报告 / build the files of a framework and period."""
    from learning_city.reports import build

    home = office.any_home()
    warehouse = engine.connect(home)
    person = office.person(warehouse, who, Right.BUILD, place or None)
    number = build.build(
        warehouse, home, framework, period, requested_by=person, places=place or (), formats=fmt or ("xlsx",),
        certified_by=certified_by,
    )  # fmt: skip
    with warehouse.connect() as connection:
        for path in build.paths(connection, home, number):
            console.print(str(path))


@app.command("rebuild")
def rebuild_report(
    number: Number, out: Annotated[Path | None, typer.Option(help="keep the files in this folder")] = None
) -> None:
    """从冻结的输入重写并核对 / write it again from its frozen inputs; exit status 1 if a file differs."""
    from learning_city.reports import rebuild

    home = office.any_home()
    found = rebuild.rebuild(engine.connect(home), home, number, out)
    for one in found:
        sign, said = ("✓", "逐字节相同 same bytes") if one.is_equal else ("✗", one.why)
        console.print(f"{sign} {one.name}  {one.now[:12]}  {said}", markup=False)
    raise typer.Exit(0 if all(one.is_equal for one in found) else 1)


@app.command("diff")
def diff_reports(
    older: Number,
    newer: Number,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON document")] = False,  # noqa: FBT002 - a flag
    out: Annotated[Path | None, typer.Option(help="write an Excel workbook")] = None,
) -> None:
    """两版之差 / what changed between two builds, by effect, with the cause of each change."""
    from learning_city.reports import difference, difference_book, rebuild

    office.writable(out)
    home = office.any_home()
    before, after = (rebuild.frozen(engine.connect(home), home, number) for number in (older, newer))
    changes = difference.difference(before, after)
    if out:
        difference_book.write(out, before, after, changes)
    if as_json:
        said = {"values": len(after.values), "changes": difference.rows(changes), "causes": difference.counted(changes)}
        typer.echo(json.dumps(said, ensure_ascii=False))
        return
    table = Table(title=f"R-{newer:03d} ← R-{older:03d}: {len(changes)} / {len(after.values)}", title_justify="left")
    for heading in ("指标 indicator", "地区 place", "原 was", "现 now", "达标 target", "位次 rank", "原因 cause"):
        table.add_column(heading)
    for row in difference.rows(changes):
        table.add_row(*difference_book.words(row))
    console.print(table)


@app.command()
def approve(number: Number, why: Why, who: Who = "") -> None:
    """批准草稿 / approve a draft; never one's own."""
    from learning_city.reports import life

    warehouse = engine.connect(office.any_home())
    life.approve(warehouse, number, who=office.person(warehouse, who, Right.RELEASE), why=why)
    console.print(f"✓ R-{number:03d} 已批准 approved")


@app.command()
def release(
    number: Number,
    why: Why,
    certified_by: Annotated[
        str, typer.Option(help="由哪个单位认定，默认生成时所写 / which unit certifies the results")
    ] = "",
    despite: Annotated[str, typer.Option(help="有未决事项仍发布的理由 / why, in spite of what is open")] = "",
    who: Who = "",
) -> None:
    """批准并发布 / release; a draft is approved in the same step, never by who asked for it."""
    from learning_city.reports import life

    home = office.any_home()
    warehouse = engine.connect(home)
    person = office.person(warehouse, who, Right.RELEASE)
    for one in life.obstacles(warehouse, number):
        console.print(f"▲ {' '.join(life.OBSTACLES[one.kind])}: {one.many}  {one.what[:200]}", markup=False)
    life.release(warehouse, home, number, who=person, why=why, certified_by=certified_by, despite=despite)
    console.print(f"✓ R-{number:03d} 已发布 released")


@app.command()
def restore(number: Number, why: Why, who: Who = "") -> None:
    """恢复为现行 / put an earlier build in force again."""
    from learning_city.reports import life

    home = office.any_home()
    warehouse = engine.connect(home)
    life.restore(warehouse, home, number, who=office.person(warehouse, who, Right.RELEASE), why=why)
    console.print(f"✓ R-{number:03d} 已恢复 restored")

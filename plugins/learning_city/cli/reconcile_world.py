"""``lcm reconcile-world``: the house's own reconciliation of a world in CSV files, in a database of its own."""

from pathlib import Path
from typing import Annotated

import typer

from learning_city.cli.scratch import scratch_home
from learning_city.warehouse import engine


def reconcile_world(
    folder: Annotated[Path, typer.Argument(help="observations.csv, definitions.csv, bridges.csv … / 七个 CSV 文件")],
    out: Annotated[Path, typer.Option(help="写到哪个 CSV / where the values go")],
) -> None:
    """用本系统的规则衔接一组 CSV 数据 / reconcile a world of CSV files: one row per wanted key; findings on stderr."""
    from learning_city.reconcile import world

    read = world.read(folder)
    with scratch_home() as home:
        answers, findings = world.reconcile(engine.connect(home), read)
    answers.to_csv(out, index=False)
    for said in findings:
        typer.echo(said, err=True)
    typer.echo(f"{len(answers)} → {out}", err=True)

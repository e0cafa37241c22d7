"""``lcm proof``: one number with everything that makes it, as one HTML file."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from learning_city.cli import office
from learning_city.warehouse import engine

console = Console(soft_wrap=True, highlight=False)


def proof(
    indicator: str,
    place: str,
    period: str,
    build: Annotated[
        int, typer.Option(min=0, max=2**62, help="报告编号，不写为现行数 / a build's number; else what is in force now")
    ] = 0,
    framework: Annotated[str, typer.Option(help="where an indicator's code stands in several")] = "",
    out: Annotated[Path | None, typer.Option(help="the file to write")] = None,
) -> None:
    """算给我看：一个数的全部来历，一个网页 / proof of a number: one HTML file that can be checked without this program."""
    from learning_city.reports import proof as room
    from learning_city.reports.proof_read import Cell

    office.writable(out)
    home = office.any_home()
    cell = Cell(indicator=indicator, place=place, period=period, framework=framework, build=build)
    with engine.connect(home).connect() as connection:
        card = room.card(connection, home, cell)
    path = out or Path(room.file_name(cell))
    path.write_text(card, encoding="utf-8", newline="")
    console.print(f"{path}  SHA-256 {room.hash_of(card)}", markup=False)

"""How fast a national round is handed out, beside the same workbooks written one by one with openpyxl."""

import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Border, Font, PatternFill, Side
from rich.console import Console
from rich.table import Table

from learning_city.cli.bench_home import bench_home
from learning_city.prepare import issue, rounds
from learning_city.samples.world import World
from learning_city.warehouse import engine, keys

PERIOD = "2017"
SAMPLE = 10
Cells = list[tuple[str, str, Any]]


def measure(console: Console, world: World) -> None:
    """Open the world's round and issue it as ``lcm templates`` does; extrapolate openpyxl from a sample of the files."""
    with bench_home(world) as home:
        warehouse, key = engine.connect(home), keys.secret(home, "token")
        began = time.perf_counter()
        rounds.open_round(warehouse, PERIOD)
        opened = time.perf_counter() - began
        files = issue.issue(warehouse, home, PERIOD, key, home.root / "out")
        ours = time.perf_counter() - began
        written = [_cells(file) for file in random.Random(1).sample(files, min(SAMPLE, len(files)))]  # noqa: S311
        instead = _one_by_one(written, home.root) * len(files)
        size = sum(file.stat().st_size for file in files) / len(files) / 1024
    table = Table("hand out a round / openpyxl one by one", "s")
    table.add_row("open", f"{opened:.1f}")
    table.add_row("issue", f"{ours - opened:.1f}")
    table.add_row(f"openpyxl, from {len(written)} of {len(files)}", f"{instead:.0f}")
    console.print(table)
    console.print(
        f"{len(files)} workbooks × {world.items_per_form} items, {size:.0f} KB each, in {ours:.1f} s: "
        f"{1000 * ours / len(files):.2f} ms each, {instead / ours:.0f}x openpyxl"
    )


def _cells(file: Path) -> Cells:
    """Every cell of a workbook that holds something."""
    return [
        (sheet.title, cell.coordinate, cell.value)
        for sheet in load_workbook(file)
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    ]


def _one_by_one(books: Sequence[Cells], folder: Path) -> float:
    """Seconds a workbook takes with openpyxl: the same cells, each with a font, a border and a fill."""
    side = Side(style="hair")
    border, font, fill = Border(side, side, side, side), Font(size=10), PatternFill("solid", "FFFBE8")
    began = time.perf_counter()
    for cells in books:
        book = Workbook()
        for sheet, at, said in cells:
            cell = (book[sheet] if sheet in book.sheetnames else book.create_sheet(sheet))[at]
            cell.value, cell.border, cell.font, cell.fill = said, border, font, fill
        book.save(folder / "instead.xlsx")
    return (time.perf_counter() - began) / len(books)

"""``lcm read-table``: any statistical table as JSON lines, every numeric cell accounted for."""

import dataclasses
import json
import sys
from pathlib import Path

import typer

from learning_city.collect.table_file import read_tables
from learning_city.errors import NeedsAPerson, NotATable


def print_table(file: Path, *, left: bool) -> None:
    """Print a JSON line a data cell; on standard error what was left out (``left``) and the counts."""
    if not file.is_file():
        raise NeedsAPerson(f"No such file: {file}.")
    try:
        tables = read_tables(file.read_bytes())
    except NotATable as problem:
        raise NotATable(f"{file.name}: {problem}") from problem
    for table in tables:
        for cell in table.cells:
            typer.echo(json.dumps(dataclasses.asdict(cell), ensure_ascii=False))
        if left:
            for cell_name, why in table.left.items():
                sys.stderr.write(f"{table.sheet}!{cell_name}: {why}\n")
    lines = sum(len(table.cells) for table in tables)
    emitted = sum(cell.value is not None for table in tables for cell in table.cells)
    numeric = sum(table.numeric for table in tables)
    sys.stderr.write(f"cells {lines} numeric {numeric} emitted {emitted} left {sum(len(t.left) for t in tables)}\n")

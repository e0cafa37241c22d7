"""Read statistical tables: in the child for what strangers sent, and for ``lcm read-table``."""

import dataclasses
import json
from collections.abc import Callable, Iterable
from pathlib import Path

from learning_city.collect import table_grid, table_structure
from learning_city.collect.ledger_file import as_text
from learning_city.errors import NotATable


def read_tables(content: bytes) -> list[table_structure.Table]:
    """Every table of a file; raises NotATable where there is none."""
    tables = [table_structure.read(grid) for grid in table_grid.read(content)]
    if not any(table.cells for table in tables):
        raise NotATable("no table with labelled numbers found")
    return tables


def read_chunk(paths: list[str], progress: Callable[[int], None]) -> Iterable[bytes]:
    """One frame: per file its tables and rows as JSON, or its problem."""
    answers: list[dict[str, object]] = []
    for index, path in enumerate(paths):
        progress(index)
        try:
            content = Path(path).read_bytes()
            tables = read_tables(content)
        except NotATable as problem:
            answers.append({"problem": "not_a_table", "detail": str(problem), "tables": [], "rows": []})
        else:
            answers.append(
                {
                    "problem": "",
                    "detail": "",
                    "tables": [dataclasses.asdict(table) for table in tables],
                    "rows": _rows(content),
                }
            )
    yield json.dumps(answers, ensure_ascii=False).encode()


def _rows(content: bytes) -> list[tuple[str, int, list[str]]]:
    return [
        (grid.sheet, number, [as_text(cell) for cell in row])
        for grid in table_grid.read(content)
        for number, row in enumerate(grid.cells, start=1)
        if any(cell != "" for cell in row)
    ]

"""Read statistical tables: in the child for what strangers sent, and for ``lcm read-table``."""

import dataclasses
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from learning_city.collect import container, table_grid, table_structure, table_values
from learning_city.errors import NotATable


def read_tables(content: bytes, legend: Mapping[str, str] = table_values.SYMBOLS) -> list[table_structure.Table]:
    """Every table of a file; raises NotATable where there is none. ``legend``: what symbols mean in this source."""
    return _tables(table_grid.read(content), legend)


def _tables(grids: list[table_grid.Grid], legend: Mapping[str, str]) -> list[table_structure.Table]:
    tables = table_structure.read(grids, legend)
    if not any(cell.value is not None for table in tables for cell in table.cells):
        raise NotATable(
            "没有找到带行列标题的数字，请确认这是统计表 / no table with labelled numbers found; check that this is the table"
        )
    return tables


def read_chunk(
    paths: list[str], progress: Callable[[int], None], legends: Sequence[Mapping[str, str]] = ()
) -> Iterable[bytes]:
    """One frame: per file its tables and rows as JSON, or its problem. ``legends``: what symbols mean, file by file."""
    answers: list[dict[str, object]] = []
    for index, path in enumerate(paths):
        progress(index)
        try:
            grids = table_grid.read(container.read(Path(path)))
            tables = _tables(grids, table_values.SYMBOLS | dict(legends[index]) if legends else table_values.SYMBOLS)
        except NotATable as problem:
            answers.append({"problem": "not_a_table", "detail": str(problem), "tables": [], "rows": []})
        else:
            answers.append(
                {
                    "problem": "",
                    "detail": "",
                    "tables": [dataclasses.asdict(table) for table in tables],
                    "rows": _rows(grids),
                }
            )
    yield json.dumps(answers, ensure_ascii=False).encode()


def _rows(grids: list[table_grid.Grid]) -> list[tuple[str, int, list[str]]]:
    from learning_city.collect.ledger_text import as_text

    return [
        (grid.sheet, number, [as_text(cell) for cell in row])
        for grid in grids
        for number, row in enumerate(grid.cells, start=1)
        if any(cell != "" for cell in row)
    ]

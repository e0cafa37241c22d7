"""``lcm read-table``: any statistical table as JSON lines, every numeric cell accounted for."""

import json
import sys
from pathlib import Path
from typing import Any

from learning_city.collect.reader import Readers
from learning_city.errors import NeedsAPerson, NotATable

_DIED = {
    "crashed": "读取程序在这个文件上崩溃，请用 Excel 另存后再读 / the reader crashed on it; save it anew in Excel",
    "timeout": "读取超时，请用 Excel 另存后再读 / reading took too long; save it anew in Excel",
}


def print_table(file: Path, *, left: bool) -> None:
    """Print a JSON line a data cell; on standard error what was left out (``left``) and the counts.

    The file is read in a process of its own, with limits on memory and time. Raises NotATable in one line.
    """
    if not file.is_file():
        raise NeedsAPerson(f"没有这个文件 / no such file: {file}")
    tables = _tables(file)
    for table in tables:
        for cell in table["cells"]:
            sys.stdout.write(json.dumps(cell, ensure_ascii=False) + "\n")
        if left:
            for cell_name, why in table["left"].items():
                sys.stderr.write(f"{table['sheet']}!{cell_name}: {why}\n")
    cells = [cell for table in tables for cell in table["cells"]]
    emitted = sum(cell["value"] is not None for cell in cells)
    numeric, out = sum(table["numeric"] for table in tables), sum(len(table["left"]) for table in tables)
    sys.stdout.flush()
    sys.stderr.write(f"cells {len(cells)} numeric {numeric} emitted {emitted} left {out}\n")


def _tables(file: Path) -> list[dict[str, Any]]:
    with Readers(children=1) as readers:
        for _, frames, problems in readers.read("table", [file.resolve()]):
            if problems:
                raise NotATable(f"{file.name}: {_DIED[problems[0]]}")
            (answer,) = json.loads(frames[0])
            if answer["problem"]:
                raise NotATable(f"{file.name}: {answer['detail']}")
            found: list[dict[str, Any]] = answer["tables"]
            return found
    raise NotATable(f"{file.name}: {_DIED['crashed']}")

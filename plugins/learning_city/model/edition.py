"""An edition of the catalogue: the office's whole world as tables."""

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property

Row = dict[str, object]


@dataclass(frozen=True, kw_only=True)
class Edition:
    """Checked rows by table (``place``, ``definition`` …), typed, ready to be stored.

    Two editions with equal rows have equal ``content_hash``; storing one twice changes nothing.
    """

    tables: dict[str, list[Row]]

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 over all rows, in whatever order they stand; an empty cell, or a table without rows, is as good as none."""
        said = hashlib.sha256()
        for table in sorted(name for name, rows in self.tables.items() if rows):
            lines = sorted(_line(row) for row in self.tables[table])
            said.update("\n".join([table, *lines, ""]).encode())
        return said.hexdigest()


def _line(row: Row) -> str:
    filled = {column: value for column, value in row.items() if value is not None}
    return json.dumps(filled, ensure_ascii=False, sort_keys=True, default=str)

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
        """SHA-256 over all rows in file order."""
        said = json.dumps(self.tables, ensure_ascii=False, sort_keys=True, default=str)
        return hashlib.sha256(said.encode()).hexdigest()

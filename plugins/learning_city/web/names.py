"""What codes are called: places, departments, definitions, sources. An edition never changes: each is read once a process."""

from collections import ChainMap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Engine

from learning_city.web import database

Named = dict[str, Any]
"""A row as a page shows it, with what its codes are called: ``place_zh``, ``place_en``, ``definition_zh`` …"""
_CODES = {
    "place": ", valid_from DESC",
    "department": ", valid_from DESC",
    "definition": ", valid_from DESC",
    "source": "",
}
"""code -> which of several rows of an edition comes first"""
_DATED = ("place", "department")
_LATEST = """
SELECT DISTINCT ON ({code}) {code} AS code, name_zh, name_en FROM ref.{code}
WHERE edition <= :edition ORDER BY {code}, edition DESC{first}
"""
_IN_FORCE = """
SELECT {code} AS code, name_zh, name_en FROM ref.{code}
WHERE edition = :edition AND daterange(valid_from, valid_to) @> CAST(:day AS date)
"""
_ROUND = """
SELECT r.edition, intake.last_day(r.period) AS day, (SELECT max(edition) FROM ref.edition) AS newest
FROM intake.round AS r WHERE r.round = :round
"""


@dataclass(frozen=True, slots=True)
class Names:
    """Who is called how: as the round's edition said at the end of its period, else as the newest edition that knows it."""

    newest: int
    edition: int | None = None
    day: date | None = None

    def of(self, code: str) -> Mapping[str, Named]:
        """Its names by code."""
        latest = _table(database.engine(), code, self.newest, None)
        if self.edition is None or self.day is None or code not in _DATED:
            return latest
        return ChainMap(_table(database.engine(), code, self.edition, self.day), latest)

    def named(self, rows: Iterable[Mapping[Any, Any]]) -> list[Named]:
        """The rows with what their codes are called."""
        tables = {code: self.of(code) for code in _CODES}
        return [_named(row, tables) for row in rows]


def of_round(round_id: str) -> Names:
    """What everything is called in a round."""
    found = database.row(_ROUND, round=round_id)
    return Names(found["newest"] or 0, found["edition"], found["day"]) if found else Names(0)


@lru_cache(maxsize=64)
def _table(_: Engine, code: str, edition: int, day: date | None) -> dict[str, Named]:
    if day is None:
        rows = database.rows(_LATEST.format(code=code, first=_CODES[code]), edition=edition)
    else:
        rows = database.rows(_IN_FORCE.format(code=code), edition=edition, day=day)
    return {row["code"]: {f"{code}_zh": row["name_zh"], f"{code}_en": row["name_en"]} for row in rows}


def _named(row: Mapping[Any, Any], tables: Mapping[str, Mapping[str, Named]]) -> Named:
    said: Named = dict(row)
    for code, table in tables.items():
        if code in said:
            said |= table.get(said[code]) or {f"{code}_zh": None, f"{code}_en": None}
    return said

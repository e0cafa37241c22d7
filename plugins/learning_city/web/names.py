"""What codes are called: places, departments, definitions, sources. An edition never changes: each is read once a process."""

from collections.abc import Iterable, Mapping
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
_LATEST = """
SELECT DISTINCT ON ({code}) {code} AS code, name_zh, name_en FROM ref.{code}
WHERE edition <= :edition ORDER BY {code}, edition DESC{first}
"""
_IN_FORCE = """
SELECT {code} AS code, name_zh, name_en FROM ref.{code}
WHERE edition = :edition AND daterange(valid_from, valid_to) @> CAST(:day AS date)
"""
_ROUND = "SELECT edition, intake.last_day(period) AS day FROM intake.round WHERE round = :round"


def named(rows: Iterable[Mapping[Any, Any]], edition: int) -> list[Named]:
    """The rows with what their codes are called in the newest edition, up to this one, that knows them."""
    tables = {code: _table(database.engine(), code, edition, None) for code in _CODES}
    return [_named(row, tables) for row in rows]


def of_round(round_id: str, code: str) -> Mapping[str, Named]:
    """Every place or department of a round's edition, as it was called at the end of its period: code -> names."""
    found = database.row(_ROUND, round=round_id)
    return _table(database.engine(), code, found["edition"], found["day"]) if found else {}


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

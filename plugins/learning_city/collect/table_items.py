"""What a table file says under a profile: its items, what is not mapped, and one line a sheet that accounts for both."""

import dataclasses
import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from learning_city.collect.table_mapping import Cell, Unmapped, count, map_table
from learning_city.collect.table_profile import Label, Profile
from learning_city.model import units
from learning_city.model.status import ObsStatus

FORM = "yearbooks"
"""What takes the place of a form, and of a round, for tables."""
_STATUSES = frozenset(ObsStatus)
_DECIMALS = re.compile(r"-?[\d,\s]+\.(\d+)%?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Rows of ``intake.item``, ``intake.unmapped`` and ``intake.yearbook_table`` of one file, without its number."""

    items: list[dict[str, Any]]
    unmapped: list[dict[str, Any]]
    tables: list[dict[str, Any]]


def say(answer: Mapping[str, Any], profile: Profile, file: str) -> Said:
    """Everything one file says: every cell the reader emitted is an item or is counted as unmapped."""
    items: list[dict[str, Any]] = []
    unmapped: dict[tuple[object, ...], Unmapped] = {}
    tables: list[dict[str, Any]] = []
    for sheet, on_it in itertools.groupby(answer["tables"], key=lambda table: table["sheet"]):
        printed, before = list(on_it), len(items)
        for table in printed:
            for cell, meaning, year in map_table(table, profile, file):
                if meaning.label is not None and meaning.place:
                    items.append(_item(len(items) + 1, cell, meaning.label, meaning.place, year, profile))
                else:
                    count(unmapped, table, cell, meaning)
        tables.append(_summary(sheet, printed, len(items) - before))
    return Said(items=items, unmapped=[_row(tally) for tally in unmapped.values()], tables=tables)


def _row(tally: Unmapped) -> dict[str, Any]:
    return dataclasses.asdict(tally) | {"years": ",".join(sorted(tally.years))}


def _item(number: int, cell: Cell, label: Label, place: str, year: int | None, profile: Profile) -> dict[str, Any]:
    text = cell["text"]
    decimals = len(found[1]) if (found := _DECIMALS.fullmatch(text)) else 0
    by_cover = year is not None and not cell["year"]
    return {
        "item_no": number, "sheet": cell["sheet"], "cell": cell["cell"], "form": FORM, "measure": label.measure,
        "definition": label.definition, "place": place, "period": str(year) if year else f"unstated@{profile.source}",
        "unit": units.canonical(cell["unit"]) if cell["unit"] else label.unit, "decimals": decimals, "required": False,
        "parent": label.parent, "parts": label.parts, "kind": "rate" if label.unit == "%" else "actual",
        "type": "number", "text": text, "value": cell["value"], "status": _status(cell), "is_synthetic": False,
        "repaired": f"{profile.cover} {profile.cover_year}" if by_cover else None,
    }  # fmt: skip


def _status(cell: Cell) -> str:
    """The status of a cell: what its flag says, missing where it is blank; words stay to be asked about."""
    if cell["flag"] in _STATUSES:
        return str(cell["flag"])
    return str(ObsStatus.MISSING if cell["value"] is None and not cell["text"].strip() else ObsStatus.NORMAL)


def _summary(sheet: str, printed: list[dict[str, Any]], mapped: int) -> dict[str, Any]:
    """One line a sheet: the tables on it together."""
    cells = [cell for table in printed for cell in table["cells"]]
    years = sorted({str(cell["year"]) for cell in cells if cell["year"]})
    titles = dict.fromkeys(table["title"] for table in printed if table["title"])
    return {
        "sheet": sheet, "title": " / ".join(titles), "years": ",".join(years), "unit": printed[0]["unit"],
        "numeric_cells": sum(table["numeric"] for table in printed), "read_cells": len(cells),
        "unmapped_cells": len(cells) - mapped,
    }  # fmt: skip

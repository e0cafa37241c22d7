"""Collect yearbook and document tables: from cells with labels to items with definitions, by the source's own labels."""

import itertools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Engine, text

from learning_city.collect import archive, inbox
from learning_city.collect.reader import Readers
from learning_city.model import units
from learning_city.model.home import Home
from learning_city.model.status import ObsStatus
from learning_city.warehouse import intake, ref

_STATUSES = frozenset(ObsStatus)
FOLDER = "yearbooks"
"""Below the inbox: one folder per source of the catalogue, holding its tables."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What the catalogue knows of one source: its labels, and the place it speaks of when a table names none."""

    source: str
    labels: Mapping[str, dict[str, Any]]
    default_place: str


def list_sources(home: Home) -> list[str]:
    """Sources that have a folder in the inbox."""
    folder = home.inbox / FOLDER
    return sorted(entry.name for entry in folder.iterdir() if entry.is_dir()) if folder.is_dir() else []


def register_tables(engine: Engine, home: Home, sources: list[str], readers: Readers) -> list[int]:
    """Archive, read and map the tables of these sources; returns the ids of submissions that are new.

    A cell whose label the catalogue does not know is kept as worksheet row and counted as unmapped, never dropped.
    """
    found: list[int] = []
    for source in sources:
        folder = home.inbox / FOLDER / source
        names = [name for name in inbox.list_deliveries(folder) if (folder / name).is_file()]
        contents = [(folder / name).read_bytes() for name in names]
        stored = archive.put(home.archive, contents)
        answers = _answers([a.path for a in stored], readers)
        with engine.begin() as connection:
            profile, places = _profile(connection, source), _places(connection)
            found += _land(connection, profile, places, names, stored, answers)
    return found


def _answers(paths: list[Any], readers: Readers) -> list[dict[str, Any]]:
    answers: dict[int, dict[str, Any]] = {}
    for indices, frames, problems in readers.read("table", paths):
        answers |= {i: {"problem": p, "detail": "", "tables": [], "rows": []} for i, p in problems.items()}
        if frames:
            answers |= dict(zip(indices, json.loads(frames[0]), strict=True))
    return [answers[i] for i in range(len(paths))]


def _profile(connection: Connection, source: str) -> Profile:
    edition = ref.current(connection)
    labels = ref.frame(connection, "table_label", edition)
    mine = labels[labels["source"] == source]
    sources = ref.frame(connection, "source", edition).set_index("source")
    name = str(sources.loc[source, "name_zh"]) if source in sources.index else source
    return Profile(
        source=source,
        labels={bare(row["label"]): row for row in mine.astype(object).where(mine.notna(), None).to_dict("records")},
        default_place=_named_place(name, _places(connection)),
    )


def _places(connection: Connection) -> dict[str, str]:
    """Place names (also without 市) -> code; the newest place of a name wins."""
    rows = connection.execute(text(_PLACES))
    names: dict[str, str] = {}
    for code, name, level in rows:
        names[name] = code
        if level == "city":
            names[name.removesuffix("市")] = code
    return names


def _named_place(words: str, places: Mapping[str, str]) -> str:
    """The longest place name in the words; empty when none."""
    hits = [name for name in places if name in words]
    return places[max(hits, key=len)] if hits else ""


def bare(label: str) -> str:
    """A label without unit, marks and spaces, as the catalogue's labels are compared."""
    plain = re.sub("[((\uff08]([^()\uff08\uff09]{1,12})[))\uff09]$", _drop_unit, label.strip())
    return re.sub(r"^其中[:：]", "", re.sub(r"[\s#＃]", "", plain))


def _drop_unit(found: re.Match[str]) -> str:
    return "" if units.canonical(found[1]) in units.UNITS or not _is_word(found[1]) else found[0]


def _is_word(text_: str) -> bool:
    return bool(re.search(r"\w", text_))


def _land(
    connection: Connection,
    profile: Profile,
    places: Mapping[str, str],
    names: list[str],
    stored: list[archive.Archived],
    answers: list[dict[str, Any]],
) -> list[int]:
    submissions: list[dict[str, Any]] = []
    items: list[dict[str, Any]] = []
    rows: list[tuple[int, str, int, str]] = []
    tables: list[dict[str, Any]] = []
    for n, (name, file, answer) in enumerate(zip(names, stored, answers, strict=True)):
        submissions.append(_submission(n, profile.source, name, file, answer))
        rows += [(n, sheet, number, intake.array(cells)) for sheet, number, cells in answer["rows"]]
        for sheet, on_it in itertools.groupby(answer["tables"], key=lambda table: table["sheet"]):
            printed = list(on_it)
            mapped: list[dict[str, Any]] = []
            for table in printed:
                mapped += _mapped(n, table, profile, places, name, len(items) + len(mapped))
            items += mapped
            tables.append(_summary(n, sheet, printed, len(mapped)))
    return intake.land(
        connection,
        pd.DataFrame(submissions),
        rows=pd.DataFrame(rows, columns=["n", "sheet", "row_no", "cells"]),
        items=pd.DataFrame(items),
        evidence=pd.DataFrame(columns=["n", "name", "sha256", "bytes"]),
        tables=pd.DataFrame(tables),
    )


def _submission(n: int, source: str, name: str, file: archive.Archived, answer: dict[str, Any]) -> dict[str, Any]:
    return {
        "n": n, "round": FOLDER, "kind": "table", "delivered_as": f"{source}/{name}", "file_name": name,
        "sha256": file.sha256, "bytes": file.size, "source": source, "identity": "{}", "signoff": "{}",
        "problem": answer["problem"] or None, "problem_detail": answer["detail"] or None,
    }  # fmt: skip


def _mapped(
    n: int, table: dict[str, Any], profile: Profile, places: Mapping[str, str], name: str, start: int
) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    for cell in table["cells"]:
        label = _label(cell, profile)
        if label is None or (cell["value"] is None and cell["flag"] is None):
            continue
        place = _place_of(cell, places) or _named_place(table["title"], places) or _named_place(name, places)
        place = place or profile.default_place
        if place:
            items.append(_item(n, start + len(items) + 1, cell, label, place, profile.source))
    return items


def _place_of(cell: dict[str, Any], places: Mapping[str, str]) -> str:
    """The place a row or column stands for: a label that is a place name as a whole, never one that mentions it."""
    labels = [re.sub(r"\s", "", word) for word in (*cell["row_path"], *cell["column_path"])]
    return next((places[word] for word in labels if word in places), "")


def _label(cell: dict[str, Any], profile: Profile) -> dict[str, Any] | None:
    row, column = bare(cell["row_path"][-1]), bare(cell["column_path"][-1]) if cell["column_path"] else ""
    for words in (f"{row}|{column}", row, column):
        if words in profile.labels:
            return profile.labels[words]
    return None


def _item(n: int, number: int, cell: dict[str, Any], label: dict[str, Any], place: str, source: str) -> dict[str, Any]:
    text_ = cell["text"]
    decimals = len(found[1]) if (found := re.fullmatch(r"-?[\d,\s]+\.(\d+)%?", text_)) else 0
    return {
        "n": n, "item_no": number, "sheet": cell["sheet"], "cell": cell["cell"], "form": FOLDER,
        "measure": label["measure"], "definition": label["definition"], "place": place,
        "period": str(cell["year"]) if cell["year"] else f"unstated@{source}",
        "unit": _known_unit(cell["unit"], label["unit"]), "decimals": decimals, "required": False,
        "parent": label["parent"], "parts": label["parts"], "kind": "rate" if label["unit"] == "%" else "actual",
        "type": "number", "text": text_, "value": cell["value"], "status": cell["flag"] if cell["flag"] in _STATUSES else "A", "is_synthetic": False,
    }  # fmt: skip


def _known_unit(printed: str | None, expected: str) -> str:
    """The printed unit where it converts to the expected one, else the expected one."""
    if printed and units.factor(printed, expected) is not None:
        return units.canonical(printed)
    return expected


def _summary(n: int, sheet: str, printed: list[dict[str, Any]], mapped: int) -> dict[str, Any]:
    """One line a sheet: the tables on it together."""
    cells = [cell for table in printed for cell in table["cells"]]
    years = sorted({str(cell["year"]) for cell in cells if cell["year"]})
    titles = dict.fromkeys(table["title"] for table in printed if table["title"])
    return {
        "n": n, "sheet": sheet, "title": " / ".join(titles), "years": ",".join(years), "unit": printed[0]["unit"],
        "numeric_cells": sum(table["numeric"] for table in printed), "read_cells": len(cells),
        "unmapped_cells": len(cells) - mapped,
    }  # fmt: skip


_PLACES = """
SELECT place, name_zh, level FROM ref.place
WHERE edition = (SELECT max(edition) FROM ref.edition) AND level IN ('city', 'district')
ORDER BY valid_from
"""

"""One number and the rows it stands on, as they are in force now or as a build froze them; in both the same columns."""

import io
import json
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from learning_city.errors import NeedsAPerson
from learning_city.model.home import Home
from learning_city.reports import parts
from learning_city.warehouse.statements import load

Row = dict[str, Any]
WINNER, LOSER, NOTHING = "winner", "loser", "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """An indicator of a place and a period; the framework may be left out, ``build`` 0 means what is in force now."""

    indicator: str
    place: str
    period: str
    framework: str = ""
    build: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stands:
    """A value with its marks, the build that froze it (None for now) and a row per definition read and candidate."""

    cell: Cell
    value: Row
    build: Row | None
    lineage: list[Row]


def one(connection: Connection, name: str, **said: object) -> Row | None:
    """The first row of ``sql/reports/<name>``."""
    found = connection.execute(load(f"reports/{name}"), said).mappings().first()
    return None if found is None else dict(found)


def every(connection: Connection, name: str, **said: object) -> list[Row]:
    """All rows of ``sql/reports/<name>``."""
    return [dict(row) for row in connection.execute(load(f"reports/{name}"), said).mappings()]


def stands(connection: Connection, home: Home, cell: Cell) -> Stands:
    """What the cell says and stands on. Raises NeedsAPerson where there is no such value or build, or its freeze is gone."""
    if cell.build:
        return _of_build(connection, home, cell)
    value = one(connection, "proof_value", **_said(cell))
    if value is None:
        raise _absent(cell)
    cell = replace(cell, framework=str(value["framework"]))
    return Stands(cell=cell, value=value, build=None, lineage=_lineage(connection, cell))


def _said(cell: Cell) -> dict[str, Any]:
    return {"indicator": cell.indicator, "place": cell.place, "period": cell.period, "framework": cell.framework}


def _absent(cell: Cell) -> NeedsAPerson:
    where = f" R-{cell.build:03d}" if cell.build else ""
    return NeedsAPerson(
        f"没有这个数：指标 {cell.indicator}，地区 {cell.place}，数据期 {cell.period}{where}。代码见指标表和目录。 "
        f"No such value: indicator {cell.indicator!r}, place {cell.place!r}, period {cell.period!r}{where}. "
        "Codes stand in the indicator table and in the catalogue."
    )


def _lineage(connection: Connection, cell: Cell) -> list[Row]:
    """What ``reports.lineage`` gives for one cell, without a frame."""
    said = {**_said(cell), "places": [cell.place], "everywhere": False}
    read = [row for row in every(connection, "formulas", **said) if row["indicator"] == cell.indicator]
    said["definitions"] = [row["definition"] for row in read]
    values = {row["definition"]: row for row in every(connection, "reconciled", **said)}
    heard = defaultdict(list)
    for row in every(connection, "candidates", **said):
        heard[row["definition"]].append(row)
    rows: list[Row] = []
    for formula in read:
        value = values.get(formula["definition"])
        rows += [
            {**formula, **(value or {}), **candidate, "role": _role(value, candidate)}
            for candidate in (heard[formula["definition"]] if value else [{}])
        ]
    return rows


def _role(value: Row | None, candidate: Row) -> str:
    if value is None:
        return NOTHING
    return WINNER if value["winner"] == candidate["obs_ids"] else LOSER


def _of_build(connection: Connection, home: Home, cell: Cell) -> Stands:
    build = one(connection, "proof_build", build=cell.build)
    if build is None or not build["frozen"] or build["period"] != cell.period:
        raise _absent(cell)
    cell = replace(cell, framework=build["framework"])
    folder = parts.folder(home)
    frames = json.loads(parts.content(folder, build["frozen"]))["frames"]
    values = _rows(folder, frames["values"], cell)
    if not values:
        raise _absent(cell)
    rows = _rows(folder, frames["lineage"], cell)
    first = rows[0] if rows else {}
    value = {
        **values[0],
        **{name: first.get(name) for name in ("formula", "formula_version")},
        "edition": build["edition"],
        "inputs": list(dict.fromkeys(row["definition"] for row in rows)),
        **dict.fromkeys(("places_met", "places_all", "places_unknown", "aggregated")),
        "missing": [row["definition"] for row in rows if row["role"] == NOTHING],
    }
    return Stands(cell=cell, value=value, build=build, lineage=rows)


def _rows(folder: Path, digest: str, cell: Cell) -> list[Row]:
    """The rows of a frozen frame that belong to the cell. pyarrow only: pages may not import pandas."""
    from pyarrow import compute, parquet

    table = parquet.read_table(io.BytesIO(parts.content(folder, digest)))
    is_asked = compute.and_(
        compute.equal(table["indicator"], cell.indicator), compute.equal(table["place"], cell.place)
    )
    return list(table.filter(is_asked).to_pylist())

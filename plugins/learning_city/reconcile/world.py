"""A world in CSV files: catalogue, observations and what is wanted of them, reconciled by the house's own statements."""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Engine, text

from learning_city.errors import NeedsAPerson
from learning_city.model.period import is_period
from learning_city.reconcile import resolve
from learning_city.reconcile.edition import Edition
from learning_city.warehouse.copy import copy
from learning_city.warehouse.statements import load

COLUMNS = {
    "observations": "obs_id measure definition place period value unit decimals source recorded_at",
    "definitions": "measure definition unit aggregation kind population time boundary scope counting valid_from valid_to",
    "bridges": "bridge type from_definition to_definition part parts factor error place valid_from valid_to",
    "places": "place name parent valid_from valid_to",
    "place_events": "date type old_place new_place share",
    "sources": "source rank",
    "wanted": "measure definition place period",
}
"""The files of a world, each ``<name>.csv``, and their columns."""
KEY = ["measure", "definition", "place", "period"]
OUT = [*KEY, "value", "low", "high", "status", "verdict", "facet", "method", "winner", "losers"]
_ALWAYS = "0001-01-01"
_KINDS = ("actual", "cumulative", "rate", "target", "forecast", "synthetic")
World = dict[str, pd.DataFrame]


def read(folder: Path) -> World:
    """The files of a world as frames of text; raises NeedsAPerson naming file, row and column of what is wrong."""
    world = {name: _file(folder, name, columns.split()) for name, columns in COLUMNS.items()}
    for name, columns in _NUMBERS.items():
        for column in columns:
            _checked(name, world[name], column, float, "a number")
    for name in ("definitions", "bridges", "places"):
        for column in ("valid_from", "valid_to"):
            _checked(name, world[name], column, datetime.fromisoformat, "a date YYYY-MM-DD")
    for name in ("observations", "wanted"):
        for row, said in enumerate(world[name]["period"], start=2):
            if not is_period(said):
                raise _wrong(name, row, "period", said, "2017, 2017-Q3 or unstated@document")
    return world


def reconcile(warehouse: Engine, world: World) -> tuple[pd.DataFrame, list[str]]:
    """Load a world into an empty warehouse and resolve it: one row per wanted key, and what could not be used and why."""
    with warehouse.begin() as connection:
        _store_catalogue(connection, world)
        left_out, names = _store_observations(connection, world)
    wanted = frozenset(world["wanted"]["definition"])
    resolve.resolve(warehouse, with_synthetic=False, everything=True, only=wanted)
    with warehouse.begin() as connection:
        edition = Edition(connection, 1)
        findings = [*left_out, *_refused(edition), *_unusable(connection, names)]
        return _answers(connection, edition, world["wanted"], names), findings


def _file(folder: Path, name: str, columns: Sequence[str]) -> pd.DataFrame:
    path = folder / f"{name}.csv"
    try:
        content = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        raise NeedsAPerson(
            f"{path}: 读不了（{problem}）。cannot be read; a world needs this file in UTF-8."
        ) from problem
    rows = csv.DictReader(io.StringIO(content))
    missing = [column for column in columns if column not in (rows.fieldnames or ())]
    if missing:
        raise NeedsAPerson(f"{path}: 缺列 {'、'.join(missing)}。columns missing: {', '.join(missing)}.")
    found = [{column: (row[column] or "").strip() for column in columns} for row in rows]
    return pd.DataFrame(found, columns=list(columns), dtype="str")


_NUMBERS = {
    "observations": ("value", "decimals"), "bridges": ("part", "parts", "factor", "error"), "place_events": ("share",),
    "sources": ("rank",),
}  # fmt: skip


def _checked(name: str, frame: pd.DataFrame, column: str, reads: Any, wanted: str) -> None:
    for row, said in enumerate(frame[column], start=2):
        try:
            if said:
                reads(said)
        except ValueError as problem:
            raise _wrong(name, row, column, said, wanted) from problem


def _wrong(name: str, row: int, column: str, said: str, wanted: str) -> NeedsAPerson:
    return NeedsAPerson(
        f"{name}.csv 第 {row} 行 {column} 列：“{said}”应为 {wanted}。row {row}, {column}: not {wanted}."
    )


def _store_catalogue(connection: Connection, world: World) -> None:
    """Edition 1 of an empty warehouse; names and texts that a world does not have stay empty."""
    connection.execute(
        text("INSERT INTO ref.edition (edition, content_hash, who, why) VALUES (1, 'world', 'world', '')")
    )
    definitions, places = world["definitions"], world["places"]
    _into(connection, "measure", definitions.drop_duplicates("measure")[["measure", "unit", "aggregation"]], decimals=0)
    _into(connection, "definition", _dated(definitions), decimals=0)
    _into(connection, "place", _dated(places.rename(columns={"name": "name_zh"})), level="")
    _into(connection, "place_event", world["place_events"], source="")
    _into(connection, "bridge", world["bridges"].replace({"place": {"*": ""}}))
    _into(connection, "source", world["sources"], kind="")


_NAMED = {"measure", "definition", "place", "source"}


def _into(connection: Connection, table: str, frame: pd.DataFrame, **filled: object) -> None:
    """Rows of edition 1; empty text is no value, but where something is ``filled`` in."""
    rows = frame.mask(frame == "").assign(edition=1)
    names = {"name_zh": "", "name_en": ""} if table in _NAMED else {}
    for column, value in (names | filled).items():
        rows[column] = rows[column].fillna(value) if column in rows else value
    copy(connection, f"ref.{table}", rows)


def _dated(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(valid_from=frame["valid_from"].replace("", _ALWAYS))


def _store_observations(connection: Connection, world: World) -> tuple[list[str], dict[int, str]]:
    """The observations of known definitions, places and sources; what was left out, and the world's id of each number."""
    rows = world["observations"].reset_index(names="row")
    known = rows["definition"].notna()
    left_out = []
    for column, table in (("definition", "definitions"), ("place", "places"), ("source", "sources")):
        is_known = rows[column].isin(world[table][column])
        left_out += [
            f"{o}: {column} {said!r} is not in {table}.csv" for o, said in _pairs(rows[known & ~is_known], column)
        ]
        known &= is_known
    rows = rows[known]
    kinds = world["definitions"].drop_duplicates("definition").set_index("definition")["kind"].replace("", "actual")
    for kind in sorted(set(kinds) - set(_KINDS)):
        raise NeedsAPerson(f"definitions.csv: kind {kind!r} is none of {', '.join(_KINDS)}")
    for period in sorted(set(rows["period"])):
        connection.execute(text("SELECT warehouse.ensure_period(:period)"), {"period": period})
    stored = pd.DataFrame(
        {
            "obs_id": rows["row"] + 1, "measure": rows["measure"], "definition": rows["definition"],
            "place": rows["place"], "period": rows["period"], "value": pd.to_numeric(rows["value"]), "unit": rows["unit"],
            "decimals": [_decimals(*said) for said in zip(rows["decimals"], rows["value"], strict=True)],
            "status": "A", "kind": rows["definition"].map(kinds), "source": rows["source"], "submission_id": rows["row"] + 1,
            "sheet": "", "cell": "",
            "recorded_at": rows["recorded_at"].replace("", datetime.fromtimestamp(0, UTC).isoformat()),
        }
    )  # fmt: skip
    copy(connection, "warehouse.observation", stored)
    return left_out, dict(zip(rows["row"] + 1, rows["obs_id"], strict=True))


def _pairs(rows: pd.DataFrame, column: str) -> Iterator[tuple[str, str]]:
    return zip(rows["obs_id"], rows[column], strict=True)


def _decimals(said: str, value: str) -> int:
    """The decimals prescribed, else those written."""
    return int(float(said)) if said else len(value.partition(".")[2])


def _refused(edition: Edition) -> Iterator[str]:
    """Bridges that contradict each other, or that change the unit without saying so."""
    for bridge in edition.refused:
        yield f"bridge {bridge.name}: type {bridge.method} cannot change the unit; it is not used"
    for cycle in edition.network.contradictions:
        yield f"bridges {', '.join(bridge.name for bridge in cycle)}: their factors around the circle are not 1; none is used"


def _unusable(connection: Connection, names: dict[int, str]) -> Iterator[str]:
    for obs_id, why in connection.execute(load("reconcile/unusable"), {"edition": 1}):
        yield f"{names[obs_id]}: {why}"


def _answers(connection: Connection, edition: Edition, wanted: pd.DataFrame, names: dict[int, str]) -> pd.DataFrame:
    keys = [list(wanted[column]) for column in ("definition", "place", "period")]
    said = dict(zip(("definitions", "places", "periods"), keys, strict=True)) | {"edition": edition.number}
    facets = {tuple(row[:3]): row[3] for row in connection.execute(load("reconcile/unreached"), said)}
    found = {(row["definition"], row["place"], row["period"]): row for row in
             connection.execute(load("reconcile/answers"), said).mappings()}  # fmt: skip
    rows = []
    for measure, *key in wanted[KEY].itertuples(index=False):
        row = found.get(tuple(key))
        told = {"status": "O", "verdict": "不可比", "facet": facets.get(tuple(key), "")} if row is None else dict(row)
        for column in ("winner", "losers"):
            told[column] = ";".join(names[number] for number in dict.fromkeys(told.get(column) or ()))
        rows.append(told | dict(zip(KEY, (measure, *key), strict=True)))
    return pd.DataFrame(rows, columns=OUT)

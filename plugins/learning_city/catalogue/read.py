"""Read a folder of reference files into an Edition; every error with file, row and column, all in one pass."""

import csv
import math
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from learning_city.catalogue.check import check
from learning_city.catalogue.columns import TABLES, Table
from learning_city.errors import CatalogueRefused
from learning_city.model import units
from learning_city.model.edition import Edition, Row


def read(folder: Path) -> Edition:
    """The edition the CSV files of ``folder`` describe.

    Raises CatalogueRefused naming every error (file, row, column, what to do); nothing is half read.
    """
    errors: list[str] = []
    tables = {name: _read_table(folder / table.file, table, errors) for name, table in TABLES.items()}
    errors += check(tables)
    if errors:
        raise CatalogueRefused(errors)
    plain = {name: [{k: v for k, v in row.items() if k != "_row"} for row in rows] for name, rows in tables.items()}
    return Edition(tables=plain)


def _read_table(path: Path, table: Table, errors: list[str]) -> list[Row]:
    if not path.exists():
        errors.append(f"{path.name}: the file is missing. Put it back, even if it holds only its heading row.")
        return []
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as problem:
        errors.append(f"{path.name}: not UTF-8 at byte {problem.start}. Save it again as “CSV UTF-8”.")
        return []
    reader = csv.DictReader(text.splitlines(keepends=True), strict=True)
    headings = list(reader.fieldnames or [])
    unknown, absent = set(headings) - set(table.columns), set(table.columns) - set(headings)
    errors += [f"{path.name}, row 1, column {name}: unknown heading; remove or rename it." for name in sorted(unknown)]
    errors += [f"{path.name}, row 1, column {name}: the heading is missing; add the column." for name in sorted(absent)]
    if unknown or absent:
        return []
    rows: list[Row] = []
    try:
        rows += ({"_row": reader.line_num, **_typed(path.name, reader.line_num, raw, table, errors)} for raw in reader)
    except csv.Error as problem:
        errors.append(f"{path.name}, row {reader.line_num}: not readable as CSV ({problem}).")
    return rows


def _typed(file: str, row: int, raw: dict[str | None, Any], table: Table, errors: list[str]) -> Row:
    typed: Row = {}
    if None in raw:
        beyond = f"{file}, row {row}, column {len(table.columns) + 1}: {raw[None]}"
        errors.append(f"{beyond} without a heading; remove it, or quote a text that holds commas.")
    for name, kind in table.columns.items():
        text = (raw.get(name) or "").strip()
        where = f"{file}, row {row}, column {name}"
        if not text:
            if name in table.required:
                errors.append(f"{where}: empty; it must be filled.")
            typed[name] = None
            continue
        try:
            typed[name] = _READERS[kind](text)
        except ValueError:
            errors.append(f"{where}: {text!r} is not {_MEANING[kind]}.")
            typed[name] = None
        allowed = table.choices.get(name)
        if allowed and text not in allowed:
            errors.append(f"{where}: {text!r} is not one of {', '.join(sorted(allowed))}.")
    return typed


def _whole(text: str) -> int:
    return int(text)


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _yes(text: str) -> bool:
    known = {"yes": True, "no": False, "1": True, "0": False, "是": True, "否": False, "true": True, "false": False}
    if text.lower() not in known:
        raise ValueError(text)
    return known[text.lower()]


def _unit(text: str) -> str:
    if units.canonical(text) not in units.UNITS:
        raise ValueError(text)
    return text


_READERS: dict[str, Callable[[str], object]] = {
    "text": str,
    "whole": _whole,
    "number": _number,
    "date": date.fromisoformat,
    "yes": _yes,
    "unit": _unit,
}
_MEANING = {
    "whole": "a whole number",
    "number": "a number",
    "date": "a date like 2017-12-31",
    "yes": "yes or no",
    "unit": "a known unit (see learning_city.model.units)",
}

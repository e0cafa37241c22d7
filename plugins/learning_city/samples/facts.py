"""The facts of the sample: real figures with their documents, typed into CSV files beside this module."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from learning_city.model.home import CHECKOUT

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One real figure: ``carrier`` is ``ledger`` or the id of the table that brings it; ``value`` is in ``unit``."""

    fact_id: str
    place: str
    period: str
    source: str
    document: str
    measure: str
    definition: str
    label: str
    value_text: str
    value: float
    unit: str
    kind: str
    carrier: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleTable:
    """One yearbook or document table of the sample, and how it is laid out."""

    table_id: str
    source: str
    title: str
    file_name: str
    layout: str
    format: str
    unit_note: str
    period_note: str


@cache
def facts() -> tuple[Fact, ...]:
    """Every real figure of the sample, in file order."""
    names = Fact.__dataclass_fields__
    rows = _rows("facts.csv")
    return tuple(Fact(**{n: row[n] for n in names if n != "value"}, value=float(row["value"])) for row in rows)


@cache
def tables() -> tuple[SampleTable, ...]:
    """The tables that carry facts."""
    return tuple(SampleTable(**{n: row[n] for n in SampleTable.__dataclass_fields__}) for row in _rows("tables.csv"))


@cache
def bounds() -> dict[str, tuple[float, float]]:
    """Definition -> plausible bounds of a synthetic figure for a city."""
    return {row["definition"]: (float(row["low"]), float(row["high"])) for row in _rows("synthetic.csv")}


@cache
def sums() -> dict[str, tuple[str, ...]]:
    """Definition -> the definitions that add up to it, from the starter catalogue's bridges."""
    found: dict[str, list[str]] = {}
    with (CHECKOUT / "sql" / "reference" / "bridges.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["type"] == "sum":
                found.setdefault(row["to_definition"], []).append(row["from_definition"])
    return {total: tuple(parts) for total, parts in found.items()}


def _rows(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))

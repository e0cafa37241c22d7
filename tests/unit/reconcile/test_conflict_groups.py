"""Real figures that disagree or only look alike: each pair ends as it was said before the code was written."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from observing import Warehouse
from sqlalchemy import Engine

from learning_city.catalogue.read import read
from learning_city.cli import office
from learning_city.samples.facts import Fact, facts
from learning_city.warehouse.engine import connect

ROWS = list(csv.DictReader((Path(__file__).parent / "conflict_groups.csv").open(encoding="utf-8")))
BY_ID = {fact.fact_id: fact for fact in facts()}
NEVER_OBSERVED = {"event", "metadata"}
RELATIONS = {"sum", "product", "ratio"}
AIMS = {
    "SF214": ("daily_class_sessions", 1.0),
    "SF222": ("demo_districts", 12.0),
    "SF232": ("schools_open_rate", 70.0),
}
"""Targets and norms that relations name, under a definition in their unit: they are told apart by their kind alone."""


@pytest.fixture(scope="module")
def module_engine(new_home: Any) -> Iterator[Engine]:
    with new_home() as home:
        yield connect(home)


@pytest.fixture(scope="module")
def observed(module_engine: Engine) -> dict[str, int]:
    """Every fact of a group as an observation; its number by its id."""
    warehouse = Warehouse(engine=module_engine)
    wanted = {one for row in ROWS for side in ("left", "right") for one in row[side].split("+")}
    found = {one: _observe(warehouse, BY_ID[one]) for one in sorted(wanted & set(BY_ID))}
    found |= {one: warehouse.observe(*aim, period="2020", kind="target") for one, aim in AIMS.items()}
    warehouse.resolve()
    return found


def _observe(warehouse: Warehouse, fact: Fact) -> int:
    digits = fact.value_text.replace(" ", "")
    return warehouse.observe(
        fact.definition, fact.value, period=fact.period, place=fact.place, source=fact.source, unit=fact.unit,
        kind=fact.kind, decimals=len(digits.partition(".")[2].rstrip("多余%以上")),
    )  # fmt: skip


def pairs() -> Iterator[object]:
    for row in ROWS:
        if row["relation"] == "pair" and {row["left"], row["right"]} <= set(BY_ID):
            yield pytest.param(row, id=f"{row['group']}-{row['left']}-{row['right']}")


@pytest.mark.parametrize("row", list(pairs()))
def test_conflict_group_pair(observed: dict[str, int], module_engine: Engine, row: dict[str, str]) -> None:
    warehouse = Warehouse(engine=module_engine)
    said = {"a": observed[row["left"]], "b": observed[row["right"]]}
    assert warehouse.rows("SELECT * FROM warehouse.compare(:a, :b)", **said) == [(row["outcome"], row["facet"])], row[
        "because"
    ]


def relations() -> Iterator[object]:
    for row in ROWS:
        if row["relation"] in RELATIONS and row["outcome"] not in NEVER_OBSERVED:
            yield pytest.param(row, id=f"{row['group']}-{row['left']}-{row['right']}")


@pytest.mark.parametrize("row", list(relations()))
def test_conflict_group_relation(observed: dict[str, int], module_engine: Engine, row: dict[str, str]) -> None:
    warehouse = Warehouse(engine=module_engine)
    sides = {side: [observed[one] for one in row[side].split("+") if one] for side in ("numerators", "denominators")}
    said = {"stated": observed[row["left"]], "relation": row["relation"], "constant": row["constant"] or None}
    judged = "SELECT outcome, facet FROM warehouse.follows(:stated, :relation, :numerators, :denominators, :constant)"
    assert warehouse.rows(judged, **said, **sides) == [(row["outcome"], row["facet"])], row["because"]


@pytest.mark.parametrize(
    "row", [r for r in ROWS if r["outcome"] in NEVER_OBSERVED], ids=lambda r: f"{r['group']}-{r['left']}"
)
def test_conflict_group_event_or_metadata_is_no_observation(row: dict[str, str]) -> None:
    mentioned = {one for side in ("left", "right") for one in row[side].split("+") if one}
    assert not mentioned & set(BY_ID), row["because"]


@pytest.mark.parametrize(
    "row", [r for r in ROWS if r["outcome"] == "kept_apart"], ids=lambda r: f"{r['group']}-{r['left']}"
)
def test_conflict_group_target_or_threshold_is_no_observation(row: dict[str, str]) -> None:
    aims = {str(target["fact_id"]) for target in read(office.STARTER).tables["target"]}
    mentioned = {one for side in ("left", "right") for one in row[side].split("+") if one}
    assert mentioned - set(BY_ID), "at least one of them stands outside the observations"
    assert not aims & set(BY_ID), row["because"]

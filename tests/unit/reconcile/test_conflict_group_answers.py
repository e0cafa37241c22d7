"""The expected answers of the conflict groups are complete, speak of known facts and agree with the catalogue."""

import csv
from pathlib import Path

import pytest

from learning_city.model import units
from learning_city.model.period import last_day
from learning_city.samples.facts import HERE as SAMPLES
from learning_city.warehouse.statements import SQL

Row = dict[str, str]

GROUPS = {f"CG{n:02}" for n in (*range(1, 23), 25, 29, *range(31, 40))}
RELATIONS = {"pair", "sum", "product", "ratio", "alone"}
WITH_A_FACET = {"not_comparable", "kept_apart"}
NEVER_OBSERVED = {"event", "metadata", "kept_apart"}
OUTCOMES = WITH_A_FACET | NEVER_OBSERVED | {"same", "bridge", "conflict", "does_not_hold", "holds"}
FACETS = ("unit", "aggregation", "kind", "population", "time", "boundary", "scope", "counting")
"""Columns of definitions, in the order in which the first difference is named."""


def read_csv(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def ids(side: str) -> list[str]:
    return side.split("+") if side else []


def reference(name: str, key: str) -> dict[str, Row]:
    return {row[key]: row for row in read_csv(SQL / "reference" / f"{name}.csv")}


ANSWERS = read_csv(Path(__file__).parent / "conflict_groups.csv")
OBSERVED = {row["fact_id"]: row for row in read_csv(SAMPLES / "facts.csv")}
LEFT_OUT = {row["fact_id"] for row in read_csv(SAMPLES / "left_out.csv")}
DEFINITIONS, FORMULAS = reference("definitions", "definition"), reference("formulas", "formula")
INDICATORS = {(row["framework"], row["indicator"]): row for row in read_csv(SQL / "reference" / "indicators.csv")}
TARGETS = reference("targets", "fact_id")


def name(row: Row) -> str:
    return f"{row['group']} {row['left']} {row['right']}".strip()


def definition_of(fact: str) -> Row:
    """How the fact is counted: its own kind, a target's definition by the formula of its indicator."""
    if fact in OBSERVED:
        return DEFINITIONS[OBSERVED[fact]["definition"]] | {"kind": OBSERVED[fact]["kind"]}
    aimed = TARGETS[fact]
    formula = FORMULAS[INDICATORS[aimed["framework"], aimed["indicator"]]["formula"]]
    return DEFINITIONS[formula["expression"]] | {"kind": "target"}


def period_of(fact: str) -> str:
    return OBSERVED[fact]["period"] if fact in OBSERVED else TARGETS[fact]["due"][:4]


def first_difference(left: str, right: str) -> str:
    """The facet that differs first; figures of two stated years differ in time only when nothing else does."""
    one, other = definition_of(left), definition_of(right)
    before, after = period_of(left), period_of(right)
    unstated = before != after and (last_day(before) is None or last_day(after) is None)
    differing = {
        "unit": units.factor(one["unit"], other["unit"]) is None,
        "time": one["time"] != other["time"] or unstated,
    }
    found = [facet for facet in FACETS if differing.get(facet, one[facet] != other[facet])]
    return found[0] if found else "time" if before != after else ""


def test_each_group_has_an_answer_and_nothing_else_does() -> None:
    assert {row["group"] for row in ANSWERS} == GROUPS


def test_each_observed_fact_of_a_group_stands_in_an_answer_of_its_group() -> None:
    answered = {(row["group"], fact) for row in ANSWERS for fact in ids(row["left"]) + ids(row["right"])}
    grouped = {(row["conflict_group"], fact) for fact, row in OBSERVED.items() if row["conflict_group"]}
    assert grouped - answered == set()


def test_nothing_is_judged_twice() -> None:
    judged = [frozenset(ids(row["left"]) + ids(row["right"])) for row in ANSWERS]
    assert [one for one in judged if judged.count(one) > 1] == []


@pytest.mark.parametrize("row", ANSWERS, ids=name)
def test_an_answer_uses_the_closed_lists_and_says_why(row: Row) -> None:
    assert row["relation"] in RELATIONS
    assert row["outcome"] in OUTCOMES
    assert row["because"].strip()
    assert (row["facet"] in FACETS) if row["outcome"] in WITH_A_FACET else (row["facet"] == "")


@pytest.mark.parametrize("row", ANSWERS, ids=name)
def test_the_sides_fit_the_relation(row: Row) -> None:
    left, right = ids(row["left"]), ids(row["right"])
    assert len(left) == 1
    assert len(right) == {"alone": 0, "pair": 1}.get(row["relation"], len(right))
    assert (right == []) == (row["relation"] == "alone")
    assert len({*left, *right}) == len(left) + len(right)


@pytest.mark.parametrize("row", ANSWERS, ids=name)
def test_what_adds_up_or_divides_is_the_right_side_and_nothing_else(row: Row) -> None:
    sides = ids(row["numerators"]) + ids(row["denominators"])
    assert sides == (ids(row["right"]) if row["relation"] in ("sum", "product", "ratio") else [])
    assert not row["denominators"] or row["relation"] == "ratio"
    assert (row["constant"] != "") == (row["relation"] == "product")


@pytest.mark.parametrize("row", ANSWERS, ids=name)
def test_every_fact_is_known_and_one_that_is_no_observation_is_never_compared(row: Row) -> None:
    unobserved = {*ids(row["left"]), *ids(row["right"])} - OBSERVED.keys()
    assert unobserved <= LEFT_OUT
    assert not unobserved or row["outcome"] in NEVER_OBSERVED


@pytest.mark.parametrize("row", [row for row in ANSWERS if row["outcome"] in NEVER_OBSERVED], ids=name)
def test_refusing_or_keeping_apart_needs_a_fact_that_is_no_observation(row: Row) -> None:
    assert {*ids(row["left"]), *ids(row["right"])} & LEFT_OUT


@pytest.mark.parametrize(
    "row", [row for row in ANSWERS if row["relation"] == "pair" and row["outcome"] in WITH_A_FACET], ids=name
)
def test_the_facet_of_a_pair_is_the_first_in_which_the_catalogue_tells_them_apart(row: Row) -> None:
    assert first_difference(row["left"], row["right"]) == row["facet"]


@pytest.mark.parametrize("row", [row for row in ANSWERS if row["outcome"] in ("same", "conflict")], ids=name)
def test_the_same_figure_and_a_conflict_are_of_one_definition_and_place(row: Row) -> None:
    left, right = OBSERVED[row["left"]], OBSERVED[row["right"]]
    assert [left[c] for c in ("place", "definition")] == [right[c] for c in ("place", "definition")]
    assert (float(left["value"]) == float(right["value"])) == (row["outcome"] == "same")

"""The product's answers in random worlds are those of the contract's plain formulation, and hold the hidden truth."""

import math
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import psycopg
import pytest
from unit.reconcile import plain, worlds

from learning_city.model.home import Home
from learning_city.reconcile import world as product
from learning_city.warehouse import server
from learning_city.warehouse.engine import connect
from learning_city.warehouse.migrate import migrate

HONEST, LYING = (4, 10, 12, 18, 20, 36), (1, 5, 17, 21, 25, 35)
"""Seeds in which every method, every place event and some refused circle of unit bridges occur."""
TEMPLATE = "unfurnished"
"""A migrated database without any catalogue; every world works on a copy of it."""
PRECISION = 1e-9
Cells = dict[str, Any]


@dataclass(frozen=True)
class Compared:
    """One wanted key of one world: what the product says and what the contract says."""

    seed: int
    wanted: plain.Row
    said: Cells
    expected: plain.Answer
    truth: Fraction | None
    """None where the definition has no hidden truth, or the world lies."""

    @property
    def name(self) -> str:
        return f"seed {self.seed}: {' '.join(self.wanted.values())}"

    def obs_ids(self, column: str) -> frozenset[str]:
        return frozenset(self.said[column].split(";")) - {""}


@pytest.fixture(scope="module")
def socket(new_home: object, database_folder: Path) -> Iterator[str]:
    """The tests' server, with the template in it."""
    socket = server.start(database_folder / "postgres")
    run(socket, f'CREATE DATABASE "{TEMPLATE}"')
    migrate(connect(home(socket, TEMPLATE)))
    connect(home(socket, TEMPLATE)).dispose()
    yield socket
    run(socket, f'DROP DATABASE "{TEMPLATE}"')


@pytest.fixture(scope="module")
def compared(socket: str, tmp_path_factory: pytest.TempPathFactory) -> list[Compared]:
    """Every wanted key of every world, answered twice."""
    found: list[Compared] = []
    for seed in (*HONEST, *LYING):
        world = worlds.make(seed, wrong=0.08 if seed in LYING else 0)
        folder = tmp_path_factory.mktemp(f"world{seed}")
        contract = plain.World(world.tables)
        said = answers(socket, world.write(folder), f"world_{seed}")
        shutil.rmtree(folder)
        for wanted, cells in zip(world.tables["wanted"], said, strict=True):
            assert {column: cells[column] for column in wanted} == wanted, f"seed {seed}: one row per wanted key"
            at = (wanted["definition"], wanted["place"], wanted["period"])
            truth = None if seed in LYING else world.truth.get(at)
            found.append(Compared(seed, wanted, cells, contract.answer(wanted), truth))
    return found


def answers(socket: str, folder: Path, name: str) -> list[Cells]:
    """The product's rows for a folder of CSV files, from an empty database of its own."""
    run(socket, f'CREATE DATABASE "{name}" TEMPLATE "{TEMPLATE}"')
    engine = connect(home(socket, name))
    frame, _ = product.reconcile(engine, product.read(folder))
    engine.dispose()
    run(socket, f'DROP DATABASE "{name}"')
    return [{str(column): "" if cell != cell else cell for column, cell in row.items()} for row in records(frame)]


def records(frame: Any) -> list[Cells]:
    return list(frame.astype(object).where(frame.notna(), "").to_dict("records"))


def home(socket: str, database: str) -> Home:
    return Home(root=Path("/nowhere"), database_url=f"postgresql+psycopg://postgres@/{database}?host={socket}")


def run(socket: str, statement: str) -> None:
    with psycopg.connect(f"host={socket} user=postgres dbname=postgres", autocommit=True) as connection:
        connection.execute(statement)


def is_near(found: object, expected: Fraction) -> bool:
    return isinstance(found, float) and math.isclose(found, expected, rel_tol=PRECISION, abs_tol=PRECISION)


def is_route(key: Compared, route: plain.Route) -> bool:
    """Whether the product's winner is this route, with its numbers."""
    numbers = {"value": route.value, "low": route.low, "high": route.high}
    is_same = all(is_near(key.said[column], number) for column, number in numbers.items())
    return is_same and key.obs_ids("winner") == route.used


def complaint(wrong: list[str]) -> str:
    return f"{len(wrong)} keys, for instance\n" + "\n".join(wrong[:10])


@pytest.mark.parametrize("column", ["status", "verdict", "method"])
def test_the_product_says_of_every_key_what_the_contract_says(compared: list[Compared], column: str) -> None:
    wrong = [
        f"{key.name}: {column} {key.said[column]}, not {getattr(key.expected, column)}"
        for key in compared
        if key.said[column] != getattr(key.expected, column)
    ]
    assert not wrong, complaint(wrong)


def test_the_winner_and_its_numbers_are_those_of_the_best_route(compared: list[Compared]) -> None:
    wrong = [
        f"{key.name}: {[key.said[column] for column in ('winner', 'value', 'low', 'high')]}, not {key.expected.winners}"
        for key in compared
        if key.expected.winners and not any(is_route(key, route) for route in key.expected.winners)
    ]
    assert not wrong, complaint(wrong)


def test_the_losers_are_all_other_observations_of_all_candidates(compared: list[Compared]) -> None:
    wrong = [
        f"{key.name}: {sorted(key.obs_ids('losers'))}, not {sorted(key.expected.everything - key.obs_ids('winner'))}"
        for key in compared
        if key.obs_ids("losers") != key.expected.everything - key.obs_ids("winner")
    ]
    assert not wrong, complaint(wrong)


def test_the_facet_is_one_that_differs_from_what_was_heard(compared: list[Compared]) -> None:
    wrong = [
        f"{key.name}: facet {key.said['facet']!r}, none of {sorted(key.expected.facets)}"
        for key in compared
        if key.said["facet"] not in key.expected.facets
    ]
    assert not wrong, complaint(wrong)


def test_a_conflict_of_the_contract_is_a_conflict_of_the_product_and_the_other_way_round(
    compared: list[Compared],
) -> None:
    said = {key.name for key in compared if key.said["verdict"] == "conflict"}
    expected = {key.name for key in compared if key.expected.verdict == "conflict"}
    assert expected, "the worlds lie too little to try this"
    assert said == expected


def test_without_a_route_there_is_no_value(compared: list[Compared]) -> None:
    unreached = [key for key in compared if not key.expected.winners]
    wrong = [key.name for key in unreached if any(key.said[column] != "" for column in ("value", "low", "high"))]
    assert unreached
    assert not wrong, complaint(wrong)


def test_an_exact_method_holds_the_truth_where_nobody_lied(compared: list[Compared]) -> None:
    exact = [key for key in compared if key.truth is not None and key.said["status"] == "A"]
    wrong = [f"{key.name}: {float(key.truth or 0)} is outside {key.said}" for key in exact if not holds_truth(key)]
    assert len(exact) > 100
    assert not wrong, complaint(wrong)


def test_an_approximate_method_holds_the_truth_nearly_always_and_is_marked(compared: list[Compared]) -> None:
    near = [key for key in compared if key.truth is not None and key.said["method"] in plain.APPROXIMATE]
    wrong = [f"{key.name}: {float(key.truth or 0)} is outside {key.said}" for key in near if not holds_truth(key)]
    assert {key.said["status"] for key in near} == {"E"}
    assert len(wrong) <= 0.05 * len(near), complaint(wrong)


def test_nobody_disagrees_where_nobody_lied(compared: list[Compared]) -> None:
    assert not [key.name for key in compared if key.seed in HONEST and key.said["verdict"] == "conflict"]


def holds_truth(key: Compared) -> bool:
    """Whether the truth lies in the product's interval, but for what floating numbers lose at its ends."""
    truth = float(key.truth or 0)
    slack = PRECISION * abs(truth)
    return bool(key.said["low"] - slack <= truth <= key.said["high"] + slack)

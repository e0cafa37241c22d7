"""``make bench``: the product's stages beside what a user would do instead, as ratios of one run, and a national year."""

import argparse
import os
import platform
import resource
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

import pandas as pd
from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine, text

from learning_city.cli import (
    bench_desk,
    bench_indicators,
    bench_issue,
    bench_read,
    bench_reconcile,
    bench_report,
    bench_validate,
    naive,
)
from learning_city.cli.bench_home import bench_home
from learning_city.collect import inbox, register
from learning_city.collect.reader import Readers
from learning_city.indicators import compute
from learning_city.model.home import Home
from learning_city.prepare import rounds
from learning_city.reconcile import resolve
from learning_city.reports import build
from learning_city.review import settle
from learning_city.samples.generate import generate
from learning_city.samples.world import World
from learning_city.validate import store
from learning_city.warehouse import engine, intake, keys

PROTOTYPE_SECONDS = 14.6
"""A bare prototype's national year (337 places × 30 departments, 25 simple rules, no evidence files, no history, no
sign-off, overlapped stages): median of 3-4 runs on an idle 2-core, 24 GB machine, Python 3.11, PostgreSQL 18, 2026-11."""
PERIOD = "2017"
TODAY = date(2018, 5, 1)
BATCH = 2_500
NATION = World(cities=337, departments=30, years=1, seed=1)


class Clock:
    """Seconds by stage, in order."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Add the time of the block to the stage."""
        began = time.perf_counter()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - began


def collected(home: Home, clock: Clock) -> Engine:
    """A year, from the home's inbox into the database, not yet checked."""
    with clock.stage("open"):
        warehouse = engine.connect(home)
        rounds.open_round(warehouse, PERIOD)
    names = inbox.list_deliveries(home.inbox / PERIOD)
    with Readers() as readers:
        for start in range(0, len(names), BATCH):
            with clock.stage("collect: archive, read, load"):
                batch = names[start : start + BATCH]
                register.register(warehouse, home, PERIOD, batch, keys.secret(home, "token"), readers)
    return warehouse


def year(home: Home, clock: Clock) -> Engine:
    """A year, from the home's inbox to the workbook, in process."""
    warehouse = collected(home, clock)
    with warehouse.connect() as connection:
        ids = intake.unchecked(connection)
    for start in range(0, len(ids), BATCH):
        with clock.stage("validate"):
            store.check(warehouse, ids[start : start + BATCH], TODAY)
    with clock.stage("settle"):
        settle.settle_by_rule(warehouse)
    with clock.stage("reconcile"):
        periods = resolve.resolve(warehouse, with_synthetic=False)
    with clock.stage("indicators"):
        compute.compute(warehouse, periods)
    with clock.stage("workbook"):
        build.build(warehouse, home, "national_62", PERIOD, requested_by="bench")
    return warehouse


@contextmanager
def delivered(world: World, errors: float) -> Iterator[Home]:
    """A home to measure in, with the world's packages in its inbox."""
    with bench_home(world) as home:
        many = {"cities": world.cities, "departments": world.departments, "years": world.years, "seed": world.seed}
        generate(home.inbox, **many, errors=errors)
        yield home


def ratios(console: Console) -> None:
    """Stage by stage against the usual way, on the same packages in the same run."""
    import learning_city.validate.run  # noqa: F401 - its import beside reading is not the stage

    world = World(cities=200, departments=5, years=1, seed=7)
    clock = Clock()
    with delivered(world, errors=0.01) as home:
        warehouse = year(home, clock)
        files = sorted((home.inbox / PERIOD).glob("*/*.xlsx"))
        with warehouse.connect() as connection:
            items = pd.read_sql(text("SELECT * FROM intake.item"), connection)
            observations = pd.read_sql(text("SELECT * FROM warehouse.observation"), connection)
        count = len(files)
        rows = [
            ("read, archive and load / pandas + openpyxl", clock.seconds["collect: archive, read, load"] / count,
             _each(naive.read_file, files[:20])),
            ("validate / Great Expectations file by file", clock.seconds["validate"] / count,
             _each(naive.validate_file, [part for _, part in items.groupby("submission_id")][:5])),
            ("load rows / DataFrame.to_sql", _load(warehouse, items) / len(items),
             _timed(lambda: naive.load(warehouse, items.head(5000))) / 5000),
            ("reconcile / pandas, key by key", clock.seconds["reconcile"] / len(observations),
             _timed(lambda: naive.reconcile(observations.head(3000))) / 3000),
            ("write a ledger / openpyxl", _write(world, home), _timed(lambda: naive.write(items.head(60), home.root)) ),
        ]  # fmt: skip
    table = Table("stage / instead of", "ours", "instead", "ratio")
    for name, ours, instead in rows:
        table.add_row(name, f"{1000 * ours:.3f} ms", f"{1000 * instead:.3f} ms", f"{instead / ours:.0f}x")
    console.print(table)


def national(console: Console) -> None:
    """337 places × 30 departments × 60 items, from inbox to workbook, beside the bare prototype."""
    clock = Clock()
    with delivered(NATION, errors=0.002) as home:
        year(home, clock)
    total = sum(seconds for name, seconds in clock.seconds.items() if name != "open")
    table = Table("national year", "s")
    for name, seconds in clock.seconds.items():
        table.add_row(name, f"{seconds:.1f}")
    console.print(table)
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
    console.print(
        f"inbox to workbook {total:.1f} s = {total / PROTOTYPE_SECONDS:.1f}x the bare prototype's {PROTOTYPE_SECONDS} s; "
        f"peak {peak:.0f} MB a process; {platform.python_version()}, {os.cpu_count()} cores, {date.today()}"  # noqa: DTZ011
    )


def _load(warehouse: Engine, items: pd.DataFrame) -> float:
    from learning_city.warehouse.copy import copy

    with warehouse.connect() as connection:
        connection.execute(text("CREATE TEMP TABLE copied (LIKE intake.item)"))
        return _timed(lambda: copy(connection, "pg_temp.copied", items))


def _write(world: World, home: Home) -> float:
    from learning_city.prepare.workbook import write_ledger

    figures = world.figures(0)
    ledgers = [world.ledger(n, 0, 0, figures) for n in range(50)]
    return _timed(lambda: [write_ledger(home.root / "x.xlsx", ledger, b"key") for ledger in ledgers]) / 50


def _each(work: Callable[[Any], object], things: Sequence[object]) -> float:
    return _timed(lambda: [work(thing) for thing in things]) / len(things)


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _read(console: Console, _: int) -> None:
    with delivered(bench_read.world(), errors=0.002) as home:
        bench_read.measure(console, home.inbox / PERIOD, BATCH)


def _validate(console: Console, _: int) -> None:
    with delivered(NATION, errors=0.002) as home:
        bench_validate.measure(console, collected(home, Clock()), TODAY)


BENCHES: dict[str, Callable[[Console, int], None]] = {
    "read": _read,
    "validate": _validate,
    "desk": lambda console, seconds: bench_desk.measure(console, NATION, seconds),
    "ratios": lambda console, _: ratios(console),
    "issue": lambda console, _: bench_issue.measure(console, NATION),
    "reconcile": lambda console, _: bench_reconcile.measure(console),
    "indicators": lambda console, _: bench_indicators.measure(console),
    "report": lambda console, _: bench_report.measure(console),
    "national": lambda console, _: national(console),
}


def main() -> None:
    """Print all tables, or those that are named: ``--read``, ``--validate``, ``--desk`` and so on."""
    asked = argparse.ArgumentParser(description=__doc__)
    for name in BENCHES:
        asked.add_argument(f"--{name}", action="store_true")
    asked.add_argument("--seconds", type=int, default=300, help="how long the pages are under load")
    said = vars(asked.parse_args())
    for name in [name for name in BENCHES if said[name]] or BENCHES:
        BENCHES[name](Console(), said["seconds"])


if __name__ == "__main__":
    main()

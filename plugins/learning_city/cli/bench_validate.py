"""How fast a collected year is validated with every family of rules, beside Great Expectations file by file."""

import multiprocessing
import random
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from pathlib import Path

import pandas as pd
from rich.console import Console
from sqlalchemy import Engine, text

from learning_city.cli import naive
from learning_city.model.home import Home
from learning_city.validate import store
from learning_city.warehouse import engine, intake

BATCH, TASKS = 2_000, 2
"""As Airflow's tasks take them, so many at once."""
SAMPLE = 36
"""Workbooks checked alone; the rest is extrapolated."""
ACROSS = ("departments.differ", "outlier.peers", "outlier.level")
"""Rules that one workbook alone cannot break."""
Cells = set[tuple[int, str, str]]


def measure(console: Console, warehouse: Engine, today: date) -> None:
    """Check every collected submission, BATCH at a time, and a sample of them one by one; the same cells must fail.

    Ours: fetch a batch, judge it, store the findings, two batches at once as Airflow's tasks run. Instead: the same
    rules over one workbook's rows in a Great Expectations run of its own, its rows at hand, nothing stored.
    """
    with warehouse.connect() as connection:
        ids = intake.unchecked(connection)
        count = connection.execute(text("SELECT count(*) FROM intake.item")).scalar_one()
    sample = random.Random(1).sample(ids, SAMPLE)  # noqa: S311 - a choice, no secret
    alone, instead = _alone(_items(warehouse, sample))
    batches = [ids[start : start + BATCH] for start in range(0, len(ids), BATCH)]
    with ProcessPoolExecutor(TASKS, multiprocessing.get_context("spawn")) as pool:
        list(pool.map(_ready, range(TASKS)))  # imports and connections beside reading are not the stage
        began = time.perf_counter()
        peak = max(pool.map(_check, batches, [today] * len(batches)))
        ours = time.perf_counter() - began
    together = _found(warehouse, sample)
    each, each_alone = 1000 * ours / len(ids), 1000 * instead / len(sample)
    console.print(
        f"validate {len(ids)} ledgers, {count} items: {ours:.1f} s, {each:.2f} ms each; Great Expectations file by file "
        f"{each_alone:.0f} ms each = {each_alone / each:.0f}x; on {len(sample)} sampled ledgers {len(together)} cells fail, "
        f"{'the same' if together == alone else f'not the same: {sorted(together ^ alone)[:5]}'}; peak {peak:.0f} MB a process"
    )


def _alone(items: pd.DataFrame) -> tuple[Cells, float]:
    """What fails in workbooks checked one by one, and the seconds it took."""
    import learning_city.validate.run  # noqa: F401 - its import is not the stage

    began = time.perf_counter()
    failed = {
        (int(str(submission)), *cell)
        for submission, rows in items.groupby("submission_id")
        for cell in naive.validate_file(rows)
    }
    return failed, time.perf_counter() - began


def _ready(_: int) -> None:
    """A task's process: imports done, connected; slow enough that each process takes one."""
    import learning_city.validate.run  # noqa: F401

    with engine.connect(Home.from_environment()).connect():
        time.sleep(1)


def _check(ids: list[int], today: date) -> float:
    """Check a batch; gives the most memory this process ever held, in MB (``ru_maxrss`` would be its parent's)."""
    store.check(engine.connect(Home.from_environment()), ids, today, is_demo=True)
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def _items(warehouse: Engine, ids: Sequence[int]) -> pd.DataFrame:
    with warehouse.connect() as connection:
        said = text("SELECT * FROM intake.item WHERE submission_id = ANY(:ids) ORDER BY submission_id, item_no")
        return pd.read_sql(said, connection, params={"ids": list(ids)})


def _found(warehouse: Engine, ids: Sequence[int]) -> Cells:
    """(submission, rule, cell) of the stored findings about single items."""
    with warehouse.connect() as connection:
        rows = connection.execute(
            text("""SELECT submission_id, rule_id, cell FROM quality.finding WHERE submission_id = ANY(:ids)
                    AND definition IS NOT NULL AND state = 'open' AND rule_id <> ALL(:across)
                    AND rule_id NOT LIKE 'evidence.%'"""),
            {"ids": list(ids), "across": list(ACROSS)},
        )
        return {(int(n), str(rule), str(cell)) for n, rule, cell in rows}

"""How fast a collected year is validated with every family of rules, beside Great Expectations file by file."""

import random
import resource
import time
from collections.abc import Sequence
from datetime import date

import pandas as pd
from rich.console import Console
from sqlalchemy import Engine, text

from learning_city.cli import naive
from learning_city.validate import store
from learning_city.warehouse import intake

BATCH = 2_000
"""As Airflow's tasks take them."""
SAMPLE = 6
"""Workbooks checked alone before each batch of ours, so that both meet the same load; the rest is extrapolated."""
ACROSS = ("departments.differ", "outlier.peers", "outlier.level")
"""Rules that one workbook alone cannot break."""
Cells = set[tuple[int, str, str]]


def measure(console: Console, warehouse: Engine, today: date) -> None:
    """Check every collected submission, BATCH at a time, and a sample of them one by one; the same cells must fail.

    Ours: fetch the batch, judge it, store the findings. Instead: the same rules over one workbook's rows in a
    Great Expectations run of its own, its rows at hand, nothing stored.
    """
    import learning_city.validate.run  # noqa: F401 - its import beside reading is not the stage

    with warehouse.connect() as connection:
        ids = intake.unchecked(connection)
        count = connection.execute(text("SELECT count(*) FROM intake.item")).scalar_one()
    ours, instead = 0.0, 0.0
    sample = random.Random(1).sample(ids, SAMPLE * (1 + (len(ids) - 1) // BATCH))  # noqa: S311 - a choice, no secret
    alone: Cells = set()
    for n, start in enumerate(range(0, len(ids), BATCH)):
        part = _items(warehouse, sample[n * SAMPLE : (n + 1) * SAMPLE])
        began = time.perf_counter()
        for submission, items in part.groupby("submission_id"):
            alone |= {(int(str(submission)), *failed) for failed in naive.validate_file(items)}
        between = time.perf_counter()
        store.check(warehouse, ids[start : start + BATCH], today, is_demo=True)
        instead, ours = instead + between - began, ours + time.perf_counter() - between
    together = _found(warehouse, sample)
    each, each_alone = 1000 * ours / len(ids), 1000 * instead / len(sample)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    console.print(
        f"validate {len(ids)} ledgers, {count} items: {ours:.1f} s, {each:.2f} ms each; Great Expectations file by file "
        f"{each_alone:.0f} ms each = {each_alone / each:.0f}x; on {len(sample)} sampled ledgers {len(together)} cells fail, "
        f"{'the same' if together == alone else f'not the same: {sorted(together ^ alone)[:5]}'}; peak {peak:.0f} MB"
    )


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

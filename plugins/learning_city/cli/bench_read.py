"""How fast delivered ledgers are archived and read, beside pandas with openpyxl in the same run, and whether that stays so."""

import random
import resource
import shutil
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from learning_city.cli import naive
from learning_city.collect import inbox, register
from learning_city.collect.reader import Readers
from learning_city.samples.world import World

SIZES = (500, 2_000, 10_000)
SAMPLE = 10
"""Workbooks pandas reads before and after each batch of ours, so that both meet the same load; the rest is extrapolated."""


def measure(console: Console, folder: Path, batch: int) -> None:
    """Read the first 500, 2,000 and 10,000 packages of a folder of generated ones, ``batch`` at a time.

    Ours: open the delivery, hash and archive its files, read the workbook in two warm children, lay out frames that can
    be landed. Instead: ``pandas.read_excel(sheet_name=None, engine="openpyxl")``, file by file.
    """
    names = inbox.list_deliveries(folder)
    random.Random(1).shuffle(names)  # noqa: S311 - an order, no secret
    table = Table("ledgers", "ours, ms each", "pandas + openpyxl, ms each", "ratio")
    with Readers() as readers:
        _ours(folder, names[:batch], readers)
        for size in SIZES:
            ours, instead = 0.0, [1000 * _instead(folder, names[:SAMPLE])]
            for start in range(0, size, batch):
                part = names[start : min(start + batch, size)]
                ours += 1000 * _ours(folder, part, readers) / size
                instead.append(1000 * _instead(folder, part[:SAMPLE]))
            usual = sum(instead) / len(instead)
            table.add_row(f"{size:,}", f"{ours:.2f}", f"{usual:.1f}", f"{usual / ours:.1f}x")
    console.print(table)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    console.print(f"parent's peak {peak:.0f} MB with {batch:,} ledgers a batch")


def world() -> World:
    """A national year: more ledgers than the largest size."""
    return World(cities=337, departments=30, years=1, seed=1)


def _ours(folder: Path, names: Sequence[str], readers: Readers) -> float:
    """Seconds for these packages as one batch."""
    store = Path(tempfile.mkdtemp(prefix="lcm-bench-", dir="/tmp"))
    began = time.perf_counter()
    register.parse((inbox.open_delivery(folder, name) for name in names), store, b"key", readers)
    seconds = time.perf_counter() - began
    shutil.rmtree(store)
    return seconds


def _instead(folder: Path, names: Sequence[str]) -> float:
    """Seconds a workbook takes."""
    files = [file for name in names for file in (folder / name).glob("*.xlsx")]
    began = time.perf_counter()
    for file in files:
        naive.read_file(file)
    return (time.perf_counter() - began) / len(files)

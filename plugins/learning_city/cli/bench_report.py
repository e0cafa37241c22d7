"""The files of one period for a whole country: every format, a further city's report, and the bare tables by openpyxl."""

import resource
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
from rich.console import Console
from rich.table import Table

from learning_city.cli import bench_indicators
from learning_city.cli.scratch import scratch_home
from learning_city.indicators import compute
from learning_city.reports import build
from learning_city.reports.freeze import thaw
from learning_city.reports.tables import ReportTables
from learning_city.warehouse import engine

FRAMEWORK, PERIOD = "national_62", bench_indicators.PERIODS[-1]
CITIES = 10
"""Documents that are written to know what a further one takes."""


def measure(console: Console) -> None:
    """Freeze a country's period once, then write each format from that."""
    with scratch_home() as home, tempfile.TemporaryDirectory() as folder:
        warehouse = engine.connect(home)
        bench_indicators.fill(warehouse)
        compute.compute(warehouse, bench_indicators.PERIODS)
        began = time.perf_counter()
        build.build(warehouse, home, FRAMEWORK, PERIOD, requested_by="bench", formats=("parquet",))
        frozen = time.perf_counter() - began
        with warehouse.connect() as connection:
            tables = thaw(home, str(connection.exec_driver_sql("SELECT max(frozen) FROM report.build").scalar_one()))
        console.print(_table(Path(folder), tables, frozen))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    console.print(f"peak of the process {peak} MB")


def _table(folder: Path, tables: ReportTables, frozen: float) -> Table:
    shown = Table(f"{len(tables.cities)} cities, {len(tables.values):,} values", "seconds")
    shown.add_row("read, frozen and as Parquet", f"{frozen:.2f}")
    for name in ("xlsx", "sdmx", "parquet", "html"):
        shown.add_row(name, f"{_timed(lambda: build.write(folder, tables, (name,))):.2f}")  # noqa: B023 - called at once
    one, ten = (_documents(folder, tables, many) for many in (1, CITIES + 1))
    shown.add_row("a further city's docx", f"{(ten - one) / CITIES:.2f}")
    shown.add_row("the bare values by pandas and openpyxl", f"{_timed(lambda: _plainly(folder, tables.values)):.2f}")
    return shown


def _documents(folder: Path, tables: ReportTables, many: int) -> float:
    """Seconds to write the documents of the first cities, the one of all among them."""
    codes = tables.cities[:many]
    names = [code for code, _ in codes]
    values = tables.values  # noqa: PD011 - a frame of that name
    some = replace(tables, cities=codes, values=values[values["place"].isin(names)])
    return _timed(lambda: build.write(folder, some, ("docx",)))


def _plainly(folder: Path, values: pd.DataFrame) -> None:
    """A sheet of values and one of statuses, without any look."""
    with pd.ExcelWriter(folder / "plain.xlsx", engine="openpyxl") as book:
        for name in ("value", "status", "verdict", "source_zh", "proof"):
            values.pivot_table(index="indicator", columns="place", values=name, aggfunc="first").to_excel(
                book, sheet_name=name
            )


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began

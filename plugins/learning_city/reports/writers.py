"""The writers of a report's files: format -> what writes them. A new format is a row here and in ``model.report_format``."""

from collections.abc import Callable
from pathlib import Path

from learning_city.reports.parquet_tables import write_parquet
from learning_city.reports.sdmx import write_sdmx
from learning_city.reports.tables import ReportTables
from learning_city.reports.workbook import write_workbook

Writer = Callable[[Path, ReportTables], list[Path]]
"""Writes its files into an existing folder, from the tables alone; returns them. Same tables, same bytes."""


def _workbook(folder: Path, tables: ReportTables) -> list[Path]:
    path = folder / f"监测指标表_{tables.period}_{tables.framework}.xlsx"
    write_workbook(path, tables)
    return [path]


def _documents(folder: Path, tables: ReportTables) -> list[Path]:
    from learning_city.reports.report_files import write_documents  # matplotlib: nobody else waits for it

    return write_documents(folder, tables)


def _page(folder: Path, tables: ReportTables) -> list[Path]:
    from learning_city.reports.report_files import write_page

    return write_page(folder, tables)


WRITERS: dict[str, Writer] = {
    "xlsx": _workbook,
    "sdmx": write_sdmx,
    "parquet": write_parquet,
    "docx": _documents,
    "html": _page,
}

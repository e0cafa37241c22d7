"""The writers of a report's files: format -> what writes them. A new format is a row here and in ``model.report_format``."""

from collections.abc import Callable
from pathlib import Path

from learning_city.reports.tables import ReportTables
from learning_city.reports.workbook import write_workbook

Writer = Callable[[Path, ReportTables], list[Path]]
"""Writes its files into an existing folder, from the tables alone; returns them. Same tables, same bytes."""


def _workbook(folder: Path, tables: ReportTables) -> list[Path]:
    path = folder / f"监测指标表_{tables.period}_{tables.framework}.xlsx"
    write_workbook(path, tables)
    return [path]


WRITERS: dict[str, Writer] = {"xlsx": _workbook}

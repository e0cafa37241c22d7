"""The monitoring report as files: a Word document per city and one of all, or one page that holds everything."""

import re
from collections import Counter
from pathlib import Path

from learning_city.reports.report_docx import write_docx
from learning_city.reports.report_html import write_html
from learning_city.reports.report_text_facts import Facts
from learning_city.reports.report_text_make import all_report, city_report, whole_report
from learning_city.reports.report_text_suggest import suggestions
from learning_city.reports.tables import ReportTables

_UNSAFE = re.compile(r'[\s/\\:*?"<>|\x00-\x1f]')


def write_documents(folder: Path, tables: ReportTables) -> list[Path]:
    """A document per city, written one after the other, and one of all cities where there are several."""
    facts = Facts(tables)
    suggested, names = suggestions(facts), Counter(name for _, name in tables.cities)
    paths = []
    if len(tables.cities) != 1:
        report = all_report(facts, suggested)
        paths.append(_path(folder, report.stem, "docx"))
        write_docx(paths[-1], report)
    for city in tables.cities:
        report = city_report(facts, city, suggested)
        twin = f"_{city[0]}" if names[city[1]] > 1 else ""
        paths.append(_path(folder, f"{report.stem}{twin}", "docx"))
        write_docx(paths[-1], report)
    return paths


def write_page(folder: Path, tables: ReportTables) -> list[Path]:
    """The page of a build: all cities and each of them."""
    facts = Facts(tables)
    report = whole_report(facts, suggestions(facts))
    path = _path(folder, report.stem, "html")
    write_html(path, report)
    return [path]


def _path(folder: Path, stem: str, ending: str) -> Path:
    """A name that every file system takes."""
    return folder / f"{_UNSAFE.sub('', stem)[:60]}.{ending}"

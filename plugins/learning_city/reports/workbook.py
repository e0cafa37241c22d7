"""The published workbook: contents, a sheet per city, the comparison, attainment, five annexes."""

import re
from datetime import UTC, datetime
from pathlib import Path

import xlsxwriter

from learning_city.reports.annex_sheets import ANNEXES, write_annex
from learning_city.reports.attainment_sheet import write_attainment
from learning_city.reports.book_formats import Formats
from learning_city.reports.book_page import Book
from learning_city.reports.city_sheet import write_city
from learning_city.reports.comparison_sheet import write_comparison
from learning_city.reports.contents_sheet import write_contents, write_symbols
from learning_city.reports.figures import Figures, tree
from learning_city.reports.tables import ReportTables

_CREATED = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""Stands in a file whose build has no moment: same tables, same bytes."""
ATTAINMENT_SHEET = "表3 目标完成度"
SYMBOLS_SHEET = "附5 符号与说明"


def write_workbook(path: Path, tables: ReportTables) -> None:
    """Write the workbook of one build; a file that is there is replaced.

    The same tables give the same bytes. A number that is not real carries its mark beside it on
    every sheet, a missing one is a word.
    """
    indicators, figures = tree(tables), Figures(tables)
    city_sheets = _city_sheets(tables.cities)
    comparison = _comparison_sheet(len(tables.cities))
    with xlsxwriter.Workbook(path, {"in_memory": True}) as workbook:
        workbook.set_properties({"title": tables.framework_zh, "created": created(tables)})
        book = Book(workbook, Formats(workbook), tables)
        write_contents(book, _listed(tables, city_sheets, comparison))
        for city, name in zip(tables.cities, city_sheets, strict=True):
            write_city(book, name, city, indicators, figures)
        write_comparison(book, comparison, indicators, figures)
        write_attainment(book, ATTAINMENT_SHEET)
        for name in ANNEXES:
            write_annex(book, name)
        write_symbols(book, SYMBOLS_SHEET)


def created(tables: ReportTables) -> datetime:
    """The moment the build was frozen at, never that of writing."""
    return datetime.fromisoformat(tables.as_of) if tables.as_of else _CREATED


def _listed(tables: ReportTables, city_sheets: list[str], comparison: str) -> list[tuple[str, str, str]]:
    asked = int(tables.indicators["nature"].notna().sum())
    listed = [
        (sheet, f"{name}{tables.framework_zh}", f"{asked} 项指标，按一级、二级、三级展开")
        for sheet, (_, name) in zip(city_sheets, tables.cities, strict=True)
    ]
    listed.append((comparison, comparison.removeprefix("表2 "), "能比的才比，不能比的写明哪里不同"))
    listed.append((ATTAINMENT_SHEET, "目标完成度", f"{len(tables.attainment)} 项目标"))
    for name, annex in ANNEXES.items():
        listed.append((name, annex.title.split("　")[1], f"{len(annex.rows(tables))} 条"))
    listed.append((SYMBOLS_SHEET, "符号与说明", "符号、状态码、可比性、条目来历"))
    return listed


def _city_sheets(cities: tuple[tuple[str, str], ...]) -> list[str]:
    """A sheet name per city, as Excel allows them; two cities of one name get their codes."""
    names = [name for _, name in cities]
    return [
        "表1 " + re.sub(r"[\[\]:*?/\\']", "", name if names.count(name) == 1 else f"{name}{code}")[:27]
        for code, name in cities
    ]


def _comparison_sheet(cities: int) -> str:
    return "表2 八城市比较" if cities == 8 else "表2 城市比较"

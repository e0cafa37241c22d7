"""A fault of the catalogue: where it stands and, in both languages, what is wrong and what to do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from learning_city.catalogue.columns import TABLES
from learning_city.catalogue.headings import SHEETS
from learning_city.errors import CatalogueRefused


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One contradiction in the office's tables.

    ``table`` is a name of ``columns.TABLES``, or the name of a file or sheet that is none of ours; ``row`` counts as a
    spreadsheet does (1 = headings, 0 = the whole table); an empty ``column`` means the whole row.
    """

    table: str
    row: int = 0
    column: str = ""
    zh: str
    en: str


class Layout(Protocol):
    """How rows and columns are called in the files that were read."""

    def where_zh(self, fault: Fault) -> str:
        """The place in Chinese."""

    def where_en(self, fault: Fault) -> str:
        """The place in English."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of CSV files: ``definitions.csv 第 12 行 unit 列``."""

    def where_zh(self, fault: Fault) -> str:
        """File, row, column."""
        row = f" 第 {fault.row} 行" if fault.row else ""
        return f"{_file(fault)}{row}" + (f" {fault.column} 列" if fault.column else "")

    def where_en(self, fault: Fault) -> str:
        """File, row, column."""
        row = f", row {fault.row}" if fault.row else ""
        return f"{_file(fault)}{row}" + (f", column {fault.column}" if fault.column else "")


def _file(fault: Fault) -> str:
    return TABLES[fault.table].file if fault.table in TABLES else fault.table


@dataclass(frozen=True, slots=True, kw_only=True)
class Workbook:
    """An Excel file: ``工作表“口径” F12（计量单位）``.

    ``sheets`` names the sheet of each table, ``letters`` the column letters of (table, column), ``headings`` what
    stands above them.
    """

    sheets: Mapping[str, str] = field(default_factory=dict)
    letters: Mapping[tuple[str, str], str] = field(default_factory=dict)
    headings: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def cell(self, fault: Fault) -> str:
        """The address of the cell, as ``F12``; empty where a whole sheet or row is meant."""
        letter = self.letters.get((fault.table, fault.column), "")
        return f"{letter}{fault.row}" if letter and fault.row else ""

    def where_zh(self, fault: Fault) -> str:
        """Sheet, cell, heading."""
        if not fault.table:
            return "工作簿"
        heading = self.headings.get((fault.table, fault.column), fault.column)
        at = self.cell(fault) or (f"第 {fault.row} 行" if fault.row else "")
        said = f"工作表“{self.sheets.get(fault.table, SHEETS.get(fault.table, fault.table))}”" + (
            f" {at}" if at else ""
        )
        return said + (f"（{heading}）" if heading else "")

    def where_en(self, fault: Fault) -> str:
        """Sheet, cell, name of the column."""
        if not fault.table:
            return "workbook"
        at = self.cell(fault) or (f"row {fault.row}" if fault.row else "")
        said = f"sheet “{self.sheets.get(fault.table, SHEETS.get(fault.table, fault.table))}”" + (
            f" {at}" if at else ""
        )
        return said + (f" ({fault.column})" if fault.column else "")


def sentence(fault: Fault, layout: Layout) -> str:
    """The fault as one line, Chinese first, English beside."""
    return f"{layout.where_zh(fault)}：{fault.zh} / {layout.where_en(fault)}: {fault.en}"


class Refused(CatalogueRefused):
    """A catalogue with faults: nothing was loaded. ``faults`` are the nouns, ``errors`` how they read."""

    def __init__(self, faults: list[Fault], layout: Layout) -> None:
        self.faults = sorted(faults, key=_order)
        self.layout = layout
        super().__init__([sentence(fault, layout) for fault in self.faults])


def _order(fault: Fault) -> tuple[int, int, int]:
    """Tables in their order, rows from the top, columns from the left; what is none of ours stands first."""
    if fault.table not in TABLES:
        return (-1, fault.row, 0)
    columns = list(TABLES[fault.table].columns)
    return (list(TABLES).index(fault.table), fault.row, columns.index(fault.column) if fault.column in columns else -1)

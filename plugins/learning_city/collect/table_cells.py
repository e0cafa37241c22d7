"""The cells of a table: each crossing of a labelled row and a labelled column, as one line of the answer."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from learning_city.collect import table_formats, table_labels, table_units, table_years
from learning_city.collect.table_columns import Columns, Panel
from learning_city.collect.table_context import Context
from learning_city.collect.table_header import Head
from learning_city.collect.table_page import Page
from learning_city.collect.table_stub import Stub
from learning_city.collect.table_values import FLAGS, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One data cell of a table. ``value`` is None for a symbol, whose status is ``flag``; ``year`` None when unstated.

    The last of each path is the row's and the column's own label; aliases are their English twins, ``marks``
    the footnote signs at the cell or its labels. ``text`` is what is shown.
    """

    sheet: str
    cell: str
    row_path: list[str]
    column_path: list[str]
    year: int | None
    unit: str | None
    value: float | None
    flag: str | None
    text: str
    row_alias: str = ""
    column_alias: str = ""
    marks: list[str] = field(default_factory=list)


def cells_of(
    page: Page, panel: Panel, columns: Columns, stubs: dict[int, Stub], heads: dict[int, Head], context: Context
) -> Iterator[Cell]:
    """Every cell of one panel, row by row: numbers, symbols, words and blanks."""
    flagged = {number: flag for flag, number in columns.flags.items()}
    own_year = ""
    for row, stub in stubs.items():
        own_year = _own_year(page, row, panel, columns, own_year)
        for column in panel.data:
            head = heads.get(column, Head())
            covered = page.anchor(row, column) != (row, column)
            if covered or (page.cell(row, column) == "" and not head.path):
                continue
            beside = page.words(row, flagged[column]) if column in flagged else ""
            yield _cell(page, row, column, stub, head, context, columns, beside, own_year)


def _own_year(page: Page, row: int, panel: Panel, columns: Columns, above: str) -> str:
    """What the column of years says of a row; left of the labels, an empty cell takes over the year above it."""
    if columns.year is None:
        return ""
    is_outer = bool(panel.labels) and columns.year < panel.labels[0]
    return page.words(row, columns.year) or (above if is_outer else "")


def _cell(
    page: Page,
    row: int,
    column: int,
    stub: Stub,
    head: Head,
    context: Context,
    columns: Columns,
    beside: str,
    own_year: str,
) -> Cell:
    value = page.values.get((row, column))
    number, is_percent = _number(page, row, column, value)
    flag = (value.flag if value else None) or (FLAGS.get(beside[:1], beside) if beside else None)
    marks = [mark for mark in (value.marks if value else "", stub.marks, head.marks) if mark]
    outer = [own_year] if own_year and own_year not in stub.path else []
    return Cell(
        sheet=page.grid.sheet,
        cell=address(row, column),
        row_path=[*outer, *stub.path],
        column_path=head.path,
        year=_year(own_year, stub, head, context),
        unit="%" if is_percent else _unit(page, row, columns, stub, head, context),
        value=number,
        flag=flag or None,
        text=_shown(page, row, column),
        row_alias=stub.alias,
        column_alias=head.alias,
        marks=marks,
    )


def _number(page: Page, row: int, column: int, value: Value | None) -> tuple[float | None, bool]:
    """The value in its unit: a share stored as 0.6038 and shown as 60.38 % is 60.38."""
    if value is None or value.number is None:
        return None, False
    if (row, column) in page.grid.percents:
        return round(value.number * 100, 12), True
    return value.number, value.percent


def _year(own: str, stub: Stub, head: Head, context: Context) -> int | None:
    """The nearest statement of the year; a column of years that leaves a row open says that it is not stated."""
    if own:
        return table_years.of_label(own)
    return head.year or stub.year or context.year


def _unit(page: Page, row: int, columns: Columns, stub: Stub, head: Head, context: Context) -> str | None:
    """The nearest statement of the unit; a column of rates keeps its percent whatever the row says."""
    own = table_units.bare(page.words(row, columns.unit)) if columns.unit is not None else ""
    if head.unit in {"%", "‰"}:
        return head.unit
    nearest = own or stub.unit or head.unit
    if nearest or context.unit is None:
        return nearest or None
    return table_units.choose(context.unit, " ".join([*stub.path[-1:], *head.path[-1:]]))


def _shown(page: Page, row: int, column: int) -> str:
    if (shown := page.grid.shown.get((row, column))) is not None:
        return shown
    cell = page.cell(row, column)
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return table_formats.plain(float(cell))
    return table_labels.words(cell).strip()


@lru_cache(maxsize=65536)
def address(row: int, column: int) -> str:
    """``A1`` of 0-based coordinates."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"

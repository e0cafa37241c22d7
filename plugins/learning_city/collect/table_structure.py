"""From grids to tables: every labelled cell with its row, column, year, unit and value, every number accounted for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from learning_city.collect import table_blocks, table_columns, table_context, table_header, table_stub, table_values
from learning_city.collect.table_cells import Cell, address, cells_of
from learning_city.collect.table_columns import Columns
from learning_city.collect.table_context import Context
from learning_city.collect.table_grid import Grid
from learning_city.collect.table_page import Kind, Page

_LEFT = {
    "year_row": "年份标题 / a heading of years",
    "year_label": "该行的年份标签 / the year label of its row",
    "label": "行标签 / the label of its row",
    "numbering": "行次或代码 / a row number or code",
    "column_numbers": "栏次 / the numbers of the columns",
    "metadata": "表外的说明（日期、时间）/ metadata outside the table, such as dates",
    "page": "页码 / a page number",
    "note": "注释行 / a line of notes",
    "outside": "在所有表格之外 / outside every table",
    "no_label": "没有行标题或列标题 / in a row or column without a label",
    "pending": "公式没有计算结果，请在 Excel 中打开并保存后再读 / a formula without a result; open and save it in Excel",
}


@dataclass(slots=True, kw_only=True)
class Table:
    """One table of a sheet; ``left`` holds numeric cells of the sheet that are no data, each with its reason.

    ``numeric`` counts the numeric cells it answers for: those among ``cells`` and those in ``left``.
    """

    sheet: str
    title: str
    unit: str | None
    cells: list[Cell] = field(default_factory=list)
    left: dict[str, str] = field(default_factory=dict)
    numeric: int = 0


def read(grids: Sequence[Grid], legend: Mapping[str, str] = table_values.SYMBOLS) -> list[Table]:
    """Every table of a file, sheet by sheet; a sheet without one gives an empty table that accounts for its numbers."""
    pages = [Page(grid, legend) for grid in grids]
    blocks = {index: table_blocks.find(page) for index, page in enumerate(pages)}
    spoken = table_context.of_file([page for index, page in enumerate(pages) if not blocks[index]])
    tables: list[Table] = []
    before = Context()
    for index, page in enumerate(pages):
        mine: list[Table] = []
        used: list[Columns] = []
        for block in blocks[index]:
            table, before = _table(page, block, before, spoken, is_first=not mine)
            mine.append(table)
            used.append(before.columns or Columns())
        tables += mine or [Table(sheet=page.grid.sheet, title="", unit=None)]
        _account(page, blocks[index], mine or tables[-1:], used)
    return tables


def _table(
    page: Page, block: table_blocks.Block, before: Context, spoken: Context, *, is_first: bool
) -> tuple[Table, Context]:
    header = table_header.rows_of(page, block)
    said = table_context.of_block(page, block, header, is_first=is_first)
    filled = [r for r in block.body if page.kind(r) not in _NO_DATA]
    columns = table_columns.find(page, filled, header)
    stub_units = (page.label(r, c).unit for r in header for panel in columns.panels for c in panel.labels)
    said.unit = said.unit or next(filter(None, stub_units), None)
    heads = table_header.read(page, header, columns.data)
    goes_on = said.is_continued or (not is_first and not said.title)
    if not header and goes_on and before.columns is not None:
        columns, heads = before.columns, before.heads
    context = table_context.settle(said, before if goes_on else Context(), spoken, page)
    context.columns, context.heads = columns, heads
    table = Table(sheet=page.grid.sheet, title=context.title, unit=context.unit)
    for panel in columns.panels:
        stubs = table_stub.read(page, block, panel, columns)
        table.cells += cells_of(page, panel, columns, stubs, heads, context)
    return table, context


_NO_DATA = frozenset({Kind.BLANK, Kind.WORDS, Kind.YEARS, Kind.LONE})


def _account(page: Page, blocks: list[table_blocks.Block], tables: list[Table], used: list[Columns]) -> None:
    """Give each number of the sheet that no table holds its reason, with the table it stands nearest to."""
    emitted = {cell.cell for table in tables for cell in table.cells}
    for table in tables:
        table.numeric = sum(cell.value is not None for cell in table.cells)
    for row, column in sorted({*page.numbers, *page.grid.pending}):
        name = address(row, column)
        if name in emitted and (row, column) in page.numbers:
            continue
        index = max((i for i, block in enumerate(blocks) if block.lead[:1] <= [row] or block.body[0] <= row), default=0)
        reason = _reason(page, blocks[index], used[index], row, column) if blocks else _apart(page, row, column)
        reason = "pending" if (row, column) in page.grid.pending else reason
        tables[index].left[name] = _LEFT[reason]
        tables[index].numeric += 1


def _apart(page: Page, row: int, column: int) -> str:
    """A number on a sheet without a table."""
    return "metadata" if page.year(row, column) is not None else "outside"


def _reason(page: Page, block: table_blocks.Block, columns: Columns, row: int, column: int) -> str:
    alone = len(page.filled(row)) == 1
    if page.is_column_numbers(row):
        return "column_numbers"
    if row in block.notes:
        return "note"
    if block.body[0] <= row <= block.body[-1]:
        return _inside(page, columns, row, column, alone=alone)
    if page.year(row, column) is not None:
        return "year_row"
    if alone and page.numbers[row, column].is_integer():
        return "page"
    return "metadata" if row < block.body[0] else "outside"


def _inside(page: Page, columns: Columns, row: int, column: int, *, alone: bool) -> str:
    if column in columns.numbering:
        return "numbering"
    if column == columns.year or page.year(row, column) is not None:
        return "year_label"
    if any(column in panel.labels for panel in columns.panels):
        return "label"
    return "page" if alone else "no_label"

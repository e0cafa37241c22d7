"""One form sheet of an answer workbook: failing cells coloured, commented and open, columns to answer in at the right."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from openpyxl.comments import Comment
from openpyxl.formatting.formatting import ConditionalFormattingList
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.worksheet.datavalidation import DataValidation, DataValidationList
from sqlalchemy import RowMapping

from learning_city.model.explanations import EXPLANATION_ROLES, EXPLANATIONS
from learning_city.model.status import MISSING_TYPES
from learning_city.review import answer_looks as looks
from learning_city.review.answer_facts import Problem, Slot

TOLD = "问题与处理"
_WIDTHS = (40.0, 18.0, 28.0, 13.0)
"""Of the columns at the right: what is wrong, and the three to answer in."""
_FIRST_HEADING = "序号"
_FARTHEST = 200
"""Column beyond which nothing of ours stands; what a stranger typed there moves nothing."""
_COMPANIONS = {"value": "cell", "missing_type": "missing_cell", "reason": "reason_cell", "evidence": "evidence_cell"}
"""Role -> the column of the item that says where its cell stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Where the table of a form sheet stands: its headings' row, its last row, the first free column at the right."""

    sheet: Any
    head: int
    last: int
    free: int

    @classmethod
    def of(cls, sheet: Any, items: Sequence[RowMapping]) -> "Table":
        """The table these items stand in."""
        rows = [coordinate_to_tuple(item["cell"])[0] for item in items]
        above = range(min(rows) - 1, 0, -1)
        used = [cell.column for row in sheet.iter_rows(max_col=_FARTHEST) for cell in row if cell.value is not None]
        head = next((row for row in above if sheet.cell(row, 1).value == _FIRST_HEADING), min(rows) - 1)
        return cls(sheet=sheet, head=head, last=max(rows), free=max(used, default=1) + 1)

    def said(self, heading: str, row: int) -> str:
        """What stands in a row under the heading that begins so; empty where there is none."""
        named = (cell.column for cell in self.sheet[self.head] if str(cell.value or "").startswith(heading))
        column = next(named, None)
        return "" if column is None else str(self.sheet.cell(row, column).value or "")

    def column(self, role: str) -> int:
        """The column to answer in that has this role."""
        return self.free + 1 + list(EXPLANATION_ROLES).index(role)


def annotate(table: Table, items: Sequence[RowMapping], problems: Sequence[Problem]) -> list[Slot]:
    """Colour, comment and open what failed; gives the cells that are open now, all others being locked."""
    sheet = table.sheet
    sheet.conditional_formatting = ConditionalFormattingList()
    for item in items:
        for column in _COMPANIONS.values():
            for cell in _whole(sheet, item[column]):
                cell.fill = PatternFill()
    _write_columns(table)
    opened: list[Slot] = []
    with_item = sorted((p for p in problems if p.item is not None), key=_item_no)
    for _, told in groupby(with_item, key=_item_no):
        opened += _row(table, list(told))
    _offer(table, opened)
    return opened


def _item_no(problem: Problem) -> int:
    return 0 if problem.item is None else int(problem.item["item_no"])


def _whole(sheet: Any, address: str) -> Iterator[Any]:
    """A cell, or every cell of the merged range it begins."""
    if address:
        merged = next((range_ for range_ in sheet.merged_cells.ranges if address in range_), None)
        for row in sheet[merged.coord] if merged else [[sheet[address]]]:
            yield from row


def _write_columns(table: Table) -> None:
    sheet, head = table.sheet, table.head
    for number, (heading, width) in enumerate(zip((TOLD, *EXPLANATION_ROLES.values()), _WIDTHS, strict=True)):
        column = table.free + number
        sheet.column_dimensions[get_column_letter(column)].width = width
        cell = sheet.cell(head, column)
        looks.text(cell, heading)
        looks.dress(cell, font=looks.font(looks.HEI), fill=looks.fill(looks.HEAD), border=looks.ruled(top=True))
        cell.alignment = looks.placed("center")
        for row in range(head + 1, table.last + 1):
            grouped = row > head + 1 and sheet.cell(row, 2).value is None
            look = {"fill": looks.fill(looks.GROUP)} if grouped else {}
            looks.dress(sheet.cell(row, column), border=looks.ruled(bottom=row == table.last), **look)
    letter = sheet.cell(head + 1, table.free)
    for number in range(len(_WIDTHS)):
        cell = sheet.cell(head + 1, letter.column + number)
        looks.text(cell, str(8 + number))
        looks.dress(cell, font=looks.font(size=8, colour=looks.SOFT), alignment=looks.placed("center"))


def _row(table: Table, problems: Sequence[Problem]) -> list[Slot]:
    """All problems of one item; the worst colours."""
    sheet, item = table.sheet, problems[0].item
    if item is None:
        return []
    row, worst = coordinate_to_tuple(item["cell"])[0], problems[0].severity
    mark(sheet, problems, table.said("口径", row))
    said = "\n".join(f"{looks.SIGNS[p.severity]} {p.number}｜{p.problem}\n建议：{p.advice}" for p in problems)
    cell = sheet.cell(row, table.free)
    looks.text(cell, said)
    looks.dress(cell, font=looks.font(size=9), fill=looks.fill(looks.COLOURS[worst][1]), alignment=looks.placed())
    tall = looks.height((said, _WIDTHS[0], 9))
    sheet.row_dimensions[row].height = max(sheet.row_dimensions[row].height or 0, tall)
    return _open(table, row, item, [p for p in problems if p.is_answered])


def mark(sheet: Any, problems: Sequence[Problem], definition: str = "") -> None:
    """Colour and comment the cells that failed; of several problems of one cell the first, which is the worst, colours."""
    for told in reversed(problems):
        ink, paper = looks.COLOURS[told.severity]
        for cell in _whole(sheet, told.cell):
            looks.dress(cell, fill=looks.fill(paper), border=looks.box(ink))
            cell.font = looks.font(cell.font.name or looks.DIGITS, cell.font.size or 11, ink, bold=True)
    for address, here in groupby(sorted(problems, key=lambda p: p.cell), key=lambda p: p.cell):
        sheet[address].comment = _comment(list(here), definition)


def _comment(problems: Sequence[Problem], definition: str) -> Comment:
    said = [
        f"{looks.SIGNS[p.severity]}　问题 {p.number}\n{p.problem}\n应为：{p.expected}\n建议：{p.advice}"
        for p in problems
    ]
    words = "\n".join([*said, f"口径：{definition}" if definition else ""])
    return Comment(looks.printable(words).strip(), "审核 review", height=60 + 60 * len(problems), width=340)


def _open(table: Table, row: int, item: RowMapping, asked: Sequence[Problem]) -> list[Slot]:
    """Unlock what may be changed for these problems, and the columns to answer in."""
    sheet = table.sheet
    if not asked:
        return []
    opened = [(role, item[_COMPANIONS[role]]) for role in _COMPANIONS if any(role in _roles(p, item) for p in asked)]
    failing = {problem.cell for problem in asked}
    for role in EXPLANATION_ROLES:
        cell = sheet.cell(row, table.column(role))
        looks.dress(cell, font=looks.font(size=9), alignment=looks.placed(), number_format="@")
        cell.border = looks.box(looks.COLOURS[asked[0].severity][0])
        if role == "explanation_until":
            cell.number_format = "yyyy-mm-dd"
        opened.append((role, cell.coordinate))
    for _, address in opened:
        for cell in _whole(sheet, address):
            cell.protection = looks.OPEN
            if address not in failing:
                cell.fill = looks.fill(looks.MAY)
    keys = {name: item[name] for name in ("form", "definition", "place", "period")}
    return [Slot(sheet=sheet.title, cell=address, role=role, **keys) for role, address in opened if address]


def _roles(problem: Problem, item: RowMapping) -> set[str]:
    """What of an item a finding is about: its figure, with the missing type instead of one, its reason, its evidence."""
    roles: set[str] = set()
    if problem.cell == item["evidence_cell"] or problem.family == "evidence":
        roles.add("evidence")
    if problem.cell in (item["cell"], item["missing_cell"], item["reason_cell"]):
        roles |= {"value", "missing_type"}
    if problem.cell == item["reason_cell"] or problem.family == "completeness":
        roles.add("reason")
    return roles


def _offer(table: Table, opened: Sequence[Slot]) -> None:
    """Drop-downs of open cells only: those the form had, the missing types, the codes."""
    at: dict[str, list[str]] = {}
    for slot in opened:
        at.setdefault(slot.role, []).append(slot.cell)
    rules = []
    for rule in table.sheet.data_validations.dataValidation:
        if cells := [cell for cell in at.get("value", []) if cell in rule.sqref]:
            rule.sqref = " ".join(cells)
            rules.append(rule)
    lists = {"missing_type": tuple(MISSING_TYPES), "explanation_code": tuple(e.offered for e in EXPLANATIONS.values())}
    for role, choices in lists.items():
        if role in at:
            closed = DataValidation(type="list", formula1=f'"{",".join(choices)}"', allow_blank=True)
            closed.sqref = " ".join(at[role])
            rules.append(closed)
    if until := at.get("explanation_until"):
        day = DataValidation(type="date", operator="greaterThan", formula1="36526", allow_blank=True)
        day.errorStyle, day.errorTitle, day.error = (
            "warning",
            "有效期至",
            "请填日期，例如 2019-06-30；不填只对本期有效。",
        )
        day.showErrorMessage, day.sqref = True, " ".join(until)
        rules.append(day)
    table.sheet.data_validations = DataValidationList(dataValidation=rules)

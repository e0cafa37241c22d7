"""The answer workbook (答复件) as a file: the department's own workbook, annotated, everything else of it locked."""

from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter, itemgetter
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.workbook.protection import WorkbookProtection
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.protection import SheetProtection
from sqlalchemy import RowMapping

from learning_city.errors import NeedsAPerson
from learning_city.model.explanations import ANSWER_KEYS
from learning_city.model.ledger import COLUMNS, HEADINGS_ROW, HIDDEN_SHEET
from learning_city.review import answer_list
from learning_city.review import answer_looks as looks
from learning_city.review.answer_facts import Return, Slot
from learning_city.review.answer_form import Table, annotate, mark

A4 = 9
_KEYS_FROM = HEADINGS_ROW - len(ANSWER_KEYS)
"""Row of the first of the answer's own keys, which end right above the headings."""
_HINT = "只有着色的问题格、其“缺数类型”和黄底的说明格可以修改；鼠标停在着色格上可看批注。"
_SAID = (("missing_cell", "missing_type"), ("reason_cell", "reason"), ("evidence_cell", "evidence"))


class AnswerBook:
    """One workbook on its way back. ``slots``: the cells that are unlocked in it."""

    def __init__(self, original: Path, facts: Return) -> None:
        """Open the archived original; raises NeedsAPerson where it is no workbook of the format that can be annotated."""
        self._book, self._facts = _opened(original, str(facts.one["file_name"])), facts
        self._sheets = {sheet.title: sheet for sheet in self._book.worksheets}
        self._tables: dict[str, Table] = {}
        self.slots = list(facts.signoff)
        _lock(self._book)
        for name, items in groupby(facts.items, key=itemgetter("sheet")):
            if name in self._sheets:
                self._annotate(self._sheets[name], list(items))
        self._open_signoff()

    def _open_signoff(self) -> None:
        facts = self._facts
        for slot in facts.signoff:
            if slot.sheet in self._sheets:
                self._sheets[slot.sheet][slot.cell].protection = looks.OPEN
        signed = [p for p in facts.problems if any((p.sheet, p.cell) == (s.sheet, s.cell) for s in facts.signoff)]
        for name, problems in groupby(signed, key=attrgetter("sheet")):
            if name in self._sheets:
                mark(self._sheets[name], list(problems))

    def _annotate(self, sheet: Any, items: Sequence[RowMapping]) -> None:
        for item in items:
            _pour(sheet, item, is_other=self._facts.one["is_answer"])
        problems = [p for p in self._facts.problems if p.sheet == sheet.title and p.item is not None]
        if problems:
            self._tables[sheet.title] = Table.of(sheet, items)
            self.slots += annotate(self._tables[sheet.title], items, problems)

    def save(self, path: Path, facts: Return) -> None:
        """Write it under the number it was given."""
        for table in self._tables.values():
            _write_return(table, facts)
        answer_list.write(self._book, facts, self._tables)
        _write_hidden(self._book[HIDDEN_SHEET], facts, self.slots)
        for sheet in self._book.worksheets:
            if sheet.title != HIDDEN_SHEET:
                _set_page(sheet, facts)
        self._book.security = WorkbookProtection(lockStructure=True)
        self._book.active = 0
        for sheet in self._book.worksheets:
            sheet.sheet_view.tabSelected = sheet.title == answer_list.NAME
        self._book.save(path)


def _opened(original: Path, name: str) -> Any:
    try:
        with original.open("rb") as file:
            book = load_workbook(file, keep_links=False)
        book[HIDDEN_SHEET]
    except Exception as problem:
        raise NeedsAPerson(
            f"“{name}”不是可以批注的 .xlsx 工作簿，请填报单位用下发的工作簿重新报送，或另存为 .xlsx。"
            f" {name} cannot be annotated ({type(problem).__name__}): deliver it as .xlsx."
        ) from problem
    return book


def _lock(book: Any) -> None:
    """Lock every cell of every sheet, without a password; links out of the workbook are taken away."""
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if not cell.protection.locked:
                    cell.protection = looks.LOCKED
                if cell.hyperlink is not None and cell.hyperlink.target:
                    cell.hyperlink = None
        sheet.protection = SheetProtection(sheet=True, formatColumns=False, formatRows=False)


def _pour(sheet: Any, item: RowMapping, *, is_other: bool) -> None:
    """Put what counts into an item's cells where the file says something else, or says it by a formula."""
    if is_other or sheet[item["cell"]].data_type == "f":
        cell, is_number = sheet[item["cell"]], item["value"] is not None and not item["repaired"] and item["text"]
        cell.value = None
        if is_number:
            cell.value = item["value"]
        elif item["text"] and not item["text"].startswith("=…"):
            looks.text(cell, item["text"])
    for place, name in _SAID:
        cell = sheet[item[place]] if item[place] else None
        if cell is not None and (is_other or cell.data_type == "f"):
            cell.value = None
            if item[name]:
                looks.text(cell, item[name])


def _write_return(table: Table, facts: Return) -> None:
    """Above the columns to answer in: that and when it was returned, how much is wrong, until when, and the way back."""
    sheet, row = table.sheet, max(table.head - 6, 1)
    lines = (
        ("← 审核问题清单", looks.font(size=9, colour=looks.LINK, underline=True)),
        (f"已退回　{answer_list.day(facts.today)}", looks.font(looks.HEI, 12, "C2410C")),
        (answer_list.counted(facts.counts(sheet.title)), looks.font(looks.HEI)),
        (f"请于 {answer_list.day(facts.due)} 前改正后重新签字、盖章、报出", looks.font(size=9)),
        (_HINT, looks.font(size=9, colour=looks.SOFT)),
    )
    for number, (said, font) in enumerate(lines):
        cell = sheet.cell(row + number, table.free)
        looks.text(cell, said)
        looks.dress(cell, font=font, alignment=looks.placed(wrap=False))
    if isinstance(sheet.cell(row, 1).value, str):
        looks.text(sheet.cell(row, 1), f"{sheet.cell(row, 1).value}　答复件")
    link = Hyperlink(ref=sheet.cell(row, table.free).coordinate, location=f"'{answer_list.NAME}'!A1")
    sheet.cell(row, table.free).hyperlink = link
    printed = sheet.print_area or f"A1:{sheet.cell(table.last, table.free).coordinate}"
    last_row = printed.rpartition("$")[2]
    sheet.print_area = f"A1:{sheet.cell(1, table.column('explanation_until')).column_letter}{last_row}"


def _write_hidden(sheet: Any, facts: Return, slots: Sequence[Slot]) -> None:
    """Say which answer it is, and append a row for each cell to answer in; what was issued keeps its cells."""
    for row, (name, value) in enumerate(zip(ANSWER_KEYS, (facts.answer_id, facts.nth), strict=True), start=_KEYS_FROM):
        looks.text(sheet.cell(row, 1), name)
        looks.text(sheet.cell(row, 2), str(value))
    measures = {(item["form"], item["definition"], item["place"], item["period"]): item for item in facts.items}
    last = max(row for row in range(HEADINGS_ROW, sheet.max_row + 1) if sheet.cell(row, 2).value is not None)
    told = [slot for slot in slots if slot.role.startswith("explanation")]
    for row, slot in enumerate(told, start=last + 1):
        item = measures[str(slot.form), str(slot.definition), str(slot.place), str(slot.period)]
        said = {**{name: getattr(slot, name) or "" for name in Slot.__slots__}, "measure": item["measure"]}
        for column, name in enumerate(COLUMNS[: COLUMNS.index("period") + 1], start=1):
            looks.text(sheet.cell(row, column), str(said[name]))


def _set_page(sheet: Any, facts: Return) -> None:
    """A4 landscape, one page wide; which answer it is at the foot."""
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", A4
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = sheet.page_setup.fitToHeight if sheet.title != answer_list.NAME else 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    if sheet.title == answer_list.NAME:
        whose = f"{facts.one['department_zh']} · {facts.one['round_zh']}"[:60].replace("&", "&&")
        sheet.oddFooter.left.text, sheet.oddFooter.center.text = whose, "第 &P 页 共 &N 页"
        sheet.page_margins.left = sheet.page_margins.right = 0.45
        sheet.page_margins.footer, sheet.page_margins.bottom = 0.3, 0.65
        sheet.print_options.horizontalCentered = True
        sheet.protection = SheetProtection(sheet=True, formatColumns=False, formatRows=False)
    sheet.oddFooter.right.text = f"答复件 第{facts.nth}次"

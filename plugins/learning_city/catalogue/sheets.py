"""Read the office's own Excel into an Edition; every fault with sheet and cell, all in one pass."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from learning_city.catalogue import headings
from learning_city.catalogue.check import check
from learning_city.catalogue.columns import TABLES
from learning_city.catalogue.draft import UNREAD, Draft
from learning_city.catalogue.faults import Fault, Refused, Workbook
from learning_city.catalogue.read import typed
from learning_city.model.edition import Edition
from learning_city.model.ledger import UNCALCULATED

ERRORS = frozenset({"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"})
IGNORED = "_"
"""A sheet whose name begins so is the office's own business."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A worksheet as texts: ``rows[0]`` is its first row."""

    name: str
    rows: Sequence[Sequence[str]]


def read_sheets(sheets: Sequence[Sheet]) -> Edition:
    """The edition a workbook describes.

    Raises CatalogueRefused naming every fault (sheet, cell, what to do); nothing is half read.
    """
    draft, layout = Draft(tables={name: [] for name in TABLES}), _Names({}, {}, {})
    if day := _as_of(sheets):
        fault = _whole(
            f"这份文件只有 {day} 有效的行，不是完整目录，不能导入；请导出完整目录再改。",
            f"this file holds only what was in force on {day}; export the whole catalogue and edit that.",
        )
        raise Refused([fault], Workbook())
    known = {called: table for table, name in headings.SHEETS.items() for called in (name, table)}
    for sheet in sheets:
        name = sheet.name.strip()
        if name in known and known[name] not in layout.sheets:
            layout.sheets[known[name]] = sheet.name
            _read(known[name], sheet, draft, layout)
        elif name != headings.CONTENTS and not name.startswith(IGNORED):
            draft.faults.append(_stray(sheet.name))
    for table in TABLES:
        if table not in layout.sheets:
            draft.lost.add(table)
            draft.faults.append(_absent(table))
    faults = draft.faults + check(draft)
    if faults:
        raise Refused(faults, Workbook(sheets=layout.sheets, letters=layout.letters, headings=layout.headings))
    return draft.edition()


@dataclass(frozen=True, slots=True)
class _Names:
    """What the file calls things; grows while it is read."""

    sheets: dict[str, str]
    letters: dict[tuple[str, str], str]
    headings: dict[tuple[str, str], str]


def refuse(zh: str, en: str) -> Refused:
    """The refusal of a whole file: it is no workbook, or could not be opened."""
    return Refused([_whole(zh, en)], Workbook())


def letter(index: int) -> str:
    """The letters of a column: 0 is A, 26 is AA."""
    said = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        said = chr(65 + rest) + said
    return said


def _as_of(sheets: Sequence[Sheet]) -> str:
    for sheet in sheets:
        if sheet.name.strip() == headings.CONTENTS:
            for row in sheet.rows:
                if len(row) > 1 and row[0].startswith(headings.AS_OF) and row[1].strip():
                    return row[1].strip()[:10]
    return ""


def _whole(zh: str, en: str) -> Fault:
    return Fault(table="", zh=zh, en=en)


def _stray(name: str) -> Fault:
    zh = "目录里没有这个工作表，请删去；自己用的工作表请在名称前加 _。"
    return Fault(table=name, zh=zh, en="no sheet of the catalogue; delete it, or begin its name with _.")


def _absent(table: str) -> Fault:
    zh = f"缺少工作表“{headings.SHEETS[table]}”，请补上，哪怕只有表头一行。"
    return Fault(table=table, zh=zh, en=f"the sheet {headings.SHEETS[table]} is missing; add it, even if empty.")


def _read(table: str, sheet: Sheet, draft: Draft, layout: _Names) -> None:
    first = [text.strip() for text in sheet.rows[0]] if sheet.rows else []
    called = headings.columns(table)
    order: dict[int, str] = {}
    for index, heading in enumerate(first):
        column = called.get(heading)
        if column is not None and column not in order.values():
            order[index] = column
            layout.letters[table, column], layout.headings[table, column] = letter(index), heading
    draft.faults.extend(_heading_faults(table, sheet, first, order, layout))
    if not set(TABLES[table].key) <= set(order.values()):
        draft.lost.add(table)
    if order:
        for number, cells in enumerate(sheet.rows[1:], start=2):
            if any(text.strip() for text in cells):
                _row(table, number, {column: cells[i] for i, column in order.items() if i < len(cells)}, order, draft)


def _row(table: str, number: int, said: dict[str, str], order: dict[int, str], draft: Draft) -> None:
    broken = {column: text for column, text in said.items() if text in ERRORS or text == UNCALCULATED}
    for column, text in broken.items():
        zh = (
            "公式没有结果，请在 Excel 中打开并保存，或直接填数。"
            if text == UNCALCULATED
            else f"公式出错（{text}），请改正。"
        )
        en = "a formula without a result; open and save it in Excel, or type the value."
        draft.faults.append(
            Fault(table=table, row=number, column=column, zh=zh, en=en if text == UNCALCULATED else text)
        )
    whole = dict.fromkeys(order.values(), "") | said
    row = typed(number, {column: text for column, text in whole.items() if column not in broken}, table, draft.faults)
    draft.tables[table].append(row | dict.fromkeys(broken, UNREAD))


def _heading_faults(
    table: str, sheet: Sheet, first: list[str], order: dict[int, str], layout: _Names
) -> Iterator[Fault]:
    if not order:
        zh = "第 1 行不是表头，请把表头放在第 1 行，不要加标题行。"
        yield Fault(table=table, row=1, zh=zh, en="row 1 holds no heading of ours; put the headings into row 1.")
        return
    called = headings.columns(table)
    width = max((len(row) for row in sheet.rows), default=0)
    for index in range(width):
        if index in order:
            continue
        heading = first[index] if index < len(first) else ""
        filled = any(index < len(row) and row[index].strip() for row in sheet.rows)
        if filled:
            layout.letters[table, f"{heading} {letter(index)}"] = letter(index)
            layout.headings[table, f"{heading} {letter(index)}"] = heading
            twice = called.get(heading) in order.values()
            zh = "表头重复，请只留一列。" if twice else "没有这样的表头，请删去这一列或改名。"
            en = "stands twice; keep one column." if twice else "unknown heading; remove or rename it."
            yield Fault(table=table, row=1, column=f"{heading} {letter(index)}", zh=zh, en=en)
    for column in TABLES[table].columns:
        if column not in order.values():
            zh = f"缺少表头“{headings.heading(table, column)}”，请补上这一列。"
            yield Fault(
                table=table, row=1, column=column, zh=zh, en=f"the heading {column} is missing; add the column."
            )

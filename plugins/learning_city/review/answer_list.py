"""审核问题清单: the first sheet of an answer workbook, one line a finding, each a link to its cell and its state."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.worksheet.hyperlink import Hyperlink

from learning_city.review import answer_looks as looks
from learning_city.review.answer_facts import Problem, Return
from learning_city.review.answer_form import Table

NAME = "审核问题清单"
BANNER = "样例数据 SAMPLE DATA · 数字均为虚构，仅供演示"
_COLUMNS = {
    "序号": 5.5, "等级": 11, "位置": 13, "指标（数据项）": 25, "代码": 9, "填报数": 13, "应为／参考": 20, "问题": 44, "建议": 34,
    "核对状态": 10,
}  # fmt: skip
"""Headings and widths in digits of the default font."""
_HEAD = 4
_WAS, _WAS_MARK = 11, 12
"""Hidden columns: figure and missing type as they were reported, which the state is compared with."""
_NOTES = (
    "等级：■ 须改——不改不能通过；▲ 须说明——可能是对的，讲清原因即可，不必改数；● 提示——供参考。颜色之外都有符号和文字，黑白打印同样可辨。",
    "只有着色的问题格、其“缺数类型”、右侧黄底的说明格和“签署”可以修改，其余已锁定；改动了未开放的格，不予采用并会告知。"
    "确需改动其他格的，请用原下发的工作簿整份重报。",
    "改动任何一个数，原签字、盖章即失效：请重新打印、签字、盖章，连同扫描件和佐证材料一并报送。对问题有不同意见，写在“更正说明”，由数据办公室裁定并留下记录。",
)


def write(book: Any, facts: Return, tables: Mapping[str, Table]) -> None:
    """Put the list before all other sheets. ``tables``: where the forms' tables stand, by sheet."""
    if NAME in book.sheetnames:
        del book[NAME]
    sheet = book.create_sheet(NAME, 0)
    _write_head(sheet, facts)
    for problem in facts.problems:
        _write_line(sheet, problem, tables)
    last = _HEAD + len(facts.problems)
    for column in range(1, len(_COLUMNS) + 1):
        sheet.cell(last, column).border = looks.ruled(bottom=True)
    foot = last + 2
    for row, note in enumerate(_NOTES, start=foot):
        looks.text(sheet.cell(row, 1), note)
        sheet.cell(row, 1).font = looks.font(size=9, colour=looks.SOFT)
        sheet.cell(row, 1).alignment = looks.placed()
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=len(_COLUMNS))
        sheet.row_dimensions[row].height = looks.height((note, sum(_COLUMNS.values()), 9))
    sheet.print_area = f"A1:J{foot + len(_NOTES) - 1}"
    sheet.print_title_rows = f"{_HEAD}:{_HEAD}"
    sheet.freeze_panes = f"A{_HEAD + 1}"
    sheet.sheet_view.showGridLines = False
    for letter in "KL":
        sheet.column_dimensions[letter].hidden = True


def day(when: date) -> str:
    """A day as an office writes it."""
    return f"{when.year}年{when.month}月{when.day}日"


def counted(counts: Mapping[str, int]) -> str:
    """Findings by severity in one line."""
    return "　".join(f"{looks.SIGNS[severity]} {number}" for severity, number in counts.items())


def _write_head(sheet: Any, facts: Return) -> None:
    counts, one = facts.counts(), facts.one
    lines = {
        "A1": ("审 核 问 题 清 单", "A1:J1", looks.font(looks.HEI, 18), "center"),
        "A2": (f"填报单位：{one['department_zh']} · {one['place_zh']}", "A2:E2", looks.font(looks.HEI), "left"),
        "F2": (f"{one['round_zh']}（数据期 {one['period']}）　答复件第 {facts.nth} 次", "F2:H2", looks.font(), "center"),
        "I2": (f"退回：{day(facts.today)}　限期：{day(facts.due)}", "I2:J2", looks.font(looks.HEI, colour="C2410C"), "right"),
        "A3": (f"共 {sum(counts.values())} 个问题：{counted(counts)}。点“位置”直接到达该格；“须改”全部处理、"
               "“须说明”全部写明后即可重新报出。", "A3:H3", looks.font(), "left"),
    }  # fmt: skip
    if facts.is_demo:
        lines["I3"] = (BANNER, "I3:J3", looks.font(looks.HEI, 9, "C2410C"), "right")
    for address, (said, merged, font, side) in lines.items():
        looks.text(sheet[address], said)
        looks.dress(sheet[address], font=font, alignment=looks.placed(side, wrap=False))
        sheet.merge_cells(merged)
    for row, tall in ((1, 36.0), (2, 20.0), (3, 20.0), (_HEAD, 24.0)):
        sheet.row_dimensions[row].height = tall
    for number, (heading, width) in enumerate(_COLUMNS.items(), start=1):
        cell = sheet.cell(_HEAD, number)
        sheet.column_dimensions[cell.column_letter].width = width
        looks.text(cell, heading)
        looks.dress(cell, font=looks.font(looks.HEI), fill=looks.fill(looks.HEAD), border=looks.ruled(top=True))
        cell.alignment = looks.placed("center")


def _write_line(sheet: Any, problem: Problem, tables: Mapping[str, Table]) -> None:
    row, table = _HEAD + problem.number, tables.get(problem.sheet)
    at = coordinate_to_tuple(problem.item["cell"])[0] if problem.item is not None else 0
    said, widths = _words(problem, table, at), list(_COLUMNS.values())
    for column, words in enumerate(said, start=1):
        cell = sheet.cell(row, column)
        looks.text(cell, words)
        looks.dress(cell, font=looks.font(), border=looks.ruled(), alignment=looks.placed(indent=1))
    looks.dress(sheet.cell(row, 1), value=problem.number, alignment=looks.placed("center"))
    ink, paper = looks.COLOURS[problem.severity]
    looks.dress(sheet.cell(row, 2), font=looks.font(looks.HEI, colour=ink), fill=looks.fill(paper))
    for column in (2, 5):
        sheet.cell(row, column).alignment = looks.placed("center")
    if problem.cell and problem.sheet in sheet.parent.sheetnames:
        link = f"{_quoted(problem.sheet)}!{problem.cell}"
        sheet.cell(row, 3).hyperlink = Hyperlink(ref=f"C{row}", location=link, display=said[2])
        sheet.cell(row, 3).font = looks.font(colour=looks.LINK, underline=True)
    _write_found(sheet, row, problem)
    _write_state(sheet, row, problem, table, at)
    sheet.row_dimensions[row].height = looks.height(
        *((words, widths[number], 10) for number, words in enumerate(said) if words)
    )


def _words(problem: Problem, table: Table | None, at: int) -> tuple[str, ...]:
    """What a line says, from 序号 to 建议; the number and what was reported come apart."""
    sign, where = looks.SIGNS[problem.severity], f"{problem.sheet}!{problem.cell}" if problem.cell else "整件"
    label = table.said("指标", at) if table and at else (problem.sheet or "整份工作簿")
    code = table.said("代码", at) if table and at else "—"
    return "", sign, where, label, code, "", problem.expected, problem.problem, problem.advice


def _write_found(sheet: Any, row: int, problem: Problem) -> None:
    """What was reported, as a number where it is the figure."""
    cell, item = sheet.cell(row, 6), problem.item
    looks.dress(cell, font=looks.font(looks.DIGITS), border=looks.ruled(), alignment=looks.placed("right", indent=1))
    if item is not None and problem.cell == item["cell"] and item["value"] is not None and not item["repaired"]:
        cell.value, cell.data_type = item["value"], "n"
        cell.number_format = "#,##0" + (f".{'0' * item['decimals']}" if item["decimals"] else "") + "_ "
    else:
        looks.text(cell, problem.found or "（空）")


def _write_state(sheet: Any, row: int, problem: Problem, table: Table | None, at: int) -> None:
    """核对状态: a formula that compares the cell, and looks whether something was said, or plain words."""
    cell = sheet.cell(row, len(_COLUMNS))
    looks.dress(cell, font=looks.font(), border=looks.ruled(), alignment=looks.placed("center"))
    if not (problem.is_answered and problem.cell and problem.sheet in sheet.parent.sheetnames):
        looks.text(cell, "待改正" if problem.is_answered else "不需处理")
        return
    name, book = _quoted(problem.sheet), sheet.parent
    beside = problem.item["missing_cell"] if problem.item is not None else ""
    for column, address in ((_WAS, problem.cell), (_WAS_MARK, beside)):
        if address:
            _copy(book[problem.sheet][address], sheet.cell(row, column))
    same = f"{name}!{problem.cell}=$K{row}" + (f",{name}!{beside}=$L{row}" if beside else "")
    if problem.severity == "ask" and table is not None and at:
        said = "".join(f',{name}!{table.sheet.cell(at, table.column(r)).coordinate}=""' for r in _SAID)
        cell.value = f'=IF(AND({same}{said}),"待说明","已说明")'
    else:
        cell.value = f'=IF(AND({same}),"待改正","已改正")'


def _copy(held: Any, to: Any) -> None:
    if held.data_type == "s":
        looks.text(to, str(held.value or ""))
    elif held.data_type != "f":
        to.value = held.value


_SAID = ("explanation_code", "explanation")


def _quoted(sheet: str) -> str:
    return "'" + sheet.replace("'", "''") + "'"

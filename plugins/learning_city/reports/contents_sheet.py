"""目录 and 附5: what the workbook holds, which build it is, what its symbols mean."""

from collections.abc import Sequence
from typing import Any

from learning_city.model.status import BANNER
from learning_city.reports.book_formats import Formats
from learning_city.reports.book_page import (
    CONTENTS,
    HEADINGS_AT,
    Book,
    Column,
    close_sheet,
    height,
    link,
    open_sheet,
    plain,
    set_page,
)
from learning_city.reports.figures import STATUS, write_signed

_WIDTHS = (9.7, 28.7, 40.7, 44.7)
_ONE_PAGE = 30
"""With fewer sheets than this the contents are printed on one page."""
LEGEND = (
    ("…", "数据不足本表最小单位"),
    ("—", "没有这一项，或不适用于本表"),
    ("暂缺", "应有这一项，本轮未取得；不以 0 或空格代替"),
    ("待评定", "定性指标，本轮尚无评定"),
    ("不适用", "该城市不存在这一项（状态 M）"),
    ("①②", "表下有注"),
    ("[样例]", "紧靠的斜体灰字为虚构数字，不得引用"),
)
COMPARABILITY = (
    ("✓ 可比", "green", "口径一致，或只换算单位"),
    ("◐ 调整后可比", "blue", "经换算、合并、拆分等可说明的步骤后可比"),
    ("✕ 不可比", "red", "口径不同且无法换算；不排位、不作图"),
)
_SEVERITY = (
    ("■ 须改", "red", "不改不能通过"),
    ("▲ 须说明", "amber", "可能是对的，但要讲清原因"),
    ("● 提示", "blue", "供参考，不影响通过"),
)
PROVENANCE = (
    ("A", "文件原文"),
    ("B", "由文件推知"),
    ("C", "候选"),
)
STATUS_MEANING = {
    "P 初步": "初步数，以后可能修订",
    "E 估计": "根据抽样或推算估计",
    "I 推算": "以规则补出的数",
    "F 预测": "预测，不是实绩",
    "D 口径异": "口径与指标要求不同，见注",
    "B 断点": "与以前年份不连续",
    "W 含他项": "包含另一项的数",
    "K 并入": "已计在另一项里",
    "M 不适用": "不存在这一项",
    "N 微小": "小到没有意义",
    "Q 不公布": "依法不公布",
    "L 暂缺": "存在而未取得",
    "O 缺失": "没有报来",
}


def write_contents(book: Book, listed: Sequence[tuple[str, str, str]]) -> None:
    """Add 目录 as the first sheet; ``listed`` are (sheet, title, what it holds)."""
    sheet, formats, tables = book.workbook.add_worksheet(CONTENTS), book.formats, book.tables
    set_page(sheet, tables, CONTENTS, pages=1 if len(listed) < _ONE_PAGE else 0)
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    if tables.is_demo:
        sheet.merge_range("A1:D1", BANNER, formats["banner"])
    for at, said, look, tall in (
        (1, tables.framework_zh, "book", 44),
        (2, f"数据期 {tables.period} · Learning City Monitor", "subtitle", 20),
        (3, _which(book), "subtitle", 20),
    ):
        sheet.set_row(at, tall)
        sheet.merge_range(at, 0, at, 3, "", formats[look])
        sheet.write_string(at, 0, plain(said), formats[look])
    at = _write_list(sheet, formats, listed, 5)
    sheet.set_row(at + 1, 22)
    sheet.write_string(at + 1, 0, "符号与标记", formats["chapter"])
    sheet.write_string(at + 2, 0, "符号", formats["head"])
    sheet.merge_range(at + 2, 1, at + 2, 3, "意义", formats["head"])
    for row, (sign, meaning) in enumerate(LEGEND, start=at + 3):
        sheet.set_row(row, 17)
        sheet.write_string(row, 0, sign, formats["strong"])
        sheet.merge_range(row, 1, row, 3, meaning, formats["text"])
    notes = ("完整的符号、状态码与说明见附5。", f"裁定链头：{tables.chain}")
    close_sheet(sheet, formats, at + len(LEGEND) + 4, 3, notes)


def write_symbols(book: Book, name: str) -> None:
    """Add 附5: every sign of the workbook, and the note on the framework."""
    columns = (Column("标记", 18.7), Column("类别", 14.7), Column("意义", 90.7))
    sheet = open_sheet(book, name, "附5　符号与说明", "Symbols and notes", columns)
    formats = book.formats
    rows: list[tuple[str, str, str, str]] = [(sign, "strong", "符号", said) for sign, said in LEGEND]
    rows += [(*signed, "状态", STATUS_MEANING[signed[0]]) for signed in STATUS.values()]
    rows += [("无标记", "strong", "状态", "正常（交换码 A）；由本表其他数据计算的，状态也是 A")]
    rows += [(sign, look, "可比性", said) for sign, look, said in COMPARABILITY]
    rows += [(sign, look, "审核程度", said) for sign, look, said in _SEVERITY]
    rows += [(sign, "strong", "条目来历", said) for sign, said in PROVENANCE]
    at = HEADINGS_AT
    for turn, (sign, look, group, said) in enumerate(rows, start=1):
        at, closing = HEADINGS_AT + turn, "!" if turn == len(rows) else ""
        write_signed(sheet, formats, (at, 0), (sign, look), closing)
        sheet.write_string(at, 1, group, formats["middle" + closing])
        sheet.write_string(at, 2, said, formats["text" + closing])
    notes = [f"指标框架：{book.tables.framework_note}", f"本工作簿：{_which(book)}"]
    notes.append(f"裁定链头：{book.tables.chain}。用 lcm audit verify --head 可核对此前的裁定有没有被改过。")
    close_sheet(sheet, formats, at + 2, 2, notes)


def _which(book: Book) -> str:
    tables = book.tables
    return f"版本 {tables.build} · 数据截至 {tables.as_of} · 目录版次 {tables.edition} · 程序 {tables.code_version}"


def _write_list(
    sheet: Any,
    formats: Formats,
    listed: Sequence[tuple[str, str, str]],
    at: int,
) -> int:
    for column, heading in enumerate(("序号", "工作表", "表题", "内容")):
        sheet.write_string(at, column, heading, formats["head"])
    for turn, (name, title, holds) in enumerate(listed, start=1):
        closing = "!" if turn == len(listed) else ""
        sheet.set_row(at + turn, height([(plain(title), _WIDTHS[2])], least=20.25))
        sheet.write_number(at + turn, 0, turn, formats["number_of" + closing])
        link(sheet, formats, (at + turn, 1), name, name, "text_link" + closing)
        sheet.write_string(at + turn, 2, plain(title), formats["text" + closing])
        sheet.write_string(at + turn, 3, plain(holds), formats["text" + closing])
    return at + len(listed) + 1

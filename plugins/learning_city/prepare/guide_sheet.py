"""The first sheet of a ledger: what to do, what the marks mean, by when, and links to every sheet."""

from collections.abc import Sequence
from typing import Any

from learning_city.model.ledger import Ledger
from learning_city.prepare import slots
from learning_city.prepare.ledger_formats import Formats
from learning_city.prepare.ledger_layout import CHECK_SHEET, GUIDE_SHEET, SIGNOFF_SHEET, FormLayout
from learning_city.prepare.ledger_page import (
    banner,
    data_period,
    day_words,
    lines,
    link,
    plain,
    set_page,
)

_WIDTHS = (14.7, 48.7, 52.7)
_Table = tuple[str, tuple[str, str, str], Sequence[tuple[str, str, str]]]

_STEPS: _Table = (
    "一、六步填完",
    ("步骤", "做什么", "注意"),
    (
        (
            "1 填数",
            "在黄底格填“本年数”（季报为“本期数”），按丁栏的计量单位，只填数字",
            "60.38% 填 60.38；写成“1.2万”会被读作 12000 并留下痕迹",
        ),
        (
            "2 缺数",
            "没有数时选“缺数类型”，不要留空、不要写“无”",
            "空格不代表任何意思，一律算“待填”",
        ),
        (
            "3 说明",
            "暂缺、并入、变动超过30%，须写“说明”",
            "写清原因和时间，例如“7月底出数，8月15日前补报”",
        ),
        (
            "4 佐证",
            "把佐证材料放在本工作簿旁边，文件名填入“佐证材料”",
            "多个文件名用“;”隔开；以代码开头命名，如“E212-名录.xlsx”",
        ),
        (
            "5 核对",
            "看每表最右“核对”列，再看“核对”表，直到出现“可以报出 ✓”",
            "这里只是初步核对；数据办公室还会与年鉴和其他部门对数",
        ),
        (
            "6 报出",
            "到“签署”表填齐六栏，打印盖章，扫描后一并报送",
            "纸面上的校验码须与文件一致；改动任何一个数，原盖章即失效",
        ),
    ),
)
_MISSING: _Table = (
    "二、缺数类型",
    ("类型", "什么时候用", "例"),
    (
        ("不适用", "本地、本单位没有这项业务", "没有乡镇的中心城区填“乡镇成人学校”"),
        ("暂缺", "有这项业务，但现在取不到数；须写原因和预计时间", "系统尚未上线，预计下年起有数"),
        ("零", "有这项业务，今年真实为 0", "当年未组织认定，当年新认定为零"),
        ("并入", "已计在另一项里；须写并入哪一项的代码", "并入农业部门报表 N107"),
    ),
)
_SYMBOLS: _Table = (
    "三、符号与标记",
    ("标记", "意思", "怎么办"),
    (
        ("—", "该项不要求，或没有这个数", "不必理会"),
        ("#", "其中的主要项，分项之和可小于合计", "分项不得大于合计"),
        ("■ 须改", "退回时：不改不能通过", "改数，或改缺数类型；改后重新签字盖章"),
        ("▲ 须说明", "退回时：可能是对的，但要讲清原因", "写明原因，可以不改数"),
        ("● 提示", "退回时：供参考，不影响通过", "看一眼即可"),
    ),
)
_SIGN_LOOKS = {"■": "block", "▲": "ask", "●": "tip"}


def write(workbook: Any, formats: Formats, ledger: Ledger, layouts: Sequence[FormLayout]) -> None:
    """Add the sheet as the first one of the workbook."""
    sheet = workbook.add_worksheet(GUIDE_SHEET)
    set_page(sheet, ledger, GUIDE_SHEET, pages=1)
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    banner(sheet, formats, ledger, "A1:C1")
    sheet.set_row(1, 34)
    sheet.merge_range("A2:C2", "填 报 说 明", formats["title"])
    _write_whose(sheet, formats, ledger)
    sheet.set_row(5, 6)
    at = _write_contents(sheet, formats, layouts, 6)
    for table in (_STEPS, _MISSING, _SYMBOLS):
        at = _write_table(sheet, formats, table, at + 1)
    sheet.print_area(0, 0, at, 2)


def _write_whose(sheet: Any, formats: Formats, ledger: Ledger) -> None:
    identity = ledger.identity
    whose = (
        f"{ledger.department_name} · {ledger.place_name}（{identity.place}） · "
        f"{ledger.round_name} · {data_period(ledger, ledger.forms)}"
    )
    deadline = f"报送截止：{day_words(identity.due)}"
    for at, said, look in ((2, whose, "subtitle"), (3, deadline, "deadline"), (4, slots.text("spared"), "spared")):
        sheet.set_row(at, 18)
        sheet.merge_range(at, 0, at, 2, "", formats[look])
        sheet.write_string(at, 0, plain(said), formats[look])


def _write_contents(
    sheet: Any,
    formats: Formats,
    layouts: Sequence[FormLayout],
    at: int,
) -> int:
    sheet.set_row(at, 18)
    for column, heading in enumerate(("目录", "工作表", "表题")):
        sheet.write_string(at, column, heading, formats["head"])
    listed = [(layout.form.sheet, f"{layout.form.name_zh}（{len(layout.rows)} 项）") for layout in layouts]
    listed.append((CHECK_SHEET, "能不能报出：各表待填、有错、缺佐证，签署是否齐全"))
    listed.append((SIGNOFF_SHEET, "签字、盖章、校验码"))
    for turn, (name, title) in enumerate(listed, start=1):
        sheet.set_row(at + turn, 20.25)
        sheet.write_number(at + turn, 0, turn, formats["step"])
        link(sheet, formats, f"B{at + turn + 1}", name, name, "said_link")
        sheet.write_string(at + turn, 2, plain(title), formats["said"])
    return at + len(listed) + 1


def _write_table(sheet: Any, formats: Formats, table: _Table, at: int) -> int:
    chapter, headings, rows = table
    sheet.set_row(at, 24)
    sheet.write_string(at, 0, chapter, formats["chapter"])
    sheet.set_row(at + 1, 18)
    for column, heading in enumerate(headings):
        sheet.write_string(at + 1, column, heading, formats["head"])
    for number, row in enumerate(rows, start=at + 2):
        most = max(lines(said, round(width * 7 - 10)) for said, width in zip(row, _WIDTHS, strict=True))
        sheet.set_row(number, 20.25 if most == 1 else 13 * most + 6)
        sheet.write_string(number, 0, row[0], formats[_SIGN_LOOKS.get(row[0][0], "step")])
        for column in (1, 2):
            sheet.write_string(number, column, row[column], formats["said"])
    return at + 2 + len(rows)

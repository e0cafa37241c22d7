"""The sheet where a ledger is signed: who answers for it, the 校验码, the place for the seal."""

from collections.abc import Sequence
from typing import Any

from xlsxwriter.utility import xl_cell_to_rowcol

from learning_city.model.checkcode import PRIME
from learning_city.model.ledger import Ledger
from learning_city.prepare import slots
from learning_city.prepare.ledger_formats import Formats
from learning_city.prepare.ledger_layout import (
    FIRST_ROW,
    GUIDE_SHEET,
    SIGNOFF_CELLS,
    SIGNOFF_SHEET,
    TERM,
    FormLayout,
)
from learning_city.prepare.ledger_page import (
    banner,
    data_period,
    day_words,
    link,
    plain,
    quoted,
    set_page,
)

_FIELDS = {
    "head": "单位负责人：",
    "statistician": "统计负责人：",
    "filler": "填表人：",
    "phone": "联系电话：",
    "date": "报出日期：",
    "seal": "盖章扫描件文件名：",
    "code": "校验码：",
}
_NOTES = (
    "校验码由本工作簿全部本年数和缺数类型算出：改动任何一个数、一个缺数类型，或两格互换，校验码都会变。",
    "打印盖章的纸面上必须印有本校验码；纸面与文件的校验码不一致的，签字盖章无效，须重新打印、签字、盖章。",
    "盖章后扫描，扫描件与本工作簿放入同一文件夹，在上面填写扫描件的文件名。",
    "单位负责人、统计负责人、填表人对所填数据的真实性负责；报出日期不得晚于实际报出之日。",
)


def write(
    workbook: Any,
    formats: Formats,
    ledger: Ledger,
    layouts: Sequence[FormLayout],
) -> None:
    """Add the sheet, its fields left open."""
    sheet = workbook.add_worksheet(SIGNOFF_SHEET)
    set_page(sheet, ledger, SIGNOFF_SHEET, pages=1)
    for column, width in enumerate((6, 22, 34, 6, 40, 6)):
        sheet.set_column(column, column, width)
    link(sheet, formats, "A1", GUIDE_SHEET, "← 填报说明")
    banner(sheet, formats, ledger, "C1:F1")
    sheet.set_row(1, 36)
    sheet.merge_range("A2:F2", "签 署", formats["title"])
    _write_whose(sheet, formats, ledger)
    _write_fields(sheet, formats)
    sheet.write_formula(SIGNOFF_CELLS["code"], _code(layouts), formats["code"], slots.number("code"))
    sheet.merge_range("E6:E13", "（单位公章）", formats["seal"])
    for at, note in enumerate(_NOTES, start=14):
        sheet.set_row(at, 18)
        sheet.write_string(at, 1, note, formats["foot"])
    sheet.print_area(0, 0, 14 + len(_NOTES), 5)


def _write_whose(sheet: Any, formats: Formats, ledger: Ledger) -> None:
    identity = ledger.identity
    whose = f"{ledger.department_name} · {ledger.place_name}（{identity.place}）"
    when = f"{ledger.round_name} · {data_period(ledger, ledger.forms)}"
    for at, said in ((2, whose), (3, f"{when} · 报送截止 {day_words(identity.due)}")):
        sheet.set_row(at, 20)
        sheet.merge_range(at, 0, at, 5, "", formats["subtitle"])
        sheet.write_string(at, 0, plain(said), formats["subtitle"])


def unfilled() -> dict[str, str]:
    """The slots of the sheet while nobody has signed."""
    fields = {f"sign_{field}": slots.EMPTY for field in SIGNOFF_CELLS if field != "code"}
    return fields | {"code": "0"}


def _write_fields(sheet: Any, formats: Formats) -> None:
    for field, cell in SIGNOFF_CELLS.items():
        at = int(cell[1:]) - 1
        sheet.set_row(at, 42 if field == "code" else 27)
        sheet.write_string(at, 1, _FIELDS[field], formats["field"])
        if field != "code":
            look = formats["sign_date" if field == "date" else "sign"]
            slots.leave_cell(sheet, xl_cell_to_rowcol(cell), f"sign_{field}", look)
    sheet.data_validation(SIGNOFF_CELLS["date"], _A_DAY)


def _code(layouts: Sequence[FormLayout]) -> str:
    sums = [
        f"SUM({quoted(layout.form.sheet)}!${TERM}${FIRST_ROW + 1}:${TERM}${layout.last})"
        for layout in layouts
        if layout.rows
    ]
    return f"=MOD({'+'.join(sums) or '0'},{PRIME})"


_A_DAY = {
    "validate": "custom",
    "value": f"=ISNUMBER({SIGNOFF_CELLS['date']})",
    "error_type": "warning",
    "error_title": "报出日期",
    "error_message": "请填日期，例如 2018-09-30。",
}

"""One form of a ledger on its sheet: its items row by row, each with its check."""

from collections.abc import Sequence
from typing import Any

from learning_city.model.checkcode import formula_term
from learning_city.model.ledger import Answer, Ledger, LedgerItem
from learning_city.prepare import form_head, form_rules, slots
from learning_city.prepare.ledger_formats import MAX_DECIMALS, MAX_INDENT, Formats
from learning_city.prepare.ledger_layout import (
    CHECK,
    CHECK_SHEET,
    EVIDENCE,
    MISSING,
    NEEDED,
    NOTE,
    PREVIOUS,
    REASON,
    TERM,
    VALUE,
    WIDTHS,
    YEARBOOK,
    FormLayout,
    ItemRow,
)
from learning_city.prepare.ledger_page import lines, link, plain, set_page
from learning_city.prepare.row_check import FREE, OPEN, Rule, as_text, formula

_NOTES = (
    "符号：“—”该项不要求或无此数；“#”其中的主要项，分项之和可小于合计；上年数为去年同期核定数，年鉴数供核对，二者都不必抄填。",
    "填表须知：填报单位应当真实、准确、完整、及时提供统计资料，不得虚报、瞒报、迟报、拒报。",
    "报送：本工作簿与佐证材料放入同一文件夹报出；文件名可改，工作表、行、列不要增删。",
)
_COMPANIONS = (MISSING, REASON, EVIDENCE)
_COLUMN_PX = [round(width * 7 + 5) for width in WIDTHS]
_TEXT_PX = sum(_COLUMN_PX[5:8])
"""Width of the merged cells of a text."""
_TEXT_POINTS, _MOST_POINTS = 200.0, 400.0
"""Height of a row that asks for a text: three hundred characters; and about the most a row may have."""
_PREFILLED = "已预填：{}，请核对，有出入请改并说明"
"""Stands behind the definition of a value that was known before anybody was asked."""


def write(
    workbook: Any,
    formats: Formats,
    ledger: Ledger,
    layout: FormLayout,
    asked: Sequence[tuple[Rule, ...]],
    number: int,
) -> None:
    """Add the sheet of the ``number``-th form (from 0), its figures and answers left open."""
    sheet = workbook.add_worksheet(layout.form.sheet)
    set_page(sheet, ledger, layout.form.form_no or layout.form.name_zh)
    form_head.write(sheet, formats, ledger, layout, number)
    for turn, (row, rules) in enumerate(zip(layout.rows, asked, strict=True), start=1):
        closing = "!" if row.number == layout.last else ""
        _write_asked(sheet, formats, row, turn, f"{number}!", closing)
        _leave_open(sheet, formats, row, f"{number}!", closing)
        _write_checks(sheet, formats, row, rules, f"{number}!", closing)
        sheet.set_row(row.number - 1, height(row.item, Answer()))
    _write_sections(sheet, formats, layout)
    _write_foot(sheet, formats, layout)
    form_rules.add(workbook, sheet, layout)


def unfilled(layouts: Sequence[FormLayout]) -> dict[str, str]:
    """The slots of all forms while nothing has been filled in."""
    slot: dict[str, str] = {}
    for number, layout in enumerate(layouts):
        verdicts = [OPEN if row.item.required else FREE for row in layout.rows]
        for row, verdict in zip(layout.rows, verdicts, strict=True):
            slot |= {f"{number}!{row.cell(column)}": slots.EMPTY for column in (row.value_column, *_COMPANIONS)}
            slot |= {f"{number}!{row.cell(CHECK)}": verdict, f"{number}!{row.cell(TERM)}": "0"}
            slot[f"{number}!{row.cell(NOTE)}"] = ""
        slot |= form_head.counts(number, layout, verdicts)
    return slot


def prefilled(item: LedgerItem) -> str:
    """What the definition of a pre-filled item says besides; empty for any other."""
    if item.prefill is None:
        return ""
    return ("；" if _definition(item) else "") + _PREFILLED.format(item.prefill_source or "已有核定数")


def height(item: LedgerItem, answer: Answer) -> float:
    """Points a row needs; merged and locked cells never grow by themselves."""
    said = [(item.label_zh, _COLUMN_PX[1], 10), (_definition(item) + prefilled(item), _COLUMN_PX[2], 9)]
    said += [(text, _COLUMN_PX[column], 9) for text, column in ((answer.reason, 9), (answer.evidence, 10))]
    if item.type != "number":
        said.append((as_text(answer.value), _TEXT_PX, 9))
    most = max(lines(text, width, points) for text, width, points in said if text)
    needed = 19.5 if most == 1 else 13 * most + 6
    return min(max(needed, _TEXT_POINTS if item.type == "text" else 0), _MOST_POINTS)


def _write_asked(sheet: Any, formats: Formats, row: ItemRow, turn: int, where: str, closing: str) -> None:
    item, at = row.item, row.number - 1
    some = item.parent and item.parts == "some"
    label = plain(f"# {item.label_zh}" if some else item.label_zh)
    sheet.write_number(at, 0, turn, formats["turn" + closing])
    sheet.write_string(at, 1, label, formats[f"label{min(item.indent, MAX_INDENT)}{closing}"])
    note = slots.text(f"{where}{row.cell(NOTE)}") if row.is_number else ""
    sheet.write_string(at, 2, plain(_definition(item)) + note, formats["definition" + closing])
    sheet.write_string(at, 3, plain(item.unit) if row.is_number else "—", formats["unit" + closing])
    sheet.write_string(at, 4, plain(item.code), formats["code_no" + closing])


def _leave_open(sheet: Any, formats: Formats, row: ItemRow, where: str, closing: str) -> None:
    digits = min(max(row.item.decimals, 0), MAX_DECIMALS)
    looks = {MISSING: "missing", REASON: "reason", EVIDENCE: "reason"}
    if row.is_number:
        looks |= {PREVIOUS: f"shown{digits}", YEARBOOK: f"shown{digits}", VALUE: f"value{digits}"}
    else:
        looks[row.value_column] = "value_text"
        sheet.merge_range(f"{row.value_cell}:{row.cell(VALUE)}", "", formats["value_text" + closing])
    for column, look in looks.items():
        at = (row.number - 1, ord(column) - ord("A"))
        slots.leave_cell(sheet, at, f"{where}{row.cell(column)}", formats[look + closing])


def _write_checks(
    sheet: Any,
    formats: Formats,
    row: ItemRow,
    rules: tuple[Rule, ...],
    where: str,
    closing: str,
) -> None:
    check, share = row.cell(CHECK), row.cell(TERM)
    said = slots.text(where + check)
    sheet.write_formula(check, formula(rules), formats["check" + closing], said)
    counted = formula_term(row.value_cell, row.cell(MISSING), row.position, is_number=row.is_number)
    sheet.write_formula(share, f"={counted}", formats["term"], slots.number(where + share))
    if row.item.evidence:
        sheet.write_string(row.cell(NEEDED), row.value_column, formats["term"])


def _write_sections(sheet: Any, formats: Formats, layout: FormLayout) -> None:
    group = formats["group"]
    for number, heading in layout.sections:
        sheet.set_row(number - 1, 18)
        sheet.write_string(number - 1, 0, plain(heading), group)
        for column in range(1, 12):
            sheet.write_blank(number - 1, column, None, group)


def _write_foot(sheet: Any, formats: Formats, layout: FormLayout) -> None:
    sheet.set_row(layout.last, 6)
    for at, note in enumerate(_NOTES, start=layout.last + 1):
        sheet.write_string(at, 0, note, formats["foot"])
    end = layout.last + 1 + len(_NOTES)
    link(sheet, formats, f"A{end + 1}", CHECK_SHEET, "填完后看“核对”，再到“签署”签字盖章 →")
    sheet.print_area(0, 0, end, 11)


def _definition(item: LedgerItem) -> str:
    said = (item.definition_text.rstrip("。；"), "须附佐证" if item.evidence else "")
    return "；".join(part for part in said if part)

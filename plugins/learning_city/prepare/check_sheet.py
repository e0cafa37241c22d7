"""The sheet 核对 of a ledger: every form's counts, the sign-off, and in one line whether it may be sent."""

from collections.abc import Sequence
from dataclasses import astuple
from typing import Any

from learning_city.model.ledger import Ledger, SignOff
from learning_city.prepare import ledger_tally, slots
from learning_city.prepare.ledger_formats import (
    AMBER,
    AMBER_FILL,
    GREEN,
    GREEN_FILL,
    PALE,
    RED,
    RED_FILL,
    Formats,
)
from learning_city.prepare.ledger_layout import (
    CHECK_SHEET,
    GUIDE_SHEET,
    SIGNOFF_CELLS,
    SIGNOFF_SHEET,
    FormLayout,
)
from learning_city.prepare.ledger_page import banner, data_period, lines, link, plain, set_page
from learning_city.prepare.ledger_tally import READY, Tally

_WIDTHS = (6, 24, 40, 9, 9, 9, 9, 11, 9, 24)
_HEADINGS = ("序号", "工作表", "表题", "项数", "通过", "待填", "有错", "选填未填", "缺佐证", "结论")
_COUNTS = "EFGHI"
"""Columns of the counts of a ``Tally``."""
_OVERALL = "A4"
_FIRST = 7
"""Row of the first form, from 0."""
_HINT = "本表由公式自动得出，不用填写；点工作表名可跳转。“缺佐证”指须附佐证、已填数而没有写文件名的项。"
_LOOKS = (
    ("✓", {"font_color": GREEN, "bg_color": GREEN_FILL}),
    ("■", {"font_color": RED, "bg_color": RED_FILL}),
    ("▲", {"font_color": AMBER, "bg_color": AMBER_FILL}),
    ("○", {"font_color": PALE, "bg_color": "#FFFFFF"}),
)


def results(tallies: Sequence[Tally], sign_off: SignOff) -> dict[str, str]:
    """The slots of the sheet: what its formulas give for these counts, form by form, and this sign-off."""
    whole, signed = ledger_tally.total(tallies), ledger_tally.signed(sign_off)
    filled = {f"check!{_OVERALL}": ledger_tally.overall(whole, signed)}
    for at, one in enumerate([*tallies, whole], start=_FIRST + 1):
        for column, count in zip(_COUNTS, astuple(one), strict=True):
            filled[f"check!{column}{at}"] = str(count)
        filled[f"check!J{at}"] = ledger_tally.conclusion(one)
    first = _signing(len(tallies)) + 1
    filled[f"check!C{first}"] = ledger_tally.signing(signed)
    filled[f"check!C{first + 1}"] = slots.escape(f"✓ {sign_off.seal}") if sign_off.seal else "○ 未填"
    return filled


def unfilled(layouts: Sequence[FormLayout]) -> dict[str, str]:
    """The slots of the sheet while nothing has been filled in."""
    return results([ledger_tally.untouched(layout) for layout in layouts], SignOff())


def write(workbook: Any, formats: Formats, ledger: Ledger, layouts: Sequence[FormLayout]) -> None:
    """Add the sheet, its results left open."""
    sheet = workbook.add_worksheet(CHECK_SHEET)
    set_page(sheet, ledger, CHECK_SHEET, pages=1)
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    link(sheet, formats, "A1", GUIDE_SHEET, "← 填报说明")
    banner(sheet, formats, ledger, "D1:J1")
    sheet.set_row(1, 34)
    sheet.merge_range("A2:J2", "核 对", formats["title"])
    _write_whose(sheet, formats, ledger)
    _write_overall(sheet, formats, len(layouts))
    _write_forms(sheet, formats, layouts)
    _write_total(sheet, formats, layouts)
    _write_signing(sheet, formats, _signing(len(layouts)))
    _colour(workbook, sheet, len(layouts))
    sheet.print_area(0, 0, _signing(len(layouts)) + 3, 9)


def _signing(forms: int) -> int:
    """Row of the first line about signing, from 0: below the forms, their total, a gap and a chapter."""
    return _FIRST + forms + 3


def _write_whose(sheet: Any, formats: Formats, ledger: Ledger) -> None:
    said = (
        f"{ledger.department_name} · {ledger.place_name}（{ledger.identity.place}） · "
        f"{ledger.round_name} · {data_period(ledger, ledger.forms)}"
    )
    for at, text, look in ((2, said, "subtitle"), (4, _HINT, "hint_line")):
        sheet.set_row(at, 20)
        sheet.merge_range(at, 0, at, 9, "", formats[look])
        sheet.write_string(at, 0, plain(text), formats[look])


def _write_overall(sheet: Any, formats: Formats, forms: int) -> None:
    opened, wrong, unevidenced = (f"{column}{_FIRST + forms + 1}" for column in "FGI")
    sheet.set_row(3, 30)
    sheet.merge_range("A4:J4", "", formats["overall"])
    said = ledger_tally.overall_formula(opened, wrong, unevidenced)
    sheet.write_formula(_OVERALL, said, formats["overall"], slots.text(f"check!{_OVERALL}"))


def _write_forms(sheet: Any, formats: Formats, layouts: Sequence[FormLayout]) -> None:
    sheet.set_row(5, 24)
    sheet.write_string(5, 0, "一、各表填报情况", formats["chapter"])
    sheet.set_row(6, 20)
    for column, heading in enumerate(_HEADINGS):
        sheet.write_string(6, column, heading, formats["head"])
    for at, layout in enumerate(layouts, start=_FIRST):
        form = layout.form
        most = max(lines(said, _WIDTHS[n] * 7 - 10) for n, said in ((1, form.sheet), (2, form.name_zh)))
        sheet.set_row(at, 20.25 if most == 1 else 13 * most + 6)
        sheet.write_number(at, 0, at - _FIRST + 1, formats["step"])
        link(sheet, formats, f"B{at + 1}", form.sheet, form.sheet, "said_link")
        sheet.write_string(at, 2, plain(form.name_zh), formats["said"])
        sheet.write_number(at, 3, len(layout.rows), formats["count"])
        _write_counts(sheet, formats, at, ledger_tally.tally_formulas(layout))


def _write_total(sheet: Any, formats: Formats, layouts: Sequence[FormLayout]) -> None:
    at = _FIRST + len(layouts)
    sheet.set_row(at, 20.25)
    for column, said in enumerate(("", "合计", "")):
        sheet.write_string(at, column, said, formats["said"])
    added = [f"=SUM({column}{_FIRST + 1}:{column}{at})" if layouts else "=0" for column in f"D{_COUNTS}"]
    sheet.write_formula(at, 3, added[0], formats["count"], sum(len(layout.rows) for layout in layouts))
    _write_counts(sheet, formats, at, added[1:])


def _write_counts(sheet: Any, formats: Formats, at: int, counted: Sequence[str]) -> None:
    for column, said in zip(_COUNTS, counted, strict=True):
        cell = f"{column}{at + 1}"
        sheet.write_formula(cell, said, formats["count"], slots.number(f"check!{cell}"))
    concluded = ledger_tally.conclusion_formula(*(f"{column}{at + 1}" for column in "FGI"))
    sheet.write_formula(at, 9, concluded, formats["concluded"], slots.text(f"check!J{at + 1}"))


def _write_signing(sheet: Any, formats: Formats, at: int) -> None:
    sheet.set_row(at - 1, 24)
    sheet.write_string(at - 1, 0, "二、签署", formats["chapter"])
    told = (
        ("签署各栏", ledger_tally.signing_formula(), "concluded", slots.text(f"check!C{at + 1}")),
        ("盖章扫描件文件名", ledger_tally.SEAL_FORMULA, "concluded", slots.text(f"check!C{at + 2}")),
        ("校验码", f"={SIGNOFF_SHEET}!{SIGNOFF_CELLS['code']}", "code_again", slots.number("code")),
    )
    for turn, (name, said, look, found) in enumerate(told, start=1):
        row = at + turn - 1
        sheet.set_row(row, 20.25)
        sheet.write_number(row, 0, turn, formats["step"])
        link(sheet, formats, f"B{row + 1}", SIGNOFF_SHEET, name, "said_link")
        sheet.write_formula(row, 2, said, formats[look], found)


def _colour(workbook: Any, sheet: Any, forms: int) -> None:
    """Green where all is well, red where something is wrong, amber where something is still to be done."""
    signing, total = _signing(forms) + 1, _FIRST + forms + 1
    looks = [(sign, workbook.add_format(look)) for sign, look in _LOOKS]
    for cells in (f"J{_FIRST + 1}:J{total}", f"C{signing}:C{signing + 1}"):
        for sign, look in looks:
            said = {"type": "formula", "criteria": f'=LEFT({cells.partition(":")[0]},1)="{sign}"'}
            sheet.conditional_format(cells, {**said, "format": look})
    conditions = (f'LEFT($A$4,4)="{READY[:4]}"', f"$G${total}>0", "TRUE")
    for condition, (_, look) in zip(conditions, looks, strict=False):
        said = {"type": "formula", "criteria": f"={condition}"}
        sheet.conditional_format(_OVERALL, {**said, "format": look, "stop_if_true": True})

"""The head of a form sheet: title, how far the filling is, legal marks, column headings."""

from collections.abc import Sequence
from typing import Any

from learning_city.model.ledger import Ledger, LedgerForm
from learning_city.model.period import year_before
from learning_city.prepare import slots
from learning_city.prepare.ledger_formats import Formats
from learning_city.prepare.ledger_layout import (
    CHECK,
    CHOICES_FROM,
    FIRST_ROW,
    GUIDE_SHEET,
    HEADER_ROW,
    WIDTHS,
    FormLayout,
)
from learning_city.prepare.ledger_page import (
    adds_up,
    banner,
    data_period,
    day_words,
    lines,
    link,
    months_so_far,
    period_words,
    plain,
)
from learning_city.prepare.row_check import OPEN, PASSED, WRONG

_LETTERS = (*"甲乙丙丁戊", *"1234567")
_HINT = "黄底格可填，其余已锁定。本年数与缺数类型只填一栏；真实为零请选“零”，不要留空。待填、有错都为 0 再打印盖章。"
_BARS = 20
"""The longest bar of the summary; with more items a mark stands for several."""
_COUNTS = (("✓", PASSED, PASSED), ("○", OPEN, OPEN), ("■", WRONG, f"{WRONG}*"))
_COUNTS_FROM = 2
_EXCEPTION = "例外下发"
_REASON_PX = 690
"""Width of the merged cells D to K."""
_COUNT_LOOKS = ("count_passed", "count_open", "count_wrong")


def write(
    sheet: Any,
    formats: Formats,
    ledger: Ledger,
    layout: FormLayout,
    number: int,
) -> None:
    """Fill the rows above the items; ``number`` is the form's turn in the workbook, from 0."""
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    sheet.set_column(len(WIDTHS), CHOICES_FROM - 1, 9, None, {"hidden": True})
    link(sheet, formats, "A1", GUIDE_SHEET, "← 填报说明")
    banner(sheet, formats, ledger, "D1:L1")
    sheet.merge_range("A2:L2", "", formats["title"])
    sheet.write_string("A2", plain(layout.form.name_zh), formats["title"])
    _write_counts(sheet, formats, layout, number)
    _write_marks(sheet, formats, layout.form, ledger.identity.due)
    _write_whose(sheet, formats, ledger, layout)
    _write_headings(sheet, formats, ledger, layout.form)
    sheet.freeze_panes(FIRST_ROW, 2)
    sheet.repeat_rows(HEADER_ROW, FIRST_ROW - 1)


def counts(number: int, layout: FormLayout, verdicts: Sequence[str]) -> dict[str, str]:
    """The slots of the summary of the ``number``-th form: what its formulas give for these verdicts."""
    each = _items_a_bar(layout)
    filled = {}
    for at, (sign, word, _) in enumerate(_COUNTS, start=_COUNTS_FROM):
        counted = sum(said.startswith(word) for said in verdicts)
        filled[f"{number}!A{at + 1}"] = f"{sign} {word}　{counted} 项　{'▎' * -(-counted // each)}"
    return filled


def _items_a_bar(layout: FormLayout) -> int:
    return max(1, -(-len(layout.rows) // _BARS))


def _write_counts(sheet: Any, formats: Formats, layout: FormLayout, number: int) -> None:
    each = _items_a_bar(layout)
    for at, ((sign, word, pattern), look) in enumerate(zip(_COUNTS, _COUNT_LOOKS, strict=True), start=_COUNTS_FROM):
        counted = f'COUNTIF({layout.area(CHECK)},"{pattern}")'
        bars = f'REPT("▎",ROUNDUP({counted}/{each},0))'
        said = f'="{sign} {word}　"&{counted}&" 项　"&{bars}'
        sheet.set_row(at, 17.25)
        sheet.write_formula(at, 0, said, formats[look], slots.text(f"{number}!A{at + 1}"))
    sheet.merge_range("D3:I5", _HINT, formats["hint"])


def _write_marks(sheet: Any, formats: Formats, form: LedgerForm, due: str) -> None:
    marks = (
        ("表　　号：", form.form_no),
        ("制表机关：", form.authority),
        ("批准文号：", form.approval_no),
        ("有效期至：", _valid_to(form, due)),
    )
    for at, (name, said) in enumerate(marks, start=2):
        sheet.write_string(at, 9, name, formats["mark_name"])
        sheet.write_string(at, 10, plain(said or (_EXCEPTION if form.exception else "—")), formats["mark"])
    if form.exception:
        reason = f"{_EXCEPTION}：{form.exception}"
        sheet.set_row(6, 4 + 13 * lines(reason, _REASON_PX, 9))
        sheet.merge_range("D7:K7", "", formats["exception"])
        sheet.write_string("D7", plain(reason), formats["exception"])


def _valid_to(form: LedgerForm, due: str) -> str:
    """The last day of validity; of a form that is issued after it, by exception, said so."""
    if form.valid_to is None:
        return ""
    day = day_words(form.valid_to.isoformat())
    return f"{_EXCEPTION}（原至{day}）" if form.exception and form.valid_to.isoformat() < due else day


def _write_whose(sheet: Any, formats: Formats, ledger: Ledger, layout: FormLayout) -> None:
    identity = ledger.identity
    units = {row.item.unit for row in layout.rows if row.is_number}
    unit = "见丁栏" if len(units) > 1 else "".join(units) or "—"
    sheet.set_row(5, 17.25)
    sheet.write_string(5, 0, plain(f"填报单位（盖章）：{ledger.department_name}"), formats["unit_name"])
    sheet.merge_range("D6:I6", "", formats["round"])
    whose = f"{ledger.round_name} · {data_period(ledger, [layout.form])}"
    sheet.write_string(5, 3, plain(whose), formats["round"])
    sheet.write_string(6, 0, plain(f"地区：{ledger.place_name}（{identity.place}）"), formats["place"])
    sheet.write_string(6, 11, plain(f"计量单位：{unit}"), formats["right"])


def _write_headings(sheet: Any, formats: Formats, ledger: Ledger, form: LedgerForm) -> None:
    figures = _figure_headings(ledger.identity.period, form)
    headings = (
        *("序号", "指标（数据项）", "口径说明", "计量\n单位", "代码"),
        *figures,
        *("缺数\n类型", "说明", "佐证材料", "核对"),
    )
    sheet.set_row(1, 33.75)
    high = max(lines(heading, round(width * 7)) for heading, width in zip(headings, WIDTHS, strict=True))
    sheet.set_row(HEADER_ROW, 30.75 if high <= 2 else 15 * high)
    sheet.set_row(HEADER_ROW + 1, 13.5)
    for column, (heading, letter) in enumerate(zip(headings, _LETTERS, strict=True)):
        sheet.write_string(HEADER_ROW, column, heading, formats["head"])
        sheet.write_string(HEADER_ROW + 1, column, letter, formats["letter"])


def _figure_headings(period: str, form: LedgerForm) -> tuple[str, str, str]:
    """Headings of last year's, the yearbook's and this period's figures."""
    before, now = year_before(period), period
    if (months := months_so_far(period)) and adds_up([form]):
        said = [f"{year[:4]}年\n{months}" for year in (before, now)]
    else:
        said = [period_words(year, form.frequency) for year in (before, now)]
    names = _SCHOOL_YEAR if form.frequency == "schoolyear" else _YEAR
    names = _QUARTER if months else names
    return f"{names[0]}\n（{said[0]}）", f"{names[1]}\n（{said[1]}）", f"{names[2]}\n（{said[1]}）"


_YEAR = ("上年数", "年鉴数", "本年数")
_SCHOOL_YEAR = ("上学年数", "年鉴数", "本学年数")
_QUARTER = ("上年同期数", "年鉴数", "本期数")

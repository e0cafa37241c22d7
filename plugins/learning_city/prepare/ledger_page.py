"""What every visible sheet of a ledger has in common: paper, footer, protection, banner, links."""

from collections.abc import Sequence
from functools import lru_cache
from math import ceil
from typing import Any

from learning_city.model.ledger import Ledger, LedgerForm
from learning_city.prepare import slots
from learning_city.prepare.ledger_formats import Formats

BANNER = "样例数据 SAMPLE DATA · 本工作簿中的数字均为虚构，仅供演示"
_KEEP = {"format_columns": True, "format_rows": True}
_FOOTER_CHARACTERS = 40


def set_page(sheet: Any, ledger: Ledger, name: str, *, pages: int = 0) -> None:
    """A4 landscape, one page wide, footer, protection without password.

    ``pages`` is how many pages it may be high, 0 as many as it takes.
    """
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, pages)
    sheet.center_horizontally()
    sheet.set_margins(left=0.45, right=0.45, top=0.6, bottom=0.65)
    sheet.set_footer(_footer(ledger, name), {"margin": 0.3})
    sheet.hide_gridlines(2)
    sheet.protect("", _KEEP)


def banner(sheet: Any, formats: Formats, ledger: Ledger, cells: str) -> None:
    """The line that says sample data, where the ledger is a demonstration."""
    if ledger.is_demo:
        sheet.merge_range(cells, BANNER, formats["banner"])


def link(
    sheet: Any,
    formats: Formats,
    cell: str,
    target: str,
    text: str,
    look: str = "link",
) -> None:
    """A link to the top of another sheet of the workbook."""
    sheet.write_url(cell, f"internal:{quoted(target)}!A1", formats[look], plain(text))


def quoted(sheet: str) -> str:
    """A sheet's name as formulas and links want it."""
    return "'" + sheet.replace("'", "''") + "'"


def plain(text: str) -> str:
    """Text as text: xlsxwriter takes a string between <r> and </r> for XML of its own."""
    return f"{text} " if text.startswith("<r>") and text.endswith("</r>") else text


def day_words(iso: str) -> str:
    """2018-09-30 as 2018年9月30日; anything else stays as it is."""
    parts = iso.split("-")
    if len(parts) != 3 or not all(part.isdigit() for part in parts):
        return iso
    year, month, day = map(int, parts)
    return f"{year}年{month}月{day}日"


def period_words(period: str, frequency: str = "annual") -> str:
    """2017 as 2017年 or, of a school year, 2016/17学年; 2017-Q3 as 2017年3季度; unstated as 年份未注明."""
    year, _, quarter = period.partition("-Q")
    if not year.isdigit():
        return "年份未注明" if period else ""
    if quarter:
        return f"{year}年{quarter}季度"
    return f"{int(year) - 1}/{year[2:]}学年" if frequency == "schoolyear" else f"{year}年"


def months_so_far(period: str) -> str:
    """The months a cumulative figure of a quarter covers: 1—9月 for 2017-Q3; empty for a year."""
    quarter = period.partition("-Q")[2]
    return f"1—{3 * int(quarter)}月" if quarter else ""


def data_period(ledger: Ledger, forms: Sequence[LedgerForm]) -> str:
    """The line that says which period these forms of a ledger ask for.

    It starts with the year of the identity, which is compared with it when the workbook comes back.
    """
    period = ledger.identity.period
    said = period_words(period)
    if {form.frequency for form in forms} == {"schoolyear"} and said[:4].isdigit():
        said += f"（{period_words(period, 'schoolyear')}）"
    if adds_up(forms) and (months := months_so_far(period)):
        said += f"（{months}累计）"
    return f"数据期 {said}"


def adds_up(forms: Sequence[LedgerForm]) -> bool:
    """Whether any figure of the forms is counted from the start of the year."""
    return any(item.kind == "cumulative" and item.type == "number" for form in forms for item in form.items)


@lru_cache(maxsize=65536)
def lines(text: str, width_px: int, points: float = 10) -> int:
    """How many lines a text takes in a column; a Chinese character is as wide as it is high."""
    em = points * 96 / 72
    room = max(width_px - 8, em)
    return sum(
        max(1, ceil(sum(em if ord(sign) > 0x2E7F else em * 0.55 for sign in part) / room)) for part in text.split("\n")
    )


def _footer(ledger: Ledger, name: str) -> str:
    form, turn = (said[:_FOOTER_CHARACTERS].replace("&", "&&") for said in (name, ledger.round_name))
    department = slots.text("department_in_footer")
    left = f"{form} · {department} · {turn}"
    return f"&L{left}&C第 &P 页 共 &N 页&R模板 {ledger.identity.template}"

"""表1: every indicator of one city, level by level, each number with its mark, state and source."""

from collections.abc import Sequence
from typing import Any

from learning_city.reports.book_formats import Formats
from learning_city.reports.book_page import (
    HEADINGS_AT,
    Book,
    Column,
    close_sheet,
    height,
    open_sheet,
    plain,
)
from learning_city.reports.figures import (
    NONE,
    QUALITATIVE,
    STATUS,
    VERDICT,
    Figure,
    Figures,
    Notes,
    remark,
    write_figure,
    write_signed,
)
from learning_city.reports.tables import Record

_COLUMNS = (
    Column("编号", 7.7),
    Column("指标", 36.7),
    Column("性质", 6.7),
    Column("计量\n单位", 10.7),
    Column("数值", 15.7),
    Column("注", 7.7),
    Column("数据\n年份", 11.7),
    Column("状态", 9.7),
    Column("可比性", 12.7),
    Column("来源", 22.7),
    Column("条目\n来历", 6.7),
    Column("查证", 20.7),
)
_LAST = len(_COLUMNS) - 1
_NATURE = {QUALITATIVE: "定性", "quantitative": "定量"}
_NOTES = (
    "符号：暂缺 应有而未取得；待评定 定性指标尚无评定；… 不足最小单位；状态无标记为正常（A）。",
    "条目来历：A 文件原文，B 由文件推知，C 候选。查证：打开链接，或在系统命令行执行该命令，得到一个网页，写明口径、换算、裁定与来源单元格。",
)


def write_city(book: Book, name: str, city: tuple[str, str], indicators: Sequence[Record], figures: Figures) -> None:
    """Add the sheet of one city; ``indicators`` are in tree order."""
    place, place_name = city
    title, english = f"{place_name}{book.tables.framework_zh}", book.tables.names_en.get(place) or place
    sheet = open_sheet(book, name, f"表1　{title}", f"Indicators of {english}", _COLUMNS, "见各行")
    sheet.outline_settings(True, False, True, False)  # noqa: FBT003 - xlsxwriter's own order: rows fold below their heading
    sheet.freeze_panes(HEADINGS_AT + 1, 2)
    notes, at = Notes(), HEADINGS_AT + 1
    for turn, indicator in enumerate(indicators):
        closing = "!" if turn == len(indicators) - 1 else ""
        if indicator["nature"]:
            row = figures.row(indicator["indicator"], place)
            shown = figures.of(indicator, place)
            _write_item(sheet, book.formats, (at, closing), indicator, row)
            _write_proof(sheet, book.formats["proof" + closing], at, row.get("proof"), book.tables.build)
            note = notes.number(remark(row))
            write_figure(sheet, book.formats, (at, 4), shown, closing, note)
        elif indicator["level"] == 1:
            _write_bar(sheet, book.formats, at, indicator, _count(indicators, turn, figures, place))
        else:
            _write_group(sheet, book.formats, at, indicator)
        at += 1
    listed = [f"注：{note}" for note in notes.listed()]
    close_sheet(sheet, book.formats, at, _LAST, [*listed, *_NOTES])


def _write_bar(
    sheet: Any,
    formats: Formats,
    at: int,
    indicator: Record,
    count: tuple[int, int],
) -> None:
    sheet.set_row(at, 21.75)
    sheet.write_string(at, 0, plain(indicator["code_shown"]), formats["bar_number"])
    sheet.write_string(at, 1, plain(indicator["name_zh"]), formats["bar"])
    for column in range(2, _LAST):
        sheet.write_blank(at, column, None, formats["bar"])
    sheet.write_string(at, _LAST, f"取得 {count[0]}／{count[1]} 项", formats["bar_count"])


def _write_group(sheet: Any, formats: Formats, at: int, indicator: Record) -> None:
    sheet.set_row(at, 18.75, None, {"level": 1})
    sheet.write_string(at, 0, plain(indicator["code_shown"]), formats["group_number"])
    sheet.write_string(at, 1, plain(indicator["name_zh"]), formats["group"])
    for column in range(2, _LAST + 1):
        sheet.write_blank(at, column, None, formats["group"])


def _write_proof(sheet: Any, look: Any, at: int, proof: str | None, build: str) -> None:
    """How to see what makes the number: the page's address as a link, else the command; both name this build."""
    if proof and "://" in proof:
        sheet.write_url(at, _LAST, f"{proof}&build={build}", look, string="算给我看")
    else:
        sheet.write_string(at, _LAST, f"{proof} --build {build}" if proof else NONE, look)


def _write_item(
    sheet: Any,
    formats: Formats,
    place_in_table: tuple[int, str],
    indicator: Record,
    row: Record,
) -> None:
    at, closing = place_in_table
    name, source = plain(indicator["name_zh"]), plain(row.get("source_zh"))
    sheet.set_row(at, height([(name, 32), (source, 22.7)]), None, {"level": 2})
    for column, said, look in (
        (0, indicator["code_shown"], "number_of"),
        (1, name, "name"),
        (2, _NATURE.get(indicator["nature"], NONE), "middle"),
        (3, indicator["unit"] or NONE, "middle"),
        (6, row.get("data_period") or NONE, "middle"),
        (9, source or NONE, "small"),
        (10, indicator["provenance"] or NONE, "middle"),
    ):
        sheet.write_string(at, column, plain(said), formats[look + closing])
    unsaid = "O" if row.get("value") is None else "A"
    status = STATUS.get(row.get("status") or unsaid, ("", "middle"))
    write_signed(sheet, formats, (at, 7), status, closing)
    write_signed(sheet, formats, (at, 8), VERDICT.get(row.get("verdict") or "", (NONE, "grey")), closing)


def _count(indicators: Sequence[Record], turn: int, figures: Figures, place: str) -> tuple[int, int]:
    """How many indicators below a level-1 heading have a figure, and how many there are."""
    shown: list[Figure] = []
    for indicator in indicators[turn + 1 :]:
        if indicator["level"] == 1:
            break
        if indicator["nature"]:
            shown.append(figures.of(indicator, place))
    return sum(one.is_known for one in shown), len(shown)

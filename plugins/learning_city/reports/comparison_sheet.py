"""表2: the cities side by side. What is not comparable says why; nothing is ranked."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from learning_city.reports.book_formats import BAR, INK, PALE
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
    VERDICT,
    Figures,
    Notes,
    remark,
    write_figure,
    write_signed,
)
from learning_city.reports.tables import Record

FACETS = {
    "unit": "计量单位",
    "aggregation": "汇总方式",
    "kind": "数的性质",
    "population": "统计对象",
    "time": "时点",
    "boundary": "地域范围",
    "scope": "统计范围",
    "counting": "计数方法",
}
"""Columns of a definition -> what a reader calls them."""
_NOTES = (
    "可比性：✓ 可比，◐ 换算后可比，✕ 不可比。不可比的指标不排位、不作图；城市次序固定，不表示名次。",
    "符号：暂缺 应有而未取得；待评定 定性指标尚无评定；[样例] 左边的数字为虚构。",
)
_COUNT_HEADINGS = ("取得情况（项）", "单位", "实有", "样例", "暂缺")
_SERIES = ((2, BAR, "#FFFFFF"), (4, "#E0A458", INK), (6, "#D0D5DB", INK))
"""Column of the counts, colour of their bars, colour of the numbers on them."""


def write_comparison(book: Book, name: str, indicators: Sequence[Record], figures: Figures) -> None:
    """Add the sheet; ``indicators`` are in tree order."""
    cities = book.tables.cities
    columns = [Column("指标", 30.7), Column("单位", 8.7)]
    for _, place_name in cities:
        columns += [Column(plain(place_name), 9.7), Column("注", 6.7)]
    columns += [Column("可比性", 13.7), Column("不同之处", 32.7)]
    title = f"表2　{name.removeprefix('表2 ')}"
    sheet = open_sheet(book, name, title, "Cities compared", columns, "见各行")
    sheet.freeze_panes(HEADINGS_AT + 1, 1)
    notes, at = Notes(), HEADINGS_AT + 1
    for turn, indicator in enumerate(indicators):
        if indicator["nature"]:
            closing = "!" if turn == len(indicators) - 1 else ""
            _write_row(book, sheet, (at, closing), indicator, figures, notes)
        else:
            _write_heading(book, sheet, at, indicator, len(columns))
        at += 1
    said = [*(f"注：{note}" for note in notes.listed()), *_NOTES]
    end = _write_counts(book, sheet, at + len(said) + 1, indicators, figures)
    close_sheet(sheet, book.formats, at, len(columns) - 1, said)
    sheet.print_area(0, 0, end, len(columns) - 1)


def comparability(rows: Sequence[tuple[str, Record]]) -> tuple[str, str, str]:
    """Whether a row of cities can be compared: sign and word, its look, and what differs.

    ``rows`` are (city, value) of the cities that have a figure; one city alone compares with none.
    """
    if len(rows) < 2:
        return ("— 单一" if rows else NONE), "grey", ""
    given = [row.get("verdict") for _, row in rows]
    worst = next((v for v in ("不可比", "调整后可比", "可比") if v in given), "")
    said, look = VERDICT.get(worst, (NONE, "grey"))
    differing: dict[str, list[str]] = defaultdict(list)
    for city, row in rows:
        if facet := row.get("facet"):
            differing[FACETS.get(facet, str(facet))].append(city)
    return said, look, "；".join(f"{facet}（{'、'.join(at)}）" for facet, at in differing.items())


def _write_heading(book: Book, sheet: Any, at: int, indicator: Record, width: int) -> None:
    look = book.formats["bar" if indicator["level"] == 1 else "group"]
    sheet.set_row(at, 20)
    sheet.write_string(at, 0, plain(f"{indicator['code_shown']} {indicator['name_zh']}"), look)
    for column in range(1, width):
        sheet.write_blank(at, column, None, look)


def _write_row(
    book: Book,
    sheet: Any,
    place_in_table: tuple[int, str],
    indicator: Record,
    figures: Figures,
    notes: Notes,
) -> None:
    (at, closing), formats = place_in_table, book.formats
    known: list[tuple[str, Record]] = []
    for turn, (place, place_name) in enumerate(book.tables.cities):
        row, shown = figures.row(indicator["indicator"], place), figures.of(indicator, place)
        if shown.number is not None:
            known.append((place_name, row))
        note = notes.number(remark(row, place_name))
        write_figure(sheet, formats, (at, 2 + 2 * turn), shown, closing, note)
    said, look, differs = comparability(known)
    name, after = plain(indicator["name_zh"]), 2 + 2 * len(book.tables.cities)
    sheet.write_string(at, 0, name, formats["name" + closing])
    sheet.write_string(at, 1, plain(indicator["unit"] or NONE), formats["middle" + closing])
    write_signed(sheet, formats, (at, after), (said, look), closing)
    sheet.write_string(at, after + 1, plain(differs or NONE), formats["small" + closing])
    sheet.set_row(at, height([(name, 25), (differs, 32.7)]))


def _write_counts(
    book: Book,
    sheet: Any,
    at: int,
    indicators: Sequence[Record],
    figures: Figures,
) -> int:
    """The table behind the chart, cities as rows, and the chart beside it; returns the last row."""
    formats, cities = book.formats, book.tables.cities
    for column, heading in zip((0, 1), _COUNT_HEADINGS, strict=False):
        sheet.write_string(at, column, heading, formats["head"])
    for column, heading in zip((2, 4, 6), _COUNT_HEADINGS[2:], strict=True):
        sheet.merge_range(at, column, at, column + 1, heading, formats["head"])
    asked = [indicator for indicator in indicators if indicator["nature"]]
    for turn, (place, place_name) in enumerate(cities, start=at + 1):
        shown = [figures.of(indicator, place) for indicator in asked]
        sample = sum(one.is_synthetic for one in shown)
        real = sum(one.is_known for one in shown) - sample
        sheet.write_string(turn, 0, plain(place_name), formats["text"])
        sheet.write_string(turn, 1, "项", formats["middle"])
        for column, number in ((2, real), (4, sample), (6, len(asked) - real - sample)):
            sheet.write_number(turn, column, number, formats["count"])
            sheet.write_blank(turn, column + 1, None, formats["mark"])
    _add_chart(book, sheet, at, at + len(cities))
    return max(at + len(cities), at + 15)


def _add_chart(book: Book, sheet: Any, at: int, last: int) -> None:
    chart = book.workbook.add_chart({"type": "column", "subtype": "stacked"})
    font = {"name": "宋体", "size": 9, "color": PALE}
    for column, colour, ink in _SERIES:
        chart.add_series(
            {
                "name": [sheet.get_name(), at, column],
                "categories": [sheet.get_name(), at + 1, 0, last, 0],
                "values": [sheet.get_name(), at + 1, column, last, column],
                "fill": {"color": colour},
                "gap": 60,
                "data_labels": {"value": True, "font": font | {"color": ink}, "num_format": "0;;;"},
            }
        )
    total = "图1　各城市取得指标数（项）：实有、样例、暂缺"
    chart.set_title({"name": total, "name_font": {"name": "黑体", "size": 11, "bold": False}})
    chart.set_x_axis({"num_font": font})
    chart.set_y_axis({"num_font": font, "major_gridlines": {"visible": False}})
    chart.set_legend({"position": "bottom", "font": font})
    chart.set_size({"width": 820, "height": 280})
    sheet.insert_chart(at, 8, chart, {"description": total, "x_offset": 10, "y_offset": 4})

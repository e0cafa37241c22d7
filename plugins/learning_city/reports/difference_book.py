"""The changes between two builds as words, and as an Excel sheet."""

from pathlib import Path

import xlsxwriter
from pandas import DataFrame

from learning_city.reports.causes import CAUSES
from learning_city.reports.difference import rows
from learning_city.reports.figures import MISSING, NOT_JUDGED
from learning_city.reports.tables import Record, ReportTables
from learning_city.reports.workbook import created

HEADINGS = ("指标", "地区", "原值", "现值", "达标变化", "位次变化", "原因", "说明")
_WIDTHS = (34, 14, 16, 16, 24, 14, 18, 70)


def words(row: Record) -> tuple[str, ...]:
    """A change as a table shows it: indicator, place, was, now, targets, rank, cause."""
    zh, en = CAUSES[row["cause"]]
    return (
        row["name_zh"], row["place_name"], _said(row, "was"), _said(row, "now"), row["flips"],
        f"{_rank(row['was_rank'])}→{_rank(row['now_rank'])}" if row["was_rank"] != row["now_rank"] else "",
        f"{zh} {en} {row['detail_zh'] or ''}",
    )  # fmt: skip


def write(path: Path, older: ReportTables, newer: ReportTables, changes: DataFrame) -> None:
    """Write the changes as one sheet; texts are never formulas. The same two builds give the same bytes."""
    with xlsxwriter.Workbook(path, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"title": f"{newer.build} / {older.build}", "created": created(newer)})
        strong, sheet = book.add_format({"bold": True}), book.add_worksheet("两版之差")
        sheet.write_string(0, 0, f"第 {newer.build} 版比第 {older.build} 版变了什么：{len(changes)} 处", strong)
        for column, (heading, width) in enumerate(zip(HEADINGS, _WIDTHS, strict=True)):
            sheet.set_column(column, column, width)
            sheet.write_string(2, column, heading, strong)
        for at, row in enumerate(rows(changes), start=3):
            said = words(row)
            for column, word in enumerate((*said[:6], CAUSES[row["cause"]][0], row["detail_zh"] or "")):
                if column in (2, 3) and row[("was", "now")[column - 2]] is not None:
                    sheet.write_number(at, column, row[("was", "now")[column - 2]])
                else:
                    sheet.write_string(at, column, str(word))
        sheet.freeze_panes(3, 2)
        sheet.autofilter(2, 0, 2 + len(changes), len(HEADINGS) - 1)


def _said(row: Record, side: str) -> str:
    """The number or the level before or after; ``side`` is was or now."""
    value = row[side]
    if value is not None:
        return f"{value:,.{int(row['decimals'] or 0)}f} {row['unit'] or ''}".strip()
    return str(row[f"{side}_level"] or (NOT_JUDGED if row["was_level"] or row["now_level"] else MISSING))


def _rank(value: float | None) -> str:
    return "—" if value is None else str(int(value))

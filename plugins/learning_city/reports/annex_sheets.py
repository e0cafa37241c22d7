"""附1 to 附4: conflicts, figures without a year, what is missing, findings of the review."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pandas import DataFrame

from learning_city.model.status import SYNTHETIC_MARK
from learning_city.reports.book_formats import Formats, number_look
from learning_city.reports.book_page import (
    HEADINGS_AT,
    Book,
    Column,
    close_sheet,
    height,
    open_sheet,
    plain,
)
from learning_city.reports.figures import NONE, write_signed
from learning_city.reports.tables import Record, ReportTables, records

SEVERITY = {"block": ("■ 须改", "red"), "ask": ("▲ 须说明", "amber"), "note": ("● 提示", "blue")}


@dataclass(frozen=True, slots=True)
class Field:
    """A column of an annex: heading, width, the frame's column it shows, and how."""

    heading: str
    width: float
    column: str
    look: str = "small"


@dataclass(frozen=True, slots=True)
class Annex:
    """One annex: its titles, where its rows come from, its columns and what stands below."""

    title: str
    english: str
    rows: Callable[[ReportTables], DataFrame]
    fields: tuple[Field, ...]
    note: str


ANNEXES = {
    "附1 口径与冲突": Annex(
        "附1　口径与冲突",
        "Definition conflicts",
        lambda tables: tables.conflicts,
        (
            Field("城市", 10.7, "place_name", "middle"),
            Field("数据期", 9.7, "period", "middle"),
            Field("数据项", 22.7, "measure_zh", "text"),
            Field("口径", 26.7, "definition_zh"),
            Field("采用数", 13.7, "value", "number"),
            Field("注", 7.7, "is_synthetic", "mark"),
            Field("取值范围", 18.7, "low", "interval"),
            Field("并存的数与来源", 50.7, "candidates_zh"),
            Field("裁定或建议、理由", 42.7, "proposal_zh"),
            Field("裁定", 11.7, "state_zh", "middle"),
        ),
        "并存的数各列一行：数值、来源、文件与单元格；取值范围包括全部并存的数。未裁定的，先取建议数，并在表1标明。",
    ),
    "附2 年份未注明": Annex(
        "附2　年份未注明的数字",
        "Figures whose year is not stated",
        lambda tables: tables.unstated,
        (
            Field("文件", 34.7, "document"),
            Field("城市", 12.7, "place_name", "middle"),
            Field("数据项", 28.7, "measure_zh", "text"),
            Field("口径", 34.7, "definition_zh"),
            Field("原文数字", 18.7, "value_text", "right_text"),
            Field("计量\n单位", 10.7, "unit", "middle"),
            Field("出处", 26.7, "sheet_cell"),
        ),
        "原文没有说明年份的数字，不列入任何一年的表，须由具名人员注明年份和理由后方可使用。",
    ),
    "附3 缺数": Annex(
        "附3　缺数",
        "Missing figures",
        lambda tables: tables.missing,
        (
            Field("城市", 14.7, "place_name", "middle"),
            Field("编号", 12.7, "indicator", "middle"),
            Field("指标", 44.7, "name_zh", "text"),
            Field("缺数原因", 70.7, "why_zh"),
        ),
        "缺数不以 0 或空格代替。",
    ),
    "附4 审核问题": Annex(
        "附4　审核问题",
        "Findings of the review",
        lambda tables: tables.findings,
        (
            Field("程度", 9.7, "severity", "severity"),
            Field("状态", 9.7, "state_zh", "middle"),
            Field("城市", 10.7, "place_name", "middle"),
            Field("部门", 18.7, "department_zh"),
            Field("表号", 9.7, "form", "middle"),
            Field("文件", 26.7, "file"),
            Field("工作表", 12.7, "sheet", "middle"),
            Field("单元格", 8.7, "cell", "middle"),
            Field("填报", 14.7, "found", "right_text"),
            Field("应为", 16.7, "expected", "right_text"),
            Field("说明", 46.7, "message_zh"),
            Field("规则", 16.7, "rule_id"),
        ),
        "■ 须改：不改不能通过；▲ 须说明：可能是对的，但要讲清原因；● 提示：供参考，不影响通过。",
    ),
}
"""Sheet name -> annex, in the order of the workbook."""


def write_annex(book: Book, name: str) -> None:
    """Add one of ANNEXES; an annex without rows says so."""
    annex = ANNEXES[name]
    columns = [Column(field.heading, field.width) for field in annex.fields]
    sheet = open_sheet(book, name, annex.title, annex.english, columns)
    sheet.freeze_panes(HEADINGS_AT + 1, 0)
    rows = records(annex.rows(book.tables))
    at = HEADINGS_AT
    for turn, row in enumerate(rows, start=1):
        at += 1
        closing = "!" if turn == len(rows) else ""
        for column, field in enumerate(annex.fields):
            _write_field(sheet, book.formats, (at, column), row, field, closing)
        sheet.set_row(at, _height(annex.fields, row))
    if rows:
        sheet.autofilter(HEADINGS_AT, 0, at, len(columns) - 1)
    notes = [f"共 {len(rows)} 条。{annex.note}" if rows else f"（本表无内容）{annex.note}"]
    close_sheet(sheet, book.formats, at + 1, len(columns) - 1, notes)


def _write_field(
    sheet: Any,
    formats: Formats,
    cell: tuple[int, int],
    row: Record,
    field: Field,
    closing: str,
) -> None:
    said = row[field.column]
    if field.look == "severity":
        write_signed(sheet, formats, cell, SEVERITY.get(said, (plain(said), "grey")), closing)
    elif field.look == "mark":
        sheet.write_string(*cell, SYNTHETIC_MARK if said else "", formats["sample_mark" + closing])
    elif field.look == "interval":
        sheet.write_string(*cell, _interval(row), formats[_sampled(row, "middle") + closing])
    elif said is None or said == "":
        sheet.write_string(*cell, NONE, formats["middle" + closing])
    elif field.look == "number":
        synthetic = bool(row["is_synthetic"])
        look = number_look(_decimals(said), said, is_synthetic=synthetic)
        sheet.write_number(*cell, said, formats[look + closing])
    else:
        look = "small" if field.look == "right_text" else field.look
        sheet.write_string(*cell, plain(said), formats[look + closing])


def _interval(row: Record) -> str:
    low, high = row["low"], row["high"]
    if low is None or high is None:
        return NONE
    return f"{_said(low)}—{_said(high)}"


def _sampled(row: Record, look: str) -> str:
    return "sample_text" if row["is_synthetic"] else look


def _said(number: float) -> str:
    return f"{number:,.{_decimals(number)}f}"


def _decimals(number: float) -> int:
    return len(f"{float(number):.4f}".rstrip("0").partition(".")[2])


def _height(fields: Sequence[Field], row: Record) -> float:
    texts = [
        (plain(row[field.column]), field.width)
        for field in fields
        if field.look in ("small", "text", "middle", "right_text")
    ]
    return height(texts)

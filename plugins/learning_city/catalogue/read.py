"""Read a folder of reference files into an Edition; every fault with file, row and column, all in one pass."""

import csv
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from learning_city.catalogue import cells
from learning_city.catalogue.check import check
from learning_city.catalogue.columns import TABLES, Table
from learning_city.catalogue.draft import ROW, UNREAD, Draft
from learning_city.catalogue.faults import Fault, Folder, Refused
from learning_city.model.edition import Edition, Row


def read(folder: Path) -> Edition:
    """The edition the CSV files of ``folder`` describe.

    Raises CatalogueRefused naming every fault (file, row, column, what to do); nothing is half read.
    """
    draft = _draft(folder)
    faults = draft.faults + check(draft)
    if faults:
        raise Refused(faults, Folder())
    return draft.edition()


def _draft(folder: Path) -> Draft:
    draft = Draft(tables={name: [] for name in TABLES})
    if not folder.is_dir():
        draft.lost.update(TABLES)
        draft.faults.append(
            Fault(
                table=str(folder),
                zh="没有这个文件夹，请核对路径；目录的 CSV 文件都应放在里面。",
                en="no such folder; check the path: it should hold the CSV files of the catalogue.",
            )
        )
        return draft
    for name, table in TABLES.items():
        _read_table(folder / table.file, name, table, draft)
    return draft


def _read_table(path: Path, name: str, table: Table, draft: Draft) -> None:
    try:
        lines = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines(keepends=True), strict=True))
    except OSError:
        _lose(
            draft,
            name,
            "没有这个文件，请放回来，哪怕只有表头一行。",
            "the file is missing. Put it back, even if empty.",
        )
    except UnicodeDecodeError as problem:
        _lose(
            draft,
            name,
            f"不是 UTF-8 编码（第 {problem.start + 1} 个字节起），请另存为“CSV UTF-8”。",
            f"not UTF-8 at byte {problem.start}. Save it again as “CSV UTF-8”.",
        )
    except csv.Error as problem:
        _lose(
            draft, name, f"不是完好的 CSV（{problem}），请检查引号。", f"not readable as CSV ({problem}); check quotes."
        )
    else:
        _rows(lines, name, table, draft)


def _lose(draft: Draft, name: str, zh: str, en: str) -> None:
    draft.lost.add(name)
    draft.faults.append(Fault(table=name, zh=zh, en=en))


def _rows(lines: list[list[str]], name: str, table: Table, draft: Draft) -> None:
    headings = [text.strip() for text in lines[0]] if lines else []
    draft.faults.extend(_heading_faults(headings, name, table))
    known = [heading for heading in headings if heading in table.columns]
    if not known:
        draft.lost.add(name)
        return
    if not set(table.key) <= set(known):
        draft.lost.add(name)
    for number, line in enumerate(lines[1:], start=2):
        if any(text.strip() for text in line):
            draft.tables[name].append(_row(number, headings, line, name, draft.faults))


def _heading_faults(headings: Sequence[str], name: str, table: Table) -> Iterator[Fault]:
    for heading in dict.fromkeys(heading for heading in headings if heading not in table.columns):
        zh, en = "没有这样的表头，请删去或改名。", "unknown heading; remove or rename it."
        yield Fault(table=name, row=1, column=heading or "（空）", zh=zh, en=en)
    for heading in dict.fromkeys(h for h in headings if h in table.columns and headings.count(h) > 1):
        yield Fault(table=name, row=1, column=heading, zh="表头重复，请只留一列。", en="stands twice; keep one column.")
    for column in table.columns:
        if column not in headings:
            zh, en = "缺少这个表头，请补上这一列。", "the heading is missing; add the column."
            yield Fault(table=name, row=1, column=column, zh=zh, en=en)


def _row(number: int, headings: Sequence[str], line: Sequence[str], name: str, faults: list[Fault]) -> Row:
    said = dict(zip(headings, line, strict=False))
    beyond = [text for text in line[len(headings) :] if text.strip()]
    if beyond:
        listed = "、".join(beyond)
        faults.append(
            Fault(
                table=name,
                row=number,
                column=str(len(headings) + 1),
                zh=f"“{listed[:80]}”超出表头，请删去；含逗号的文字请加引号。",
                en=f"{beyond} without a heading; remove it, or quote a text that holds commas.",
            )
        )
    return typed(number, said, name, faults, is_shifted=bool(beyond))


def typed(number: int, said: dict[str, str], name: str, faults: list[Fault], *, is_shifted: bool = False) -> Row:
    """The row with values of its columns' types; a cell that has none is a fault and stays UNREAD.

    ``is_shifted``: cells may stand below the wrong headings, so nothing more is concluded from them.
    """
    table = TABLES[name]
    row: Row = {}
    for column in table.columns:
        row[column] = UNREAD
        if column in said:
            try:
                row[column] = cells.read(name, table, column, said[column])
            except cells.Misread as wrong:
                if not is_shifted:
                    faults.append(Fault(table=name, row=number, column=column, zh=wrong.zh, en=wrong.en))
        if is_shifted and column not in table.key:
            row[column] = UNREAD
    if fault := _ends(number, row, name):
        faults.append(fault)
        row["valid_to"] = UNREAD
    return row | {ROW: number}


def _ends(number: int, row: Row, name: str) -> Fault | None:
    start, end = row.get("valid_from"), row.get("valid_to")
    if not isinstance(start, date) or not isinstance(end, date) or end > start:
        return None
    zh = f"失效日期 {end} 不在生效日期 {start} 之后，请改正其中一个。"
    en = f"{end} is not after valid_from {start}; correct one of them."
    return Fault(table=name, row=number, column="valid_to", zh=zh, en=en)

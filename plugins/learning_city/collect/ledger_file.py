"""Parse issued workbooks: identity, every worksheet row as text, and the cells the hidden sheet names.

Runs in the child process only. Imports stay few: this is what a hostile file gets to see.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from learning_city.collect import container, ledger_book, ledger_doubts, ledger_ole
from learning_city.collect.ledger_frames import Answer, Frames
from learning_city.collect.ledger_package import Refused
from learning_city.collect.ledger_plain import Sheet
from learning_city.collect.ledger_plan import Asked, Spot
from learning_city.collect.ledger_text import as_text
from learning_city.model import ledger

_PRINTED_ROWS = 8
_PRINTED_LENGTH = 4000
_FORMATS = {"xl/workbook.xml": ".xlsx", "xl/workbook.bin": ".xlsb", "content.xml": ".ods"}
"""A part only that format has -> its ending."""
Sheets = Mapping[str, Sheet]


def read_chunk(paths: list[str], progress: Callable[[int], None]) -> Iterable[bytes]:
    """Four frames: files (JSON list), then those of ``ledger_frames``."""
    files: list[dict[str, object]] = []
    frames = Frames()
    for index, path in enumerate(paths):
        progress(index)
        try:
            files.append(_read(container.read(Path(path)), index, frames))
        except Refused as refused:
            files.append({"problem": refused.problem, "detail": refused.detail})
    yield json.dumps(files, ensure_ascii=False).encode()
    yield from frames.arrow()


def _read(content: bytes, index: int, frames: Frames) -> dict[str, object]:
    seen = container.look(content, extents=False)
    if seen.kind == "ole":
        content = ledger_ole.unlocked(content)
        seen = container.look(content, extents=False)
    if seen.problem:
        raise Refused(seen.problem, seen.detail)
    if seen.kind not in ("zip", "ole"):
        raise Refused("not_workbook", seen.kind)
    book = ledger_book.open_book(content, seen)
    doubts = _doubts(book)
    for name, sheet in book.sheets.items():
        frames.add_sheet(index, name, sheet.grid)
    if book.asked is None:
        raise Refused("no_identity")
    frames.add_answers(index, book.asked, _answers(book.asked, book.sheets))
    return {
        "problem": "",
        "detail": "",
        "identity": book.asked.identity,
        "template_found": book.asked.template(),
        "signoff": _signoff(book.asked, book.sheets),
        "printed": _printed(book.asked, book.sheets),
        "sheets": "\n".join(book.asked.plan.sheets),
        "format": _format(seen),
        **doubts,
    }


def _format(seen: container.Container) -> str:
    """The ending a workbook of this format has."""
    if seen.kind == "ole":
        return ".xls"
    return next((ending for part, ending in _FORMATS.items() if part in seen.names), "")


def _doubts(book: ledger_book.Book) -> dict[str, str]:
    """What stands in the workbook beside plain values, in words, empty where nothing does."""
    reaching = ledger_doubts.in_formulas(book.sheets)
    outside = "；".join([*book.outside, *([ledger_doubts.told(reaching)] if reaching else [])])
    spots = [spots[0] for spots in book.asked.plan.spots] if book.asked else []
    computed = [(spot[0], spot[1:]) for spot in spots if spot and _is_computed(book.sheets, spot)]
    return {
        "outside": outside,
        "formulas": "" if outside or not computed else f"{len(computed)} 格是公式：{ledger_doubts.told(computed)}",
        "hidden_sheets": "、".join(book.hidden),
    }


def _is_computed(sheets: Sheets, spot: tuple[str, int, int]) -> bool:
    """Whether a cell holds a formula and its result."""
    sheet, place = sheets.get(spot[0]), spot[1:]
    return sheet is not None and place in sheet.formulas and place not in sheet.pending


def _answers(asked: Asked, sheets: Sheets) -> list[Answer]:
    return [
        (*_value(sheets, spot), _said(sheets, missing_type), _said(sheets, reason), _said(sheets, evidence))
        for spot, missing_type, reason, evidence in asked.plan.spots
    ]


def _value(sheets: Sheets, spot: Spot) -> tuple[str, str]:
    value = _at(sheets, spot)
    if value == "":
        return (ledger.UNCALCULATED, "formula") if _is_pending(sheets, spot) else ("", "empty")
    return as_text(value), "number" if value.__class__ in (float, int) else "text"


def _said(sheets: Sheets, spot: Spot) -> str:
    return as_text(value).strip() if (value := _at(sheets, spot)) != "" else ""


def _at(sheets: Sheets, spot: Spot) -> Any:
    """What stands in a cell; an empty text where there is none."""
    if spot is None or (sheet := sheets.get(spot[0])) is None:
        return ""
    _, row, column = spot
    grid = sheet.grid
    return grid[row][column] if row < len(grid) and column < len(grid[row]) else ""


def _is_pending(sheets: Sheets, spot: Spot) -> bool:
    return spot is not None and spot[0] in sheets and spot[1:] in sheets[spot[0]].pending


def _signoff(asked: Asked, sheets: Sheets) -> dict[str, dict[str, str]]:
    return {
        field: {"sheet": sheet, "cell": cell, "text": _said(sheets, spot)}
        for field, sheet, cell, spot in asked.plan.signoff
    }


def _printed(asked: Asked, sheets: Sheets) -> str:
    """What stands printed above the first table of each form sheet, to be compared with the identity."""
    lines = [
        as_text(cell)
        for name in asked.plan.sheets
        if name in sheets
        for row in sheets[name].grid[:_PRINTED_ROWS]
        for cell in row
        if cell != ""
    ]
    return "\n".join(lines)[:_PRINTED_LENGTH]

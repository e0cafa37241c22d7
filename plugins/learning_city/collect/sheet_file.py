"""Every worksheet of a workbook as texts, for the office's own Excel of the catalogue.

Runs in the child process: the office's file may have been through many hands.
"""

import io
import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from lxml import etree
from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from learning_city.collect import container, ledger_contents, ledger_formulas
from learning_city.collect.ledger_text import as_text
from learning_city.collect.reader import Readers
from learning_city.model.ledger import UNCALCULATED

_LOCKED = "EncryptedPackage".encode("utf-16-le")


def read_sheets(path: Path) -> tuple[str, str, list[tuple[str, list[list[str]]]]]:
    """A workbook's problem code and detail (empty when it could be read), and its sheets: name and rows of texts.

    Read in a child process; the file may be hostile.
    """
    with Readers(children=1) as pool:
        for _, frames, problems in pool.read("sheets", [path.resolve()]):
            if problems:
                return problems[0], "", []
            (answer,) = json.loads(frames[0])
            return answer["problem"], answer["detail"], [(name, rows) for name, rows in answer["sheets"]]
    return "crashed", "", []


def read_chunk(paths: list[str], progress: Callable[[int], None]) -> Iterable[bytes]:
    """One frame: per file its problem or its sheets as JSON."""
    answers: list[dict[str, object]] = []
    for index, path in enumerate(paths):
        progress(index)
        answers.append({"problem": "", "detail": "", "sheets": []} | _read(Path(path).read_bytes()))
    yield json.dumps(answers, ensure_ascii=False).encode()


def _read(content: bytes) -> dict[str, object]:
    seen = container.look(content)
    if seen.problem:
        return {"problem": seen.problem, "detail": seen.detail}
    if seen.kind not in ("zip", "ole"):
        return {"problem": "not_workbook", "detail": seen.kind}
    if seen.kind == "zip" and not seen.sheets:
        return {"problem": "not_workbook", "detail": "ods, docx …"}
    try:
        marks = _marks(seen) if seen.kind == "zip" else {}
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
            sheets = [(name, _texts(book, name, marks.get(name, {}))) for name in book.sheet_names]
    except PasswordError:
        return {"problem": "password"}
    except (CalamineError, ValueError, OSError, KeyError, etree.XMLSyntaxError) as problem:
        return {"problem": "password" if _LOCKED in content else "truncated", "detail": str(problem)[:200]}
    return {"sheets": sheets}


def _texts(book: CalamineWorkbook, name: str, marks: dict[tuple[int, int], str]) -> list[list[str]]:
    rows = [[as_text(cell) for cell in row] for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False)]
    for (row, column), mark in marks.items():
        if row < len(rows) and column < len(rows[row]) and not rows[row][column]:
            rows[row][column] = mark
    while rows and not any(rows[-1]):
        rows.pop()
    return [_trimmed(row) for row in rows]


def _trimmed(row: Sequence[str]) -> list[str]:
    last = len(row)
    while last and not row[last - 1]:
        last -= 1
    return list(row[:last])


def _marks(seen: container.Container) -> dict[str, dict[tuple[int, int], str]]:
    """Per sheet the cells that read as empty and are not: formulas without a result, and errors."""
    return {
        listed.name: _in_part(seen.sheets[listed.part])
        for listed in ledger_contents.of(seen.parts).sheets
        if listed.part in seen.sheets
    }


def _in_part(sheet: bytes) -> dict[tuple[int, int], str]:
    found = ledger_formulas.find(sheet)
    return dict.fromkeys(found.pending, UNCALCULATED) | found.errors

"""The rows around a finding's cell, as they were delivered."""

import re
from collections.abc import Mapping
from typing import Any

from learning_city.web import database

ROWS_ABOVE, ROWS_BELOW = 9, 12
COLUMNS = 12
_CELL = re.compile(r"^([A-Z]{1,3})([0-9]{1,7})$")
_WINDOW = """
SELECT row_no, column_no, text FROM intake.cell
WHERE submission_id = :submission AND sheet = :sheet AND row_no BETWEEN :first AND :last AND column_no <= :columns
ORDER BY row_no, column_no
"""
_MARKED = """
SELECT cell, severity FROM quality.finding
WHERE submission_id = :submission AND sheet = :sheet AND state IN ('open', 'explained') AND cell <> ''
ORDER BY CASE severity WHEN 'block' THEN 2 WHEN 'ask' THEN 1 ELSE 0 END LIMIT 2000
"""


def window(finding: Mapping[Any, Any]) -> dict[str, Any] | None:
    """Rows by number, each a list of (cell name, text, severity of its finding); None without a cell."""
    at = _CELL.match(finding["cell"])
    if not at or not finding["sheet"]:
        return None
    row_no, column_no = int(at[2]), _number(at[1])
    first = max(1, row_no - ROWS_ABOVE)
    start = max(0, column_no - COLUMNS)
    where = {"submission": finding["submission_id"], "sheet": finding["sheet"]}
    cells = database.rows(_WINDOW, **where, first=first, last=row_no + ROWS_BELOW, columns=start + COLUMNS)
    marked = {row["cell"]: row["severity"] for row in database.rows(_MARKED, **where)}
    texts = {(cell["row_no"], cell["column_no"]): cell["text"] for cell in cells if cell["column_no"] > start}
    texts.setdefault((row_no, column_no), "")
    width = max(column for _, column in texts)
    letters = [letters_of(column) for column in range(start + 1, width + 1)]
    numbers = sorted({row for row, _ in texts})
    rows = {
        row: [_cell(f"{letter}{row}", texts.get((row, start + n + 1), ""), marked) for n, letter in enumerate(letters)]
        for row in numbers
    }
    return {"letters": letters, "rows": rows}


def _cell(name: str, text: str, marked: Mapping[str, str]) -> dict[str, Any]:
    return {"name": name, "text": text, "severity": marked.get(name, ""), "is_number": bool(_NUMBER.match(text))}


_NUMBER = re.compile(r"^-?[0-9][0-9,. ]*%?$")


def letters_of(number: int) -> str:
    """A column's letters: 1 is A, 27 is AA."""
    said = ""
    while number:
        number, rest = divmod(number - 1, 26)
        said = chr(65 + rest) + said
    return said


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number

"""The rows around a finding's cell, as they were delivered: failing cells, corrections, and what the delivery before said."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from learning_city.web import database

ROWS_ABOVE, ROWS_BELOW = 14, 18
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


_CORRECTED = """
SELECT cell, new_value, who FROM quality.correction WHERE submission_id = :submission AND sheet = :sheet
"""
_CHANGED = """
SELECT c.cell, c.old_said, earlier.revision, EXISTS (
  SELECT FROM quality.decision AS d WHERE d.submission_id = earlier.submission_id
    AND d.action IN ('accept_form', 'accept_form_by_rule')) AS was_accepted
FROM intake.changed_items(:submission, :earlier) AS c
JOIN intake.submission AS earlier ON earlier.submission_id = :earlier
WHERE c.sheet = :sheet
"""


Marks = Mapping[str, Mapping[str, Any]]


class Cell(NamedTuple):
    """One cell as it was delivered, with what is to be seen at it."""

    name: str
    text: str
    css: str
    is_chosen: bool
    is_plain: bool
    severity: str | None
    corrected: dict[str, Any] | None
    was: str | None


def window(finding: Mapping[Any, Any], *, compare: bool = False) -> dict[str, Any] | None:
    """Rows by number, each a list of cells (name, text, severity, what it was corrected to, what it was before).

    None without a cell. ``stays`` is the column of labels, which stays in sight. ``compare`` adds what the delivery before said in cells that differ.
    """
    at = _CELL.match(finding["cell"])
    if not at or not finding["sheet"]:
        return None
    row_no, column_no = int(at[2]), _number(at[1])
    first, start = max(1, row_no - ROWS_ABOVE), max(0, column_no - COLUMNS)
    where = {"submission": finding["submission_id"], "sheet": finding["sheet"]}
    cells = database.rows(_WINDOW, **where, first=first, last=row_no + ROWS_BELOW, columns=start + COLUMNS)
    texts = {(cell["row_no"], cell["column_no"]): cell["text"] for cell in cells if cell["column_no"] > start}
    texts.setdefault((row_no, column_no), "")
    marked = {"severity": _MARKED, "corrected": _CORRECTED} | ({"changed": _CHANGED} if compare else {})
    found = database.together(marked, **where, earlier=finding["supersedes"])
    changed = found.get("changed", [])
    marks = {
        "severity": {row["cell"]: row["severity"] for row in found["severity"]},
        "corrected": {row["cell"]: row for row in found["corrected"]},
        "was": {row["cell"]: row["old_said"] for row in changed},
    }
    letters = {column: letters_of(column) for column in range(start + 1, max(column for _, column in texts) + 1)}
    stays = "B" if finding["kind"] == "ledger" else "A"
    rows = _rows(texts, letters, stays, marks, finding["cell"])
    count = len(marks["severity"])
    return {"letters": [*letters.values()], "rows": rows, "count": count, "changed": changed, "stays": stays}


def _rows(
    texts: Mapping[tuple[int, int], str], letters: Mapping[int, str], stays: str, marks: Marks, chosen: str
) -> dict[int, list[Cell]]:
    """Row number -> its cells."""
    columns = [(column, letter, "stays" if letter == stays else "") for column, letter in letters.items()]
    return {
        row: [
            _cell(f"{letter}{row}", texts.get((row, column), ""), css, marks, chosen) for column, letter, css in columns
        ]
        for row in sorted({row for row, _ in texts})
    }


def _cell(name: str, text: str, css: str, marks: Marks, chosen: str) -> Cell:
    mine = {mark: cells.get(name) for mark, cells in marks.items()}
    known = {
        "num": _NUMBER.match(text), f"bad {mine['severity']}": mine["severity"], "sel": name == chosen,
        "was": mine["was"], "mended": mine["corrected"], css: css,
    }  # fmt: skip
    plain = name != chosen and not any(mine.values())
    return Cell(name, text, " ".join(kind for kind, holds in known.items() if holds), name == chosen, plain, **mine)


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

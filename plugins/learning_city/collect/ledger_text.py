"""Cells as text: what lands in the database."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from learning_city.collect.ledger_memo import Memo


def as_text(value: object) -> str:
    """A cell as text: whole numbers without a point, dates as ISO, empty cells as empty text.

    The character NUL, which no database holds, becomes the sign for an unreadable one.
    """
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, str):
        return value.replace("\x00", "\ufffd")
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return str(value)


def as_array(row: Sequence[Any]) -> str:
    """A row of cells as a PostgreSQL text array; empty cells are null, those after the last full one are left out.

    No cell is a bool. A row without a full cell is an empty text.
    """
    last = len(row)
    while last and row[last - 1] == "":
        last -= 1
    return "{" + ",".join(map(_ELEMENTS.__getitem__, row[:last])) + "}" if last else ""


def _element(value: object) -> str:
    """Of texts, numbers and dates; a bool would be taken for the number it equals."""
    text = as_text(value)
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"' if text else "NULL"


_ELEMENTS = Memo(_element)

"""Formulas and errors of a worksheet, found in its XML however it is written; calamine gives only results."""

import re
from dataclasses import dataclass, field

from learning_city.collect.ledger_plain import Place

_CELL = re.compile(rb"<c\b([^>]*)>(.*?)</c>", re.DOTALL)
_EMPTY = re.compile(rb"<c\b[^>]*/>")
_ADDRESS = re.compile(rb"""\br\s*=\s*["']([A-Z]{1,3})(\d{1,7})["']""")
_FORMULA = re.compile(rb"<f\b[^>]*?(?:/>|>.*?</f>)", re.DOTALL)
_RESULT = re.compile(rb"<v\b[^>/]*>([^<]+)")


@dataclass(frozen=True, slots=True)
class Found:
    """The formulas by cell, the cells whose formula has no result (an empty text is one), and errors such as #REF!."""

    formulas: dict[Place, bytes] = field(default_factory=dict)
    pending: list[Place] = field(default_factory=list)
    errors: dict[Place, str] = field(default_factory=dict)


def find(sheet: bytes) -> Found:
    """What the cells of a worksheet part hold beside values."""
    found = Found()
    if b"<f" not in sheet and b't="e"' not in sheet:
        return found
    for attributes, inside in _CELL.findall(_EMPTY.sub(b"", sheet)):
        if not (address := _ADDRESS.search(attributes)):
            continue
        place = int(address[2]) - 1, column_number(address[1])
        formula, result = _FORMULA.search(inside), _RESULT.search(inside)
        if formula:
            found.formulas[place] = formula[0]
        if b't="e"' in attributes and result:
            found.errors[place] = result[1].decode(errors="replace")
        elif formula and not result and b't="str"' not in attributes:
            found.pending.append(place)
    return found


def column_number(letters: bytes) -> int:
    """The number of a column, from 0."""
    number = 0
    for sign in letters:
        number = number * 26 + sign - 64
    return number - 1

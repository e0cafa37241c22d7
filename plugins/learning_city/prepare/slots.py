"""Slots: the places of a mould where one ledger differs from another of the same forms.

xlsxwriter writes a mould once per department; each slot goes through it as a mark of two
private characters around a name, and comes out of the finished XML as a gap to fill.
"""

import re
from datetime import date
from math import isfinite
from typing import Any

_OPEN, _CLOSE = "\ue0f3", "\ue0f5"
_NAME = r"((?:\d+|_lcm|check)![A-Za-z]+\d+|[a-z_]+)"
_SLOT = re.compile(_OPEN + _NAME + _CLOSE)
_CELL = re.compile(rf' t="str"><f>0</f><v>{_OPEN}@{_NAME}{_CLOSE}</v></c>')
_NUMBER = re.compile(rf' t="str"(><f>[^<]*</f><v>){_OPEN}#{_NAME}{_CLOSE}')
_UNSAFE = re.compile("[&<>\x00-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff]|_(?=x[0-9A-Fa-f]{4}_)")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "_": "_x005F_"}
_DAY_ZERO = date(1899, 12, 30)

EMPTY = "/>"
"""The end of a cell that holds nothing."""


def text(name: str) -> str:
    """A slot inside a text."""
    return f"{_OPEN}{name}{_CLOSE}"


def number(name: str) -> str:
    """A slot for the cached result of a formula that gives a number."""
    return f"{_OPEN}#{name}{_CLOSE}"


def leave_cell(sheet: Any, at: tuple[int, int], name: str, look: Any = None) -> None:
    """Leave a whole cell open: its end is filled in later, with ``EMPTY`` or ``cell``."""
    sheet.write_formula(*at, "0", look, f"{_OPEN}@{name}{_CLOSE}")


def split(xml: str) -> list[str]:
    """The XML as literal, slot name, literal, … literal."""
    return _SLOT.split(_NUMBER.sub(rf"\1{_OPEN}\2{_CLOSE}", _CELL.sub(rf"{_OPEN}\1{_CLOSE}", xml)))


def cell(said: float | str | date | None) -> str:
    """The end of a cell that holds a number, a day or a text (never a formula).

    Raises:
        ValueError: The number is infinite or not a number.
    """
    if said is None or said == "":
        return EMPTY
    if isinstance(said, str):
        return f' t="inlineStr"><is><t xml:space="preserve">{escape(said)}</t></is></c>'
    if isinstance(said, date):
        return f"><v>{(said - _DAY_ZERO).days}</v></c>"
    if not isfinite(said):
        raise ValueError(f"{said} cannot stand in a cell; leave it out and give a missing type.")
    return f"><v>{float(said)!r}</v></c>"


def escape(said: str) -> str:
    """A text as XML of a workbook; characters XML has no place for are written as _x0007_."""
    return _UNSAFE.sub(_escaped, said) if _UNSAFE.search(said) else said


def _escaped(found: re.Match[str]) -> str:
    sign = found[0]
    return _ENTITIES.get(sign) or f"_x{ord(sign):04X}_"

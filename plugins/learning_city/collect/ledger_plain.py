"""Worksheets as spreadsheet programs usually write them, read by one pattern, several times faster than by a parser.

Every byte between ``<sheetData>`` and its end has to be accounted for. What is not (comments, rich text in a cell,
prefixes, cells far out, …) is ``NotPlain``: the workbook is then left to calamine, which gives the same, only later.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from itertools import product
from string import ascii_uppercase
from typing import Any

from lxml import etree

from learning_city.collect.ledger_memo import Memo
from learning_city.collect.ledger_strings import NotPlain, Strings, text

Grid = list[list[Any]]
Place = tuple[int, int]
"""Row and column of a cell, from 0."""
Looks = Mapping[bytes | None, str]
"""Cell style (None: not stated) -> whether a number is shown as ``number``, as ``date``, or otherwise (``unsure``)."""
MOST_PADDING = 200_000
"""Empty cells a sheet may need to be laid out as a grid; more is not plain."""
FIELDS = 7
"""Pieces a cell takes in what ``pieces`` gives."""
_CELL = re.compile(
    rb'<c r="([A-Z]{1,2}+)([1-9]\d{0,3}+)"(?: s="(\d++)")?+(?: t="(\w++)")?+>(<f[^<]*+(?:</f>)?+)?+'
    rb'(?:<(?:v|is><t(?: xml:space="preserve"|(?=>(?:\S[^<]*)?\S<)))>([^<]*+)</(?:v|t></is)>|<v ?/>)?+</c>'
)
_VALUE, _NO_VALUE = re.compile(rb"<v>([^<]*+)</v>"), b"<v></v>"
_BETWEEN = re.compile(rb'(?:\s|</row>|<row(?: [\w:]+="[^"<>]*+")*+ ?/?>|<c(?: [\w:]+="[^"<>]*+")*+ ?/>)*+')
_LETTERS = [*ascii_uppercase, *map("".join, product(ascii_uppercase, repeat=2))]
COLUMNS = {letters.encode(): number for number, letters in enumerate(_LETTERS)}
_NUMBER_FORMATS = frozenset([*range(5), *range(9, 12), *range(37, 41), 48, 49])
_NUMBER_CODE = re.compile(r'(?:General|[#0?.,%_()+\-;\s]|"[^"]*"|\[Red\])*')
_DATE_FORMAT = "14"
_DATE_CODE = re.compile(r"(?:\[\$-[0-9A-Fa-f]+\])?[ymd年月日/.\s\\-]+(?:;@)?", re.IGNORECASE)
_DAY_ZERO = date(1899, 12, 30)
_FIRST_SURE_DAY, _LAST_DAY = 61, 2_958_465
_SAFE: Any = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A worksheet: its grid from A1, the formulas of its cells, and which of them were never calculated."""

    grid: Grid
    formulas: Mapping[Place, bytes] = field(default_factory=dict)
    pending: frozenset[Place] = frozenset()


def body(sheet: bytes) -> bytes:
    """What stands between ``<sheetData>`` and its end."""
    _, opened, inside = sheet.partition(b"><sheetData>")
    inside, closed, _ = inside.rpartition(b"</sheetData>")
    if opened and closed:
        return inside
    if b"<sheetData/>" in sheet:
        return b""
    raise NotPlain("sheetData")


def pieces(inside: bytes) -> list[bytes]:
    """The cells that hold something: column, row, style, type, formula and value of each, seven apart, from 1."""
    found = _CELL.split(inside)
    if not all(map(_is_between, set(found[::FIELDS]))):
        raise NotPlain("cells")
    return found


@lru_cache(maxsize=4096)
def _is_between(piece: bytes) -> bool:
    return _BETWEEN.fullmatch(piece) is not None


@dataclass(frozen=True, slots=True)
class _Layout:
    """A row but for what its cells hold: the same in most workbooks of a template.

    ``at`` is its number (-1 of one that holds nothing), ``row`` what it holds in every case, ``slots`` column, type and
    style of each cell whose value differs.
    """

    at: int
    row: list[Any]
    slots: tuple[tuple[int, bytes | None, bytes | None], ...]
    formulas: dict[Place, bytes]
    pending: tuple[Place, ...]
    padding: int


def read(inside: bytes, strings: Strings, looks: Looks) -> Sheet:
    """The sheet whose ``body`` this is."""
    *rows, rest = inside.split(b"</row>")
    if not _is_between(rest):
        raise NotPlain("rows")
    grid: Grid = []
    formulas: dict[Place, bytes] = {}
    pending: list[Place] = []
    padding = 0
    for xml in rows:
        found = _VALUE.split(xml)
        layout = _LAYOUTS[_NO_VALUE.join(found[::2])]
        if layout.at < len(grid):
            if layout.at < 0:
                continue
            raise NotPlain("order")
        grid.extend([] for _ in range(layout.at - len(grid)))
        row = layout.row.copy()
        for (column, kind, style), said in zip(layout.slots, found[1::2], strict=True):
            row[column] = strings[said] if kind == b"s" else value(kind, said, looks[style])
        grid.append(row)
        formulas.update(layout.formulas)
        pending += layout.pending
        padding += layout.padding
    if padding > MOST_PADDING:
        raise NotPlain("extent")
    return Sheet(grid, formulas, frozenset(place for place in pending if grid[place[0]][place[1]] == ""))


def _layout(xml: bytes) -> _Layout:
    found = pieces(xml)
    row: list[Any] = []
    slots, pending, padding, numbers = [], [], 0, set(found[2::FIELDS])
    formulas: dict[Place, bytes] = {}
    at = int(found[2]) - 1 if numbers else -1
    for letters, _, style, kind, formula, said in zip(*(found[n::FIELDS] for n in range(1, FIELDS)), strict=True):
        gap = COLUMNS[letters] - len(row)
        if gap < 0 or len(numbers) > 1:
            raise NotPlain("order")
        padding += gap
        row.extend([""] * gap)
        if said == b"" and kind != b"inlineStr":
            slots.append((len(row), kind, style))
        if formula:
            formulas[at, len(row)] = formula
            pending += [(at, len(row))] * (kind != b"str")
        row.append(text(said.decode()) if said else "")
    return _Layout(at, row, tuple(slots), formulas, tuple(pending), padding)


_LAYOUTS = Memo(_layout, most=2**14)


def value(kind: bytes | None, said: bytes, look: str) -> str | float | date:
    """What a cell of another type than a shared string holds; an error such as #DIV/0! is an empty cell, as calamine has it."""
    if not said or kind == b"e":
        return ""
    if kind is None or kind == b"n":
        return _number(said, look)
    if kind in (b"str", b"inlineStr"):
        return _KNOWN[said]
    if kind == b"b":
        return "FALSE" if said == b"0" else "TRUE"
    raise NotPlain("type")


_KNOWN: Memo[bytes, str] = Memo(lambda said: text(said.decode()))
"""Results of formulas are often the same."""


def _number(said: bytes, look: str) -> float | date:
    if said.translate(None, b"0123456789.eE+-"):
        raise NotPlain("number")
    number = float(said)
    if look == "number":
        return number
    if look == "date" and number.is_integer() and _FIRST_SURE_DAY <= number <= _LAST_DAY:
        return _DAY_ZERO + timedelta(days=number)
    raise NotPlain("number format")


@lru_cache(maxsize=64)
def looks(styles: bytes) -> Looks:
    """How numbers look in the cell styles of a workbook."""
    shown = ["number"]
    if styles:
        root = etree.fromstring(styles, _SAFE)
        codes = {one.get("numFmtId"): one.get("formatCode") or "" for one in root.iterfind("{*}numFmts/{*}numFmt")}
        shown = [_look(one.get("numFmtId") or "0", codes) for one in root.iterfind("{*}cellXfs/{*}xf")] or shown
    return {None: "number"} | {b"%d" % number: look for number, look in enumerate(shown)}


def _look(number: str, codes: Mapping[str, str]) -> str:
    code = codes.get(number)
    if code is None:
        return "number" if int(number) in _NUMBER_FORMATS else "date" if number == _DATE_FORMAT else "unsure"
    if _NUMBER_CODE.fullmatch(code):
        return "number"
    return "date" if _DATE_CODE.fullmatch(code) else "unsure"

"""Worksheets as spreadsheet programs usually write them, read by one pattern, several times faster than by a parser.

Every byte between ``<sheetData>`` and its end has to be accounted for. What is not (comments, rich text in a cell,
prefixes, cells far out, …) is ``NotPlain``: the workbook is then left to calamine, which gives the same, only later.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from itertools import product
from string import ascii_uppercase
from typing import Any

from lxml import etree

Grid = list[list[Any]]
Place = tuple[int, int]
"""Row and column of a cell, from 0."""
MOST_PADDING = 200_000
"""Empty cells a sheet may need to be laid out as a grid; more is not plain."""
FIELDS = 7
"""Pieces a cell takes in what ``pieces`` gives."""
_CELL = re.compile(
    rb'<c r="([A-Z]{1,2}+)([1-9]\d{0,3}+)"(?: s="(\d++)")?+(?: t="(\w++)")?+>(<f[^<]*+(?:</f>)?+)?+'
    rb'(?:<(?:v|is><t(?: xml:space="preserve"|(?=>(?:\S[^<]*)?\S<)))>([^<]*+)</(?:v|t></is)>|<v ?/>)?+</c>'
)
_BETWEEN = re.compile(rb'(?:\s|</row>|<row(?: [\w:]+="[^"<>]*+")*+ ?/?>|<c(?: [\w:]+="[^"<>]*+")*+ ?/>)*+')
_RUN = r'<r>(?:<rPr>(?:<[^<>]*/>)*+</rPr>)?+<t(?: xml:space="preserve"|(?=>(?:\S[^<]*)?\S<))>[^<]*+</t></r>'
_STRING = re.compile(
    r'<si>(?:<t( xml:space="preserve")?+>(?(1)|(?!\s))([^<]*+)(?(1)|(?<!\s))</t>|'
    rf"((?:{_RUN})++))(?:<phoneticPr [^<>]*/>)?+</si>",
    re.ASCII,
)
"""A text without ``preserve`` has no spaces at its ends; one that is written with them is left to calamine."""
_RUN_TEXT = re.compile(r"<t(?: [^<>]*)?>([^<]*)</t>")
_SPACE = re.compile(r"\s*")
_ESCAPED = re.compile(r"_x[0-9A-Fa-f]{4}_")
_ENTITY = re.compile(r"&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#x([0-9A-Fa-f]{1,6}));")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_LETTERS = [*ascii_uppercase, *map("".join, product(ascii_uppercase, repeat=2))]
COLUMNS = {letters.encode(): number for number, letters in enumerate(_LETTERS)}
_NUMBER_FORMATS = frozenset([*range(5), *range(9, 12), *range(37, 41), 48, 49])
_NUMBER_CODE = re.compile(r'(?:General|[#0?.,%_()+\-;\s]|"[^"]*"|\[Red\])*')
_DATE_FORMAT = "14"
_DATE_CODE = re.compile(r"(?:\[\$-[0-9A-Fa-f]+\])?[ymd年月日/.\s\\-]+(?:;@)?", re.IGNORECASE)
_DAY_ZERO = date(1899, 12, 30)
_FIRST_SURE_DAY, _LAST_DAY = 61, 2_958_465
_SAFE: Any = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)


class NotPlain(Exception):
    """The part holds something this reader does not know; another one has to read the workbook."""


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


def read(inside: bytes, strings: Sequence[str], looks: Sequence[str]) -> Sheet:
    """The sheet whose ``body`` this is; ``looks`` as ``looks`` gives them."""
    found = pieces(inside)
    grid: Grid = []
    formulas: dict[Place, bytes] = {}
    pending: list[Place] = []
    padding, at, here, row = 0, -1, b"", []
    for letters, digits, style, kind, formula, said in zip(*(found[n::FIELDS] for n in range(1, FIELDS)), strict=True):
        if digits != here:
            here, at = digits, int(digits) - 1
            grid.extend([] for _ in range(at + 1 - len(grid)))
            row = grid[at]
        if gap := COLUMNS[letters] - len(row):
            padding += _leave(gap, row)
        row.append(strings[index(said)] if kind == b"s" else value(kind, said, style, strings, looks))
        if formula:
            formulas[at, len(row) - 1] = formula
            if not said and kind != b"str":
                pending.append((at, len(row) - 1))
    if padding > MOST_PADDING:
        raise NotPlain("extent")
    return Sheet(grid, formulas, frozenset(pending))


def _leave(gap: int, row: list[Any]) -> int:
    """Leave cells empty before the next one; how many."""
    if gap < 0:
        raise NotPlain("order")
    row.extend([""] * gap)
    return gap


def value(
    kind: bytes | None,
    said: bytes | None,
    style: bytes | None,
    strings: Sequence[str] | Mapping[int, str],
    looks: Sequence[str],
) -> str | float | date:
    """What a cell holds; an error such as #DIV/0! is an empty cell, as calamine has it."""
    if kind == b"s":
        return strings[index(said)]
    if not said or kind == b"e":
        return ""
    if kind is None or kind == b"n":
        return _number(said, looks[int(style)] if style else "number")
    if kind in (b"str", b"inlineStr"):
        return _known(said)
    if kind == b"b":
        return "FALSE" if said == b"0" else "TRUE"
    raise NotPlain("type")


def index(said: bytes | None) -> int:
    """The number of a shared string."""
    if said is None or not said.isdigit():
        raise NotPlain("string")
    return int(said)


def _number(said: bytes, look: str) -> float | date:
    if said.translate(None, b"0123456789.eE+-"):
        raise NotPlain("number")
    number = float(said)
    if look == "number":
        return number
    if look == "date" and number.is_integer() and _FIRST_SURE_DAY <= number <= _LAST_DAY:
        return _DAY_ZERO + timedelta(days=number)
    raise NotPlain("number format")


def strings(part: bytes) -> list[str]:
    """The shared strings of a workbook."""
    start, end = part.find(b"<si>"), part.rfind(b"</sst>")
    if start < 0 or end < 0:
        return []
    inside = part[start:end].decode()
    found = _STRING.split(inside)
    between, told, rich = found[::4], found[2::4], found[3::4]
    if not all(map(_SPACE.fullmatch, set(between))):
        raise NotPlain("strings")
    if any(rich):
        told = ["".join(_RUN_TEXT.findall(runs)) if runs else one for one, runs in zip(told, rich, strict=True)]
    return list(map(text, told)) if _is_odd(inside) else told


def text(said: str) -> str:
    """A text of a part, its entities resolved."""
    if not _is_odd(said):
        return said
    if said.count("&") != len(_ENTITY.findall(said)) or _is_odd(said.replace("&", "")):
        raise NotPlain("text")
    return _ENTITY.sub(_entity, said)


def _is_odd(said: str) -> bool:
    return "&" in said or "\r" in said or "\x00" in said or ("_x" in said and bool(_ESCAPED.search(said)))


@lru_cache(maxsize=2**14)
def _known(said: bytes) -> str:
    """Results of formulas are often the same."""
    return text(said.decode())


def _entity(found: re.Match[str]) -> str:
    name, decimal, hexadecimal = found.groups()
    number = int(decimal or hexadecimal or "0", 10 if decimal else 16)
    if name is None and not (number in (9, 10) or 32 <= number <= 0xD7FF or 0xE000 <= number <= 0xFFFD):
        raise NotPlain("text")
    return _NAMED[name] if name else chr(number)


@lru_cache(maxsize=64)
def looks(styles: bytes) -> tuple[str, ...]:
    """Per cell style whether a number in it is shown as ``number``, as ``date``, or as something else (``unsure``)."""
    if not styles:
        return ("number",)
    root = etree.fromstring(styles, _SAFE)
    codes = {one.get("numFmtId"): one.get("formatCode") or "" for one in root.iterfind("{*}numFmts/{*}numFmt")}
    return tuple(_look(one.get("numFmtId") or "0", codes) for one in root.iterfind("{*}cellXfs/{*}xf")) or ("number",)


def _look(number: str, codes: Mapping[str, str]) -> str:
    code = codes.get(number)
    if code is None:
        return "number" if int(number) in _NUMBER_FORMATS else "date" if number == _DATE_FORMAT else "unsure"
    if _NUMBER_CODE.fullmatch(code):
        return "number"
    return "date" if _DATE_CODE.fullmatch(code) else "unsure"

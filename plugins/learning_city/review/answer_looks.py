"""How an answer workbook (答复件) looks, and how words of strangers get into it as words."""

from math import ceil
from typing import Any

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side

INK, SOFT, LINK, RULE, HAIR = "1F2D3D", "4A5663", "0B5C94", "1F2D3D", "C9D1D9"
HEAD, GROUP, MAY = "E9EEF4", "F4F6F9", "FFFBE8"
SIGNS = {"block": "■ 须改", "ask": "▲ 须说明", "note": "● 提示"}
"""Severity -> sign and word."""
COLOURS = {"block": ("C2410C", "FBD9C9"), "ask": ("8A5A00", "FFE9AE"), "note": ("0B5C94", "D9EAF6")}
"""Severity -> colour of border and figure, fill."""
OPEN, LOCKED = Protection(locked=False), Protection(locked=True)
SONG, HEI, DIGITS = "宋体", "黑体", "Times New Roman"
LONGEST = 1500
"""Characters of one text; what is longer is cut with a mark."""
_FORMULA_LIKE = ("=", "+", "-", "@", "\t")


def text(cell: Any, said: str) -> None:
    """Put words into a cell as words, whatever they look like: no formula, no link, no sign XML has no place for."""
    plain = printable(said)
    cell.value = plain
    cell.data_type = "s"
    if plain.startswith(_FORMULA_LIKE):
        cell.quotePrefix = True


def printable(said: str) -> str:
    """Words without the signs a workbook cannot hold, of a length a person reads."""
    plain = ILLEGAL_CHARACTERS_RE.sub("□", said)
    return plain if len(plain) <= LONGEST else plain[:LONGEST] + "…"


def fill(colour: str) -> PatternFill:
    """A solid fill."""
    return PatternFill("solid", fgColor=colour)


def font(name: str = SONG, size: float = 10, colour: str = INK, *, bold: bool = False, underline: bool = False) -> Font:
    """A font by name; the families are named, never embedded."""
    return Font(name=name, size=size, color=colour, bold=bold, underline="single" if underline else None)


def box(colour: str) -> Border:
    """A heavy border on all four sides."""
    side = Side(style="medium", color=colour)
    return Border(left=side, right=side, top=side, bottom=side)


def ruled(*, top: bool = False, bottom: bool = False) -> Border:
    """Hairlines, with the heavy rule that opens or closes a table."""
    hair, heavy = Side(style="thin", color=HAIR), Side(style="medium", color=RULE)
    return Border(left=hair, right=hair, top=heavy if top else hair, bottom=heavy if bottom else hair)


def placed(horizontal: str = "left", *, wrap: bool = True, indent: int = 0) -> Alignment:
    """Alignment, centred in the height."""
    return Alignment(horizontal=horizontal, vertical="center", wrap_text=wrap, indent=indent)


def dress(cell: Any, **look: Any) -> None:
    """Set font, fill, border, alignment, number_format or protection of a cell."""
    for name, value in look.items():
        setattr(cell, name, value)


def height(*texts: tuple[str, float, float]) -> float:
    """Points a row needs for these (text, column width in digits, points of the font), up to what a row may have."""
    return min(max(max(_lines(*one) * (one[2] + 4) for one in texts) + 6, 19.5), 400.0)


def _lines(said: str, width: float, points: float) -> int:
    em, room = points * 96 / 72, width * 7 - 6
    return sum(
        max(1, ceil(sum(em if ord(sign) > 0x2E7F else em * 0.55 for sign in part) / room)) for part in said.split("\n")
    )

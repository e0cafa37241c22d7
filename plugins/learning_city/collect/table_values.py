"""What stands in a data cell: a number however it is written, a symbol with its meaning, a flag beside the number."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SYMBOLS = {
    "…": "N", "……": "N", "...": "N", "......": "N", "..": "N", "⋯": "N", ":": "L", ".": "L", "-": "M", "--": "M",
    "---": "M", "—": "M", "——": "M", "―": "M", "─": "M", "–": "M", "一": "M", "x": "Q", "×": "Q",
    "n/a": "L", "na": "L", "n.a.": "L", "不详": "L", "未公布": "L",
}  # fmt: skip
"""What stands in a cell instead of a number, and the status it has unless a source's legend says otherwise."""
FLAGS = {
    "b": "B", "e": "E", "p": "P", "f": "F", "d": "D", "i": "I", "c": "Q", "s": "E", "n": "N", "z": "M",
    "u": "u", "r": "r", "t": "t", "v": "v", "m": "L",
}  # fmt: skip
"""Letters that agencies set beside a number, and the status they mean; u, r, t, v have none and stay as they are."""
MARKS = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳*＊※†‡¹²³⁰⁴⁵⁶⁷⁸⁹"
"""Signs that lead to a footnote."""
_TRAILING = re.compile(rf"\s*[{re.escape(MARKS)}]+\s*$")
_LETTERS = re.compile(r"(?<=[\d.:])\s*[(\[]?([a-z]{1,3})[)\]]?$")
_POINT = re.compile(r"^[+-]?(?:\d+(?:,\d{3})*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$")
_COMMA = re.compile(r"^[+-]?\d+(?:\.\d{3})*(?:,\d+)?$")
_GROUPED = re.compile(r"^[+-]?\d{1,3}(?:[.,]\d{3})+$")
_MINUS = str.maketrans({"−": "-", "–": "-", "—": "-", "‐": "-", "△": "-", "▲": "-", "▽": "-"})


@dataclass(frozen=True, slots=True)
class Value:
    """A data cell's content: ``number`` None for a symbol, whose status is ``flag``; ``percent`` as typed with a %."""

    number: float | None
    flag: str | None = None
    percent: bool = False
    marks: str = ""


def read(cell: Any, *, decimal: str = ".", legend: Mapping[str, str] = SYMBOLS) -> Value | None:
    """The value a cell holds, also as text; None for words and empty cells. ``decimal``: the file's decimal sign."""
    if isinstance(cell, bool) or cell is None:
        return None
    if isinstance(cell, int | float):
        return Value(float(cell)) if cell == cell and abs(cell) != float("inf") else None
    if not isinstance(cell, str) or len(cell) > 60:
        return None
    text = cell.strip(" \t\r\n\u00a0\u3000")
    if not text:
        return None
    if (sign := symbol(text, legend)) is not None:
        return _signed(sign)
    return _typed(text, decimal, legend)


def _signed(sign: str, marks: str = "") -> Value:
    """What a symbol says: a status, or nothing at all where the source means zero by it."""
    return Value(0.0, marks=marks) if sign == "A" else Value(None, sign, marks=marks)


def symbol(text: str, legend: Mapping[str, str] = SYMBOLS) -> str | None:
    """The status a symbol stands for; None where the text is none."""
    bare = re.sub(r"\s", "", text)
    folded = unicodedata.normalize("NFKC", bare).casefold()
    return next((legend[way] for way in (bare, bare.casefold(), folded) if way in legend), None)


def _typed(text: str, decimal: str, legend: Mapping[str, str]) -> Value | None:
    found = _TRAILING.search(text)
    marks = found[0].strip() if found else ""
    bare = text[: found.start()] if found else text
    letters = _LETTERS.search(bare)
    flag = None
    if letters and all(letter in FLAGS for letter in letters[1]):
        flag, bare = FLAGS[letters[1][0]], bare[: letters.start()]
        if (sign := symbol(bare, legend)) is not None:
            return _signed(sign, marks)
    if re.fullmatch(r"\s*(?:18|19|20)\d\d\s+(?:18|19|20)\d\d\s*", bare):
        return None
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", bare))
    plain = re.sub(r"(?<=\d)[。·](?=\d)", ".", plain.translate(_MINUS))
    percent = plain.endswith("%")
    number = _number(plain.removesuffix("%"), decimal)
    return None if number is None else Value(number, flag, percent, marks)


def _number(plain: str, decimal: str) -> float | None:
    if decimal == "," and _COMMA.match(plain):
        return float(plain.replace(".", "").replace(",", "."))
    return float(plain.replace(",", "")) if decimal == "." and _POINT.match(plain) else None


def decimal_sign(texts: list[str]) -> str:
    """The decimal sign of a file: a comma where its texts cannot be read otherwise."""
    commas = points = 0
    for text in texts:
        plain = re.sub(r"\s", "", text)
        if not re.fullmatch(r"[+-]?[\d.,]+%?", plain):
            continue
        plain = plain.removesuffix("%")
        if re.search(r"\.\d{3}[.,]", plain) or (re.search(r",\d+$", plain) and not _GROUPED.match(plain)):
            commas += 1
        elif re.search(r",\d{3}[.,]", plain) or (re.search(r"\.\d+$", plain) and not _GROUPED.match(plain)):
            points += 1
    return "," if commas > points else "."

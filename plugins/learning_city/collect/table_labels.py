"""Labels as a person reads them: without spacing, footnote marks, units and the English that repeats them."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from learning_city.collect import table_formats, table_units, table_values

_HAN = "\u3400-\u9fff\uf900-\ufaff"
_EAST = f"{_HAN}\uac00-\ud7a3\u3040-\u30ff"
_TIGHT = re.compile(rf"(?<=[{_HAN}（）、，])\s+(?=[{_HAN}（）、，])")
_PART_OF = re.compile(r"^(?:[#＃‖△]+\s*|(?:其中|#?of which)\s*[:：、,]\s*(?=\S))+", re.IGNORECASE)
_ONLY_PART = re.compile(r"^[#＃‖]?\s*(?:其\s*中|of which)\s*[:：]?$", re.IGNORECASE)
_MARKS = re.compile(
    rf"(?<=\S)\s*(?:[①-⑳*＊※†‡]+|(?<![mM米里])[¹²³⁰⁴-⁹]+|\[\d{{1,2}}\]|[(（]?注\s*\d*[)）]|(?<=[{_EAST}])\d\))$"
)
_TAIL = re.compile(
    rf"^(.*[{_EAST}）)\]】…\d%])\s+([(A-Za-z&][^{_EAST}]*)$|^(.*[{_EAST}）)])([A-Z][a-z][^{_EAST}]+)$", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Label:
    """A label's own words; ``alias`` its English twin, ``unit`` what stood behind it, ``is_part`` marked as of-which."""

    text: str
    alias: str = ""
    unit: str | None = None
    marks: str = ""
    is_part: bool = False


def words(cell: Any) -> str:
    """A cell's text with its line breaks as they are; numbers as a label shows them."""
    if isinstance(cell, str):
        return cell.replace("\x00", "\ufffd").replace("\u200b", "").replace("\ufeff", "")
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int | float):
        return table_formats.plain(float(cell))
    return str(cell.isoformat()) if hasattr(cell, "isoformat") else str(cell)


def tidy(text: str) -> str:
    """One line without spacing inside Chinese words: 「北 京」 is 「北京」."""
    line = " ".join(text.replace("\u00a0", " ").replace("\u3000", " ").split())
    return _TIGHT.sub("", re.sub(r"(?<=[a-z])- (?=[a-z])", "", line))


def read(cell: Any) -> Label:
    """Take a label apart: its own words, its English, its unit, its footnote marks."""
    raw = words(cell).strip()
    is_part = bool(_PART_OF.match(raw) or _ONLY_PART.match(raw))
    raw = _PART_OF.sub("", raw) or raw
    marks = ""
    while found := _MARKS.search(raw):
        marks, raw = found[0].strip() + marks, raw[: found.start()].rstrip()
    raw, unit = table_units.at_end(raw)
    own, alias = split_twin(raw)
    if unit is None or alias:
        own, own_unit = table_units.at_end(own)
        unit = own_unit or unit
        while found := _MARKS.search(own):
            marks, own = found[0].strip() + marks, own[: found.start()].rstrip()
    return Label(tidy(own).strip("：: ") or tidy(own), tidy(alias), unit, marks, is_part)


def split_twin(text: str) -> tuple[str, str]:
    """The Chinese (or Korean) part of a label and the English that repeats it, or the label and nothing."""
    if not (is_eastern(text) and re.search(r"[A-Za-z]{2}", text)):
        return text, ""
    lines = [line for line in re.split(r"[\r\n]+", text) if line.strip()]
    for cut in range(1, len(lines)):
        below = "\n".join(lines[cut:])
        if is_western(below) and all(is_eastern(line) or re.match(r"\W*[\d~～-]", line) for line in lines[:cut]):
            return "\n".join(lines[:cut]), below
        above = "\n".join(lines[:cut])
        if is_western(above) and not re.search(r"[A-Za-z]{2}", "\n".join(lines[cut:])):
            return "\n".join(lines[cut:]), above
    if (found := _TAIL.match(text)) and re.search(r"[A-Za-z][a-z]", found[2] or found[4]):
        return found[1] or found[3], found[2] or found[4]
    return text, ""


def is_eastern(text: str) -> bool:
    """Whether a text has Chinese, Korean or Japanese letters."""
    return bool(re.search(f"[{_EAST}]", text))


def is_han(text: str) -> bool:
    """Whether a text has Chinese characters and no other letters that are parted by spaces."""
    return bool(re.search(f"[{_HAN}]", text)) and not re.search("[\uac00-\ud7a3]|[A-Za-z]{4}", text)


def is_western(text: str) -> bool:
    """Whether a text is words in Latin letters only."""
    return bool(re.search(r"[A-Za-z]{2}", text)) and not is_eastern(text)


def is_only_part(text: str) -> bool:
    """Whether a label says 其中 and nothing more: it stands over the parts of what is left of it."""
    return bool(_ONLY_PART.match(text.strip()))


def same(left: str, right: str) -> bool:
    """Whether two labels are the same but for spacing and width."""
    return _key(left) == _key(right)


def indent(cell: Any) -> int:
    """How far a label is set in, in half widths; the sign # before it takes room too."""
    raw = words(cell)
    lead = raw[: len(raw) - len(raw.lstrip(" \t\u00a0\u3000\u2003\u2002#＃"))]
    return sum(2 if unicodedata.east_asian_width(sign) == "F" or sign in "\t\u2003" else 1 for sign in lead)


def _key(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).casefold()


def is_symbol(text: str) -> bool:
    """Whether a text is one of the signs that stand for a missing number."""
    return table_values.symbol(text) is not None

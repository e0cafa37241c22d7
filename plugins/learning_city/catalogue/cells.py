"""One cell of a reference table: from what somebody typed to a value of the column's type."""

import math
import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime

from learning_city.catalogue import headings
from learning_city.catalogue.columns import Table
from learning_city.model.dimensions import dimension

LONGEST = 32_767
"""Characters an Excel cell holds."""
_WHOLE_MAX = 32_767
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_DIGITS = 15
_YES = {"yes": True, "no": False, "1": True, "0": False, "true": True, "false": False, "是": True, "否": False}


class Misread(ValueError):
    """A cell that does not hold what its column asks for; says so in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        self.zh, self.en = zh, en
        super().__init__(en)


def read(name: str, table: Table, column: str, said: str) -> object:
    """The value of a cell of table ``name``: None when it is empty; raises Misread when it cannot be understood."""
    text = said.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not text:
        if column in table.required:
            raise Misread("不能为空，请填写。", "empty; it must be filled.")
        return None
    if found := _UNPRINTABLE.search(text):
        raise Misread(
            f"第 {found.start() + 1} 个字符不可见，请删去。",
            f"character {found.start() + 1} is unprintable; delete it.",
        )
    if len(text.encode("utf-16-le")) // 2 > LONGEST:
        raise Misread(
            f"超过 {LONGEST} 个字符，Excel 存不下，请缩短。",
            f"longer than {LONGEST} characters, more than Excel holds.",
        )
    if column in table.choices:
        return _choice(name, table, column, text)
    return _READERS[table.columns[column]](text)


def _choice(name: str, table: Table, column: str, text: str) -> str:
    words = headings.choices(name, column)
    for code in table.choices[column]:
        if text in (code, words[code]):
            return code
    allowed = "、".join(f"{words[code]}（{code}）" for code in words)
    raise Misread(
        f"“{text}”不在可选范围，请选：{allowed}。",
        f"{text!r} is not one of the choices; take one of {', '.join(sorted(words))}.",
    )


def plain(text: str) -> str:
    """Digits, signs and points in half width, without spaces: ``１２．５`` is ``12.5``."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).replace("−", "-").replace("。", ".")


def _ungrouped(text: str) -> str:
    said = plain(text)
    return said.replace(",", "") if _GROUPED.fullmatch(said) else said


def _whole(text: str) -> int:
    wrong = Misread(
        f"“{text}”不是 0 到 {_WHOLE_MAX} 的整数，请改成整数。",
        f"{text!r} is not a whole number (0 to {_WHOLE_MAX}); correct it.",
    )
    said = _ungrouped(text)
    if not re.fullmatch(r"\d{1,9}(\.0+)?", said):
        raise wrong
    found = int(said.partition(".")[0])
    if found > _WHOLE_MAX:
        raise wrong
    return found


def _number(text: str) -> float:
    wrong = Misread(f"“{text}”不是数字，请只填数。", f"{text!r} is not a number; write only the figure.")
    said = _ungrouped(text)
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", said):
        raise wrong
    found = float(said)
    if not math.isfinite(found):
        raise wrong
    if float(f"{found:.{_DIGITS}g}") != found:
        raise Misread(
            f"“{text}”超过 {_DIGITS} 位有效数字，Excel 存不准，请四舍五入。",
            f"{text!r} has more than {_DIGITS} significant digits, more than Excel keeps; round it.",
        )
    return found + 0.0


def _date(text: str) -> date:
    said = plain(text)
    try:
        if found := _DATE.fullmatch(said):
            return date(*(int(part) for part in found.groups()))
        moment = datetime.fromisoformat(said)
    except ValueError:
        moment = None
    if moment is None or "T" not in said or moment.time() != moment.min.time():
        raise Misread(
            f"“{text}”不是日期，请写成 2017-12-31 或 2017年12月31日。",
            f"{text!r} is not a date; write it like 2017-12-31.",
        )
    return moment.date()


def _yes(text: str) -> bool:
    known = _YES.get(plain(text).lower())
    if known is None:
        raise Misread(f"“{text}”应填“是”或“否”。", f"{text!r} is not yes or no; write 是 or 否.")
    return known


def _unit(text: str) -> str:
    if dimension(text) is None:
        raise Misread(
            f"“{text}”不是已知的计量单位，请改用万人、万册、%、元等通用写法。",
            f"{text!r} is not a known unit; write 万人, 万册, %, 元 or another usual one.",
        )
    return text


_READERS: dict[str, Callable[[str], object]] = {
    "text": str,
    "whole": _whole,
    "number": _number,
    "date": _date,
    "yes": _yes,
    "unit": _unit,
}

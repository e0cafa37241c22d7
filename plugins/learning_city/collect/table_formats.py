"""How a stored number is shown: the number formats of a workbook, as far as statistical tables use them."""

import re
from functools import lru_cache

_SKIPPED = re.compile(r"\[[^\]]*\]|_.|\*.")
_LITERAL = re.compile(r'"([^"]*)"|\\(.)')
_DIGITS = re.compile(r"[#0?](?:[#0?, \u00a0]*[#0?])?,*(?:\.[#0?]*)?(?:E[+-]0+)?|\.[#0?]+", re.IGNORECASE)
_DATE = re.compile(r"[ymdhs年月日]", re.IGNORECASE)
_GENERAL_WIDTH = 11
BUILT_IN = {
    0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00",
    37: "#,##0;-#,##0", 38: "#,##0;-#,##0", 39: "#,##0.00;-#,##0.00", 40: "#,##0.00;-#,##0.00", 49: "@",
}  # fmt: skip
"""Excel's own formats for numbers, by id."""


def is_percent(code: str) -> bool:
    """Whether a format shows a share as percent."""
    return "%" in _LITERAL.sub("", _SKIPPED.sub("", code))


def show(value: float, code: str) -> str:
    """The number as the format shows it; dates and formats of another kind show it plainly.

    >>> show(0.6038, "0.00%"), show(12345.678, "#,##0.0"), show(-3, '0.0"元";(0.0)')
    ('60.38%', '12,345.7', '(3.0)')
    """
    section, magnitude = _section(value, code)
    bare = _LITERAL.sub("", section)
    if code in ("", "General", "@") or "General" in bare or not _DIGITS.search(bare) or _DATE.search(bare):
        return plain(value)
    shaped, literals = _without_literals(section)
    found = _DIGITS.search(shaped)
    if found is None:
        return plain(value)
    number = _digits(magnitude * 100 if "%" in bare else magnitude, found[0])
    text = shaped[: found.start()] + number + shaped[found.end() :]
    for index, literal in enumerate(literals):
        text = text.replace(chr(0xE000 + index), literal)
    return text.strip()


@lru_cache(maxsize=4096)
def _without_literals(section: str) -> tuple[str, list[str]]:
    """The section with quoted text as single signs; an escaped space between digits groups them."""
    shaped = re.sub(r"(?<=[#0?])\\ (?=[#0?])", "\u00a0", section)
    literals: list[str] = []

    def keep(found: re.Match[str]) -> str:
        literals.append(found[1] if found[1] is not None else found[2])
        return chr(0xE000 + len(literals) - 1)

    return _LITERAL.sub(keep, shaped), literals


def _section(value: float, code: str) -> tuple[str, float]:
    sections = [_SKIPPED.sub("", part) for part in code.split(";")]
    if value < 0 and len(sections) > 1 and sections[1]:
        return sections[1], -value
    if value == 0 and len(sections) > 2 and sections[2]:
        return sections[2], 0.0
    return sections[0], value


def _digits(value: float, pattern: str) -> str:
    whole, _, decimals = pattern.partition(".")
    if "e" in pattern.lower():
        return f"{value:.{len(re.sub('[eE].*', '', decimals))}E}"
    value /= 1000 ** (len(whole) - len(whole.rstrip(",")))
    text = f"{value:,.{len(decimals)}f}" if re.search("[, \u00a0]", whole.rstrip(",")) else f"{value:.{len(decimals)}f}"
    if re.search("[ \u00a0]", whole):
        text = text.replace(",", " ")
    optional = len(decimals) - len(decimals.rstrip("#"))
    for _ in range(optional):
        text = text.removesuffix("0") if "." in text else text
    return text.removesuffix(".")


def plain(value: float) -> str:
    """A number as a spreadsheet shows it without a format: at most eleven signs, no trailing zeros.

    >>> plain(3814.099834397918), plain(2012.0), plain(0.1)
    ('3814.099834', '2012', '0.1')
    """
    if value == int(value) and abs(value) < 10**_GENERAL_WIDTH:
        return str(int(value))
    digits = len(str(int(abs(value))))
    if digits >= _GENERAL_WIDTH or abs(value) < 1e-4:
        return f"{value:.6G}"
    return f"{value:.{_GENERAL_WIDTH - 1 - digits}f}".rstrip("0").rstrip(".")

"""校验码: the number a ledger's own formulas make from its values, printed above the seal.

It changes when any value or missing mark changes, or when two cells swap: every cell has its own
weight. All arithmetic stays in integers below 2**53, so Excel, WPS, LibreOffice and this module agree.
"""

from collections.abc import Iterable
from typing import Any

PRIME = 999_983
SCALE = 10_000  # four decimals count
MARKS = ("不适用", "暂缺", "零", "并入")
TEXT = 7_919
"""What a value cell that holds text stands for; which text is not told apart."""


def weight(position: Any) -> Any:
    """The weight of the n-th value cell of the workbook (from 0); also of a whole column of positions."""
    return (position * 7_907 + 101) % PRIME


def share(rest: Any, times: Any, mark: Any, position: Any) -> Any:
    """A cell's share of the code, of single cells or of whole columns.

    ``rest`` and ``times`` are what ``split`` makes of a number (a text is TEXT and 0, a blank 0 and 0),
    ``mark`` is 1 and up in the order of MARKS, 0 without one.
    """
    return (weight(position) * (rest + 11 * mark) + _second_weight(position) * (times % PRIME)) % PRIME


def split(scaled: Any) -> tuple[Any, Any]:
    """A number in steps of 1 / SCALE as remainder and quotient: no change by a multiple of PRIME is lost."""
    return scaled % PRIME + 5, scaled // PRIME


def formula_term(value_cell: str, missing_cell: str, position: int, *, is_number: bool = True) -> str:
    """The Excel expression of one cell's share of the code (functions known since Excel 97).

    Where no number is asked (``is_number`` false) whatever stands in the cell is a text.
    """
    marks = "+".join(f'({missing_cell}="{mark}")*{code}' for code, mark in enumerate(MARKS, start=1))
    rest, times = f'IF({value_cell}="",0,{TEXT})', ""
    if is_number:
        scaled = f"ROUND({value_cell}*{SCALE},0)"
        rest = f"IF(ISNUMBER({value_cell}),MOD({scaled},{PRIME})+5,{rest})"
        quotient = f"MOD(INT({scaled}/{PRIME}),{PRIME})"
        times = f"+IF(ISNUMBER({value_cell}),{_second_weight(position)}*{quotient},0)"
    return f"MOD({weight(position)}*({rest}+{11}*({marks})){times},{PRIME})"


def term(value: float | str | None, mark: str, position: int) -> int:
    """One cell's share of the code, as ``formula_term`` computes it; a text or a choice comes as a text."""
    if value is None or value == "":
        rest, times = 0, 0
    elif isinstance(value, str):
        rest, times = TEXT, 0
    else:
        rest, times = split(_excel_round(value * SCALE))
    return int(share(rest, times, MARKS.index(mark) + 1 if mark in MARKS else 0, position))


def check_code(cells: Iterable[tuple[float | str | None, str]]) -> int:
    """The 校验码 of value cells in sheet order, each with its missing mark (or empty)."""
    return sum(term(value, mark, n) for n, (value, mark) in enumerate(cells)) % PRIME


def _second_weight(position: Any) -> Any:
    """The weight of the quotient of the n-th value cell."""
    return (position * 6_151 + 1_009) % PRIME


def _excel_round(number: float) -> int:
    """Half away from zero, as Excel's ROUND."""
    return int(abs(number) + 0.5) * (1 if number >= 0 else -1)

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


def formula_term(value_cell: str, missing_cell: str, position: int, *, is_number: bool = True) -> str:
    """The Excel expression of one cell's share of the code (functions known since Excel 97).

    Where no number is asked (``is_number`` false) whatever stands in the cell is a text.
    """
    marks = "+".join(f'({missing_cell}="{mark}")*{code}' for code, mark in enumerate(MARKS, start=1))
    number = f'IF({value_cell}="",0,{TEXT})'
    if is_number:
        number = f"IF(ISNUMBER({value_cell}),MOD(ROUND({value_cell}*{SCALE},0),{PRIME})+5,{number})"
    return f"MOD({weight(position)}*({number}+{11}*({marks})),{PRIME})"


def term(value: float | str | None, mark: str, position: int) -> int:
    """One cell's share of the code, as ``formula_term`` computes it; a text or a choice comes as a text."""
    if value is None or value == "":
        number = 0
    elif isinstance(value, str):
        number = TEXT
    else:
        number = _excel_round(value * SCALE) % PRIME + 5
    code = MARKS.index(mark) + 1 if mark in MARKS else 0
    return int(weight(position) * (number + 11 * code) % PRIME)


def check_code(cells: Iterable[tuple[float | str | None, str]]) -> int:
    """The 校验码 of value cells in sheet order, each with its missing mark (or empty)."""
    return sum(term(value, mark, n) for n, (value, mark) in enumerate(cells)) % PRIME


def _excel_round(number: float) -> int:
    """Half away from zero, as Excel's ROUND."""
    return int(abs(number) + 0.5) * (1 if number >= 0 else -1)

"""How the cells of a ledger look: fonts, rules, fills and number formats by name."""

from collections.abc import Mapping
from typing import Any, Final

INK, SOFT, PALE, LINK = "#1F2D3D", "#4A5663", "#6B7785", "#0B5C94"
HEAD_FILL, GROUP_FILL, MAY_FILL, HAIR = "#E9EEF4", "#F4F6F9", "#FFFBE8", "#C9D1D9"
RED, RED_FILL, GREEN, GREEN_FILL = "#C2410C", "#FBD9C9", "#00674D", "#DDF1EA"
AMBER, AMBER_FILL, BLUE_FILL = "#8A5A00", "#FFE9AE", "#D9EAF6"
MAX_DECIMALS, MAX_INDENT = 6, 4

Look = dict[str, Any]

_SONG: Final[Look] = {"font_name": "宋体", "font_size": 10, "font_color": INK, "valign": "vcenter"}
_SMALL: Final[Look] = {**_SONG, "font_size": 9}
_HEI: Final[Look] = {**_SONG, "font_name": "黑体"}
_DIGITS: Final[Look] = {**_SONG, "font_name": "Times New Roman"}
_GRID: Final[Look] = {"border": 1, "border_color": HAIR}
_OPEN: Final[Look] = {"locked": False, "bg_color": MAY_FILL}
_WRAP: Final[Look] = {"text_wrap": True}
_TEXT: Final[Look] = {"num_format": "@"}
_CENTER: Final[Look] = {"align": "center"}
_TOP_RULE: Final[Look] = {"top": 2, "top_color": INK}


def number_format(decimals: int) -> str:
    """Digits of a value: grouped, at least ``decimals`` of them shown, never as a percentage."""
    if decimals <= 0:
        return "#,##0_ "
    return f"#,##0.{'0' * decimals}{'#' * max(0, 3 - decimals)}_ "


_SHEET_LOOKS: Final[Mapping[str, Look]] = {
    "title": {**_HEI, **_CENTER, "font_size": 18},
    "banner": {**_HEI, **_CENTER, "font_color": RED, "bg_color": RED_FILL},
    "link": {**_SMALL, "font_color": LINK, "underline": 1},
    "hint": {**_SMALL, **_WRAP, "font_color": PALE, "align": "left"},
    "hint_line": {**_SMALL, **_CENTER, "font_color": SOFT},
    "overall": {**_HEI, **_CENTER, "font_size": 14, "border": 1, "border_color": HAIR},
    "count": {**_DIGITS, **_GRID, **_CENTER, "num_format": "0"},
    "concluded": {**_HEI, **_GRID, "align": "left", "indent": 1},
    "code_again": {**_DIGITS, **_GRID, "align": "left", "indent": 1, "bold": True, "num_format": "000000"},
    "foot": {**_SMALL, "font_color": SOFT},
    "place": {**_SMALL},
    "deadline": {**_HEI, **_CENTER, "font_color": RED},
    "subtitle": {**_SONG, **_CENTER, "font_color": SOFT},
    "mark_name": {**_SMALL, "align": "right"},
    "mark": {**_SMALL},
    "exception": {**_SMALL, **_CENTER, **_WRAP, "font_color": AMBER},
    "spared": {**_SONG, **_CENTER, "font_color": GREEN},
    "right": {**_SMALL, "align": "right"},
    "unit_name": {**_HEI},
    "round": {**_SONG, **_CENTER},
    "count_passed": {**_HEI, "font_color": GREEN},
    "count_open": {**_HEI, "font_color": PALE},
    "count_wrong": {**_HEI, "font_color": RED},
    "head": {**_HEI, **_GRID, **_TOP_RULE, **_CENTER, **_WRAP, "bg_color": HEAD_FILL},
    "letter": {**_GRID, **_CENTER, **_SONG, "font_size": 8, "font_color": SOFT},
    "group": {**_HEI, "bottom": 1, "bottom_color": HAIR, "bg_color": GROUP_FILL},
    "chapter": {**_HEI, "font_size": 12, "font_color": "#1F4E79"},
    "step": {**_HEI, **_GRID, **_CENTER},
    "said": {**_SONG, **_GRID, **_WRAP, "align": "left", "indent": 1},
    "said_link": {**_SONG, **_GRID, "font_color": LINK, "underline": 1, "indent": 1},
    "block": {**_HEI, **_GRID, **_CENTER, "font_color": RED, "bg_color": RED_FILL},
    "ask": {**_HEI, **_GRID, **_CENTER, "font_color": AMBER, "bg_color": AMBER_FILL},
    "tip": {**_HEI, **_GRID, **_CENTER, "font_color": LINK, "bg_color": BLUE_FILL},
    "field": {**_HEI, "align": "right", "indent": 1},
    "sign": {**_SONG, **_OPEN, **_TEXT, "font_size": 11, "bottom": 1, "indent": 1},
    "sign_date": {
        **_DIGITS,
        **_OPEN,
        "font_size": 11,
        "bottom": 1,
        "indent": 1,
        "align": "left",
    }
    | {"num_format": "yyyy-mm-dd"},
    "code": {**_DIGITS, **_CENTER, "font_size": 20, "bold": True, "num_format": "000000"}
    | {"border": 2, "border_color": INK},
    "seal": {**_SONG, **_CENTER, **_WRAP, "font_color": PALE, "border": 4},
    "term": {**_DIGITS, "font_size": 8, "font_color": PALE},
}


def _row_looks() -> dict[str, Look]:
    """Looks of an item's cells; each also with ``!`` for the last row, which closes the table."""
    looks: dict[str, Look] = {
        "turn": {**_DIGITS, **_GRID, **_CENTER, "left": 0},
        "definition": {**_SMALL, **_GRID, **_WRAP, "font_color": SOFT},
        "unit": {**_SMALL, **_GRID, **_CENTER, "shrink": True},
        "code_no": {**_DIGITS, **_GRID, **_CENTER, "shrink": True},
        "shown_text": {**_SMALL, **_GRID, "font_color": SOFT, "align": "right"},
        "value_text": {**_SMALL, **_GRID, **_OPEN, **_WRAP, **_TEXT, "align": "left"},
        "missing": {**_SONG, **_GRID, **_OPEN, **_CENTER},
        "reason": {**_SMALL, **_GRID, **_OPEN, **_WRAP, **_TEXT},
        "check": {**_SMALL, **_GRID, "right": 0, "indent": 1, "shrink": True},
    }
    for indent in range(MAX_INDENT + 1):
        looks[f"label{indent}"] = {**_SONG, **_GRID, **_WRAP, "align": "left", "indent": indent}
    for decimals in range(MAX_DECIMALS + 1):
        digits = {**_DIGITS, **_GRID, "align": "right", "num_format": number_format(decimals)}
        looks[f"shown{decimals}"] = {**digits, "font_color": SOFT}
        looks[f"value{decimals}"] = {**digits, **_OPEN, "font_size": 11}
    closing = {"bottom": 2, "bottom_color": INK}
    return looks | {f"{name}!": {**look, **closing} for name, look in looks.items()}


LOOKS: Final[Mapping[str, Look]] = {**_SHEET_LOOKS, **_row_looks()}


class Formats(dict[str, Any]):
    """The formats of one workbook by name, made when first asked for."""

    def __init__(self, workbook: Any) -> None:
        super().__init__()
        self._workbook = workbook

    def __missing__(self, name: str) -> Any:
        self[name] = made = self._workbook.add_format(LOOKS[name])
        return made

"""How the published workbook looks: fonts, rules, fills and number formats by name."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

INK, SOFT, PALE, LINK, BAR = "#1F2D3D", "#4A5663", "#6B7785", "#0B5C94", "#1F4E79"
HEAD_FILL, GROUP_FILL, HAIR = "#E9EEF4", "#F4F6F9", "#C9D1D9"
RED, RED_FILL, AMBER, AMBER_FILL = "#C2410C", "#FBD9C9", "#8A5A00", "#FFE9AE"
BLUE_FILL, GREEN, GREEN_FILL = "#D9EAF6", "#00674D", "#DDF1EA"

Look = dict[str, Any]

_SONG: Final[Look] = {"font_name": "宋体", "font_size": 10, "font_color": INK, "valign": "vcenter"}
_SMALL: Final[Look] = {**_SONG, "font_size": 9}
_HEI: Final[Look] = {**_SONG, "font_name": "黑体"}
_DIGITS: Final[Look] = {**_SONG, "font_name": "Times New Roman"}
_GRID: Final[Look] = {"border": 1, "border_color": HAIR}
_CENTER: Final[Look] = {"align": "center"}
_LEFT: Final[Look] = {"align": "left", "text_wrap": True}
_HEAD: Final[Look] = {**_HEI, **_GRID, **_CENTER, "text_wrap": True, "bg_color": HEAD_FILL}
_SIGNED: Final[Look] = {**_HEI, **_GRID, **_CENTER, "font_size": 9}
_SAMPLE: Final[Look] = {"italic": True, "font_color": PALE}
_NUMBER: Final[Look] = {**_DIGITS, **_GRID, "align": "right"}

_LOOKS: Final[Mapping[str, Look]] = {
    "book": {**_HEI, **_CENTER, "font_size": 22},
    "title": {**_HEI, **_CENTER, "font_size": 17},
    "subtitle": {**_SONG, **_CENTER, "font_color": SOFT},
    "banner": {**_HEI, **_CENTER, "font_color": RED, "bg_color": RED_FILL},
    "link": {**_SMALL, "font_color": LINK, "underline": 1},
    "right": {**_SMALL, "align": "right"},
    "note": {**_SMALL, "font_color": SOFT},
    "chapter": {**_HEI, "font_size": 12, "font_color": BAR},
    "head": {**_HEAD, "top": 2, "top_color": INK},
    "bar": {**_HEI, "font_size": 11, "font_color": "#FFFFFF", "bg_color": BAR},
    "bar_number": {**_HEI, **_CENTER, "font_size": 11, "font_color": "#FFFFFF", "bg_color": BAR},
    "bar_count": {**_HEI, "align": "right", "font_color": "#FFFFFF", "bg_color": BAR},
    "group": {**_HEI, "bg_color": GROUP_FILL, "bottom": 1, "bottom_color": HAIR, "indent": 1},
    "group_number": {**_HEI, **_CENTER, "bg_color": GROUP_FILL, "bottom": 1, "bottom_color": HAIR},
    "number_of": {**_DIGITS, **_GRID, **_CENTER},
    "count": {**_NUMBER, "num_format": "#,##0_ "},
    "name": {**_SONG, **_GRID, **_LEFT, "indent": 2},
    "text": {**_SONG, **_GRID, **_LEFT, "indent": 1},
    "small": {**_SMALL, **_GRID, **_LEFT, "indent": 1},
    "proof": {**_DIGITS, **_GRID, "align": "left", "font_size": 8, "font_color": PALE} | {"shrink": True},
    "middle": {**_SMALL, **_GRID, **_CENTER, "text_wrap": True},
    "sample_text": {**_SMALL, **_GRID, **_CENTER, **_SAMPLE},
    "strong": {**_HEI, **_GRID, **_CENTER},
    "text_link": {**_SONG, **_GRID, "align": "left", "font_color": LINK, "underline": 1},
    "words": {**_SMALL, **_GRID, "align": "right", "font_color": RED, "num_format": "@_ "},
    "level": {**_SMALL, **_GRID, "align": "right", "num_format": "@_ "},
    "sample_level": {**_SMALL, **_GRID, "align": "right", "num_format": "@_ ", **_SAMPLE},
    "none": {**_SMALL, **_GRID, "align": "right", "font_color": PALE, "num_format": "@_ "},
    "mark": {**_SMALL, **_GRID, "align": "left", "font_size": 8, "left": 0},
    "sample_mark": {**_SMALL, **_GRID, "align": "left", "font_size": 8, "left": 0} | {"font_color": RED},
    "gauge": {**_SONG, **_GRID, "num_format": ";;;"},
    "red": {**_SIGNED, "font_color": RED, "bg_color": RED_FILL},
    "amber": {**_SIGNED, "font_color": AMBER, "bg_color": AMBER_FILL},
    "blue": {**_SIGNED, "font_color": LINK, "bg_color": BLUE_FILL},
    "green": {**_SIGNED, "font_color": GREEN, "bg_color": GREEN_FILL},
    "grey": {**_SIGNED, "font_color": PALE},
}


class Formats(dict[str, Any]):
    """The formats of one workbook by name, made when first asked for.

    ``name!`` is the look in the last row of a table; ``number2`` and ``sample2`` are numbers with
    two decimals, real and synthetic, ``tiny`` and ``tiny_sample`` those below the smallest unit.
    """

    def __init__(self, workbook: Any) -> None:
        super().__init__()
        self._workbook = workbook

    def __missing__(self, name: str) -> Any:
        look = dict(_look(name.removesuffix("!")))
        if name.endswith("!"):
            look |= {"bottom": 2, "bottom_color": INK}
        self[name] = made = self._workbook.add_format(look)
        return made


def number_look(decimals: int, value: float, *, is_synthetic: bool) -> str:
    """The name of the look of a number printed with so many decimals."""
    if value and abs(value) < 0.5 * 10.0**-decimals:
        return "tiny_sample" if is_synthetic else "tiny"
    return f"{'sample' if is_synthetic else 'number'}{decimals}"


@lru_cache
def _look(name: str) -> Look:
    if name in _LOOKS:
        return dict(_LOOKS[name])
    look = _NUMBER | (_SAMPLE if "sample" in name else {})
    if name.startswith("tiny"):
        return look | {"num_format": '"…"_ '}
    decimals = int(name.removeprefix("sample").removeprefix("number"))
    return look | {"num_format": f"#,##0{'.' if decimals else ''}{'0' * decimals}_ "}

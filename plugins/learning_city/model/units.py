"""The fixed table of units: what each counts, and how many of the base it is.

Units of one dimension convert into each other exactly; another counting unit
(人次 for 人) never does.
"""

import re

_MULTIPLES = {"": 1.0, "百": 1e2, "千": 1e3, "万": 1e4, "百万": 1e6, "千万": 1e7, "亿": 1e8, "万亿": 1e12}
_COUNTED = [
    "个",
    "人",
    "人次",
    "册",
    "元",
    "户",
    "所",
    "家",
    "场",
    "次",
    "项",
    "门",
    "件",
    "座",
    "处",
    "片",
    "条",
    "名",
    "届",
    "批",
    "级",
    "小时",
    "年",
    "人年",
    "学时",
    "用户",
    "部",
    "台",
    "盘",
    "册次",
    "张",
    "份",
    "人/平方公里",
    "元/平方米",
    "人/月",
    "小时/月",
    "场/月",
    "次/周",
    "册/人",
    "元/人",
    "分钟",
    "天",
    "种",
    "篇",
]

UNITS: dict[str, tuple[str, float]] = {
    multiple + counted: (counted, factor) for counted in _COUNTED for multiple, factor in _MULTIPLES.items()
}
"""unit -> (dimension, factor to the dimension's base unit)"""
UNITS |= {
    "%": ("%", 1.0),
    "‰": ("%", 0.1),
    "平方米": ("面积", 1.0),
    "万平方米": ("面积", 1e4),
    "公顷": ("面积", 1e4),
    "平方公里": ("面积", 1e6),
    "平方千米": ("面积", 1e6),
    "亩": ("面积", 10000 / 15),
    "人(次)": ("人(次)", 1.0),
    "—": ("—", 1.0),
}

_WHOLE = frozenset(
    [
        "个",
        "所",
        "家",
        "人",
        "人次",
        "户",
        "册",
        "场",
        "次",
        "项",
        "门",
        "件",
        "座",
        "处",
        "片",
        "条",
        "名",
        "届",
        "批",
        "级",
        "用户",
    ]
)
_ALIASES = {"％": "%", "平方千米": "平方公里", "㎡": "平方米", "km2": "平方公里", "km²": "平方公里"}


def canonical(unit: str) -> str:
    """The unit's usual spelling, without spaces or brackets."""
    plain = re.sub(r"[\s()（）]", "", unit)
    return _ALIASES.get(plain, plain)


def factor(from_unit: str, to_unit: str) -> float | None:
    """What to multiply by to go from one unit to another; None when they count different things.

    >>> factor("万人", "人")
    10000.0
    >>> factor("人次", "人") is None
    True
    """
    left, right = UNITS.get(canonical(from_unit)), UNITS.get(canonical(to_unit))
    if canonical(from_unit) == canonical(to_unit):
        return 1.0
    if left is None or right is None or left[0] != right[0]:
        return None
    return left[1] / right[1]


def counts_whole_things(unit: str) -> bool:
    """Whether a value in this unit can only be a whole number (个, 所, 人 …)."""
    return canonical(unit) in _WHOLE


def is_share(unit: str) -> bool:
    """Whether the unit is a share of a whole, which cannot pass 100 %."""
    return canonical(unit) in {"%", "‰"}

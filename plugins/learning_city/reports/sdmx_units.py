"""Units of measure as SDMX codes: 万元 is CNY with multiplier 4, 人次/百人 is PERSON_TIME_PER_100_PERSON."""

NOT_APPLICABLE = "_Z"
_MULTIPLES = {"万亿": 12, "千万": 7, "百万": 6, "亿": 8, "万": 4, "千": 3, "百": 2}
_NOUNS = {
    "个": "UNIT", "人": "PERSON", "人次": "PERSON_TIME", "人年": "PERSON_YEAR", "册": "VOLUME", "册次": "VOLUME_TIME",
    "元": "CNY", "户": "HOUSEHOLD", "所": "SCHOOL", "家": "ORGANISATION", "场": "SESSION", "次": "TIME",
    "项": "PROJECT", "门": "COURSE", "届": "EDITION", "批": "BATCH", "年": "YEAR", "月": "MONTH", "周": "WEEK",
    "天": "DAY", "小时": "HOUR", "学时": "CLASS_HOUR", "分钟": "MINUTE", "用户": "USER", "%": "PT", "‰": "PM",
    "平方米": "M2", "平方公里": "KM2", "公顷": "HECTARE",
}  # fmt: skip


def code(unit: str | None) -> tuple[str, int]:
    """(code, power of ten) of a unit as the catalogue writes it; no unit, or —, is ``_Z``.

    >>> code("万元"), code("人次/百人")
    (('CNY', 4), ('PERSON_TIME_PER_100_PERSON', 0))
    """
    if not unit or unit == "—":
        return NOT_APPLICABLE, 0
    above, _, below = unit.partition("/")
    power, noun = _parted(above)
    if not below:
        return _word(noun), power
    tens, basis = _parted(below)
    return f"{_word(noun)}_PER_{f'{10**tens}_' if tens else ''}{_word(basis)}", power


def _parted(unit: str) -> tuple[int, str]:
    """百万人 is (6, 人); a word that only begins like a multiple keeps it."""
    for word, power in _MULTIPLES.items():
        if unit.startswith(word) and unit != word:
            return power, unit.removeprefix(word)
    return 0, unit


def _word(noun: str) -> str:
    """A noun we have no word for is spelled by its code points: never two nouns with one code."""
    return _NOUNS.get(noun) or "X" + "_".join(f"{ord(sign):04X}" for sign in noun)

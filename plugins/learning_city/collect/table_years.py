"""Which year a heading, a label, a title or a sheet's name speaks of; none where it speaks of several or of none."""

import re
import unicodedata

_Y = r"(?:18|19|20)\d\d"
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|ene|abr|ago|dic|set)[a-záéíóú]*\.?"  # English and Spanish, the languages of the agencies read so far
_MARK = r"\s*(?:[*①-⑳※]|\(\w\)|\[\w\]|\d?\))?"
_HEADING = re.compile(
    rf"^({_Y})\s*(?:年度?|년도?)?\s*(?:末|底|初|年末|年底|기준)?(?:度)?{_MARK}$|^(?:FY|year)\s*({_Y})$", re.IGNORECASE
)
_SCHOOL = re.compile(rf"^({_Y})\s*[-/—~–]\s*(?:20)?(\d\d)\s*(?:学年|学年度|年度)?$")
_SCHOOL_SAID = re.compile(rf"({_Y})\s*[-/—~–]\s*(?:20)?(\d\d)\s*学年")
_HAN_YEAR = re.compile("[〇○零一二三四五六七八九]{4}(?=年)")
_HAN_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_DATED = (
    re.compile(rf"^({_Y})\s*年\s*(?!以前|以来|以后|起|前|后|[-~—–至])"),
    re.compile(rf"^({_Y})\s*(?:为|比|较)\s*{_Y}"),
    re.compile(rf"^({_Y})\s*[-./]?\s*(?:[QT][1-4]|M?\d{{1,2}}(?:[-./]\d{{1,2}})?|S[12])$", re.IGNORECASE),
    re.compile(rf"^(?:[QT][1-4]|{_MONTH})[\s-]*({_Y})$", re.IGNORECASE),
    re.compile(rf"\b{_MONTH}\s*\d{{0,2}}(?:st|nd|rd|th)?,?\s*({_Y})$", re.IGNORECASE),
    re.compile(rf"^\d{{1,2}}\s*(?:de)?\s*{_MONTH}\s*(?:de|del)?\s*({_Y})$", re.IGNORECASE),
)
_RANGE = re.compile(rf"{_Y}\s*年?\s*(?:[-~—–至到]{{1,2}}|’|and)\s*(?:{_Y}|\d\d)(?!\d)")
_BRACKETED = re.compile(rf"[(\[]\s*({_Y})\s*(?:年度?|년도?)?\s*(?:末|底|年末)?\s*[)\]]")
_SAID = re.compile(
    rf"(?<!\d)({_Y})\s*(?:年|학년도|년)|(?:year|año|in|en)\s+({_Y})\b|^({_Y})\b|\b({_Y})$", re.IGNORECASE
)
_ANY = re.compile(rf"(?<!\d)({_Y})(?!\d)")
_SINCE = re.compile(rf"(?:since|from|desde|自|从)\s*{_Y}|{_Y}\s*年?\s*(?:以来|以后|起|=)", re.IGNORECASE)


def of_heading(text: str) -> int | None:
    """The year that a heading is, and nothing else: 2019, 2019年, 2019年末, 学年 2016/17 (which belongs to 2017)."""
    plain = _plain(text)
    if found := _HEADING.match(plain):
        return int(found[1] or found[2])
    school = _SCHOOL.match(plain)
    if school and int(school[2]) == (int(school[1]) + 1) % 100:
        return int(school[1]) + 1
    return None


def of_label(text: str) -> int | None:
    """The year a label begins with or is dated by: 2019年末人口, 1 de enero de 2024, January 1st, 2025, 2019Q1."""
    plain = _plain(text)
    if (year := of_heading(plain)) is not None:
        return year
    if _RANGE.match(plain):
        return None
    found = next((hit for pattern in _DATED if (hit := pattern.search(plain))), None)
    return int(found[1]) if found else None


def of_title(text: str) -> int | None:
    """The one year a title states; None for a range, for several years and for none."""
    plain = _SINCE.sub("", _plain(text))
    if (school := _SCHOOL_SAID.search(plain)) and int(school[2]) == (int(school[1]) + 1) % 100:
        return int(school[1]) + 1
    if _RANGE.search(plain):
        return None
    bracketed = set(_BRACKETED.findall(plain))
    said = {next(filter(None, groups)) for groups in _SAID.findall(plain)}
    for years in (bracketed, said):
        if len(years) == 1:
            return int(years.pop())
        if years:
            return None
    return None


def of_period(text: str) -> int | None:
    """The one year of a period as metadata state it: 2022~2022, 时间：2019."""
    years = set(_ANY.findall(_plain(text)))
    return int(years.pop()) if len(years) == 1 else None


def of_sheet(name: str) -> int | None:
    """The year a sheet is named for, where sheets go by years."""
    return of_label(name) or of_title(name)


def _plain(text: str) -> str:
    folded = " ".join(unicodedata.normalize("NFKC", text).split())
    return _HAN_YEAR.sub(lambda found: found[0].translate(_HAN_DIGITS), folded)

"""Labels and titles as they are compared: without what differs from table to table and means nothing."""

import re
import unicodedata
from functools import lru_cache

from learning_city.collect import table_years
from learning_city.model import units

_SAYS_NOTHING = frozenset(
    {"", "数值", "指标值", "数据", "数量", "value", "values", "其中", "ofwhich", "#", "年份未注明", "未注明"}
)
_NUMBERED = re.compile(r"^(?:附?表|table)?\d+(?:[-.—–]\d+)+[.、:]?|^(?:附?表|table)\d+[.、:]?", re.IGNORECASE)
_DATED = re.compile(r"\([^()]*(?:18|19|20)\d\d[^()]*\)|(?:18|19|20)\d\d(?:[-~—–]+(?:18|19|20)?\d\d)?(?:年度?|学年度?)?")
_SUBJECT = re.compile(r"^(?:指标|地区|数据库|indicator|region):", re.IGNORECASE)


@lru_cache(maxsize=65536)
def bare(label: str) -> str:
    """A label without its unit, marks, spaces, year and 其中, in half width and small letters.

    >>> bare("其中： 专任教师（人）"), bare("2019年末人口"), bare("18～34岁")
    ('专任教师', '年末人口', '18~34岁')
    """
    plain = re.sub(r"[\s#]", "", unicodedata.normalize("NFKC", label)).casefold()
    plain = re.sub(r"[(（]([^()]{1,12})[)）]$", _drop_unit, plain)
    plain = re.sub(r"^(?:18|19|20)\d\d年(?=末|底|初)", "年", plain)
    plain = re.sub(r"^(?:18|19|20)\d\d年度?(?=.)", "", plain)
    return re.sub(r"^其中[:]", "", plain)


def _drop_unit(found: re.Match[str]) -> str:
    return "" if units.canonical(found[1]) in units.UNITS or not re.search(r"\w", found[1]) else found[0]


@lru_cache(maxsize=65536)
def says_nothing(label: str) -> bool:
    """Whether a label is a year, or a word that says no more than that figures follow."""
    return bare(label) in _SAYS_NOTHING or table_years.of_heading(label) is not None


@lru_cache(maxsize=4096)
def stem(title: str) -> str:
    """A title without number, year and continuation: what it has in common with next year's.

    >>> stem("表2.5 各区户籍人口迁移（2016～2017）"), stem("续表 7-6 公共预算(2019年)")
    ('各区户籍人口迁移', '公共预算')
    """
    plain = re.sub(r"^续表?|[(]?续表?[)]?$", "", bare(title))
    plain = _DATED.sub("", _NUMBERED.sub("", plain))
    return bare(_SUBJECT.sub("", plain)).strip(".,:、-") or bare(title)

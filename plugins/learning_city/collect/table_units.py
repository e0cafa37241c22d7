"""Units wherever they stand: in brackets behind a label, in a row or column of their own, in a line of metadata."""

import re
import unicodedata
from functools import lru_cache

_MULTIPLE = r"(?:十万|百万|千万|十亿|百亿|千亿|万亿|十|百|千|万|亿)"
_COUNTED = (
    "人次|人天|人日|人年|人份|人公里|人|户次|户|美元|港元|日元|欧元|人民币|元|角|吨标准煤|吨标煤|吨公里|吨|公斤|千克|毫克|"
    "克|公里|千米|厘米|毫米|平方公里|平方千米|平方米|立方米|米|海里|公顷|亩|平方|立方|千瓦时|千瓦小时|千瓦|瓦时|瓦|马力|千焦|"
    "辆次|辆|艘次|艘|架次|架|台套|台|部|套|件|册次|册|份|张|种|篇|盒|盘|卷|本|幅|个百分点|百分点|个|所|家|座|处|片|条|名|届|批|"
    "场次|场|项次|项|门|班|间|床|只|头|匹|株|棵|岁|年|个月|月|日|天|小时|分钟|秒|课时|学时|分贝|标准箱|标箱|箱|线|端|摄氏度|"
    "℃|°C|倍|分|点|组|对|队|支|期|起|宗|例|站|机组|次|度|级|用户|盆|口|块|包|袋|瓶|匙|孔|眼|栋|幢|号|列|节|车皮|位|TEU|GB|TB|MB"
)
_CHINESE = re.compile(
    rf"^{_MULTIPLE}?(?:{_COUNTED})(?:\((?:次|户|套)\))?(?:[/·.每]{_MULTIPLE}?(?:{_COUNTED}))*$"
    rf"|^{_MULTIPLE}$|^每{_MULTIPLE}?(?:{_COUNTED})$|^[^=()]{{1,12}}=100$|^[%‰]$|^{_MULTIPLE}分之\S$"
)
_LATIN = re.compile(
    r"^(?:in\s+)?(?:\d[\d\s,.]*\s*)?(?:(?:ten|hundred|thousand|million|billion|mil|miles|millones)s?\s*(?:of|de)?\s*)*"
    r"(?:%|‰|°c|k?m2|k?m²|km|sq\.?\s?(?:km|m)|m3|ha|t|kg|g|k?wh|gwh|mwh|mw|kw|tce|teu|persons?|people|inhabitants|"
    r"number|numbers|units?|households?|families|eur|euros?|usd|us\$|\$|yuan|rmb|dollars?|years?|hours?|days?|tons?|"
    r"tonnes?|pupils?|students?|sets?|vehicles?|per\s?cent(?:age)?|percentage points?|times|cases|volumes?|copies|"
    r"schools?|hectares?|mu|cu\.?\s?m|personas|número|euros|porcentaje|años|horas|hogares|thousands?|millions?|billions?)"
    r"(?:/\s?\w+|\s+per\s+[\w ]+)?$",
    re.IGNORECASE,
)
_KOREAN = re.compile(
    r"^(?:천|만|십만|백만|억|십억|조)?(?:명|개소|개|대|원|달러|가구|세대|호|건|㎢|㎡|km2|m2|ha|톤|세|회|권|동|필지|점|마리|%|‰|"
    r"시간|일|월|년|면|석|병상|곳|교|학급|실|층|인|km|m)(?:/\S{1,4})?$"
)
_LINE = re.compile(
    r"(?:^|[\s(\[,;,;])(?:计量单位|数据单位|单位|단위|units?(?:\s+of\s+measure(?:ment)?)?|unidad(?:es)?(?:\s+de\s+medida)?)"
    r"(?:\s*\[\w+\]\s*:?\s+|\s*:\s*|\s{2,})(\S.*)$",
    re.IGNORECASE,
)
_KEY = re.compile(
    r"^\W*(?:计量单位|数据单位|单位|단위|units?(?:\s+of\s+measure(?:ment)?)?|unidad(?:es)?(?:\s+de\s+medida)?)\s*"
    r"(?:\[\w+\])?\s*:?$",
    re.IGNORECASE,
)
_AT_END = re.compile(
    r"^(.+?)[\s,:]*[(\[【〔]\s*(?:单位\s*:\s*)?([^()\[\]【】〔〕]+(?:\([^()]*\))?)\s*[)\]】〕]?\s*[)\]】〕]$", re.DOTALL
)
_BEHIND = re.compile(r"^(.*\S)(?:\s*[,/、]\s*|\s+)(\S+)$", re.DOTALL)
_NARROW = str.maketrans("（）［］：，", "()[]:,")
_CODE = re.compile(r"^\[[A-Z0-9_]+\]\s*|\s*\[[A-Z0-9_]+\]$")


@lru_cache(maxsize=8192)
def is_unit(text: str) -> bool:
    """Whether a text is a unit and nothing else.

    >>> is_unit("万平方米"), is_unit("（元/人）"), is_unit("上年=100"), is_unit("含研究生"), is_unit("10 000 persons")
    (True, True, True, False, True)
    """
    plain = bare(text)
    return bool(_CHINESE.match(plain.replace(" ", "")) or _LATIN.match(plain) or _KOREAN.match(plain))


def bare(text: str) -> str:
    """A unit without brackets around it, width differences and line breaks."""
    plain = " ".join(_fold(text).split()).strip()
    while len(plain) > 1 and plain[0] in "([【" and plain[-1] in ")]】":
        plain = plain[1:-1].strip()
    return plain


def is_bracketed(text: str) -> bool:
    """Whether a text is a unit in brackets: no label, whatever stands around it."""
    plain = _fold(text).strip()
    return plain[:1] in {"(", "[", "【"} and plain[-1:] in {")", "]", "】"} and is_unit(plain)


def at_end(label: str) -> tuple[str, str | None]:
    """A label without the unit behind it, and the unit; only the last bracket can be one.

    >>> at_end("人口数(人口抽样调查)(人)"), at_end("工业总产值/亿元"), at_end("本科(含研究生)")
    (('人口数(人口抽样调查)', '人'), ('工业总产值', '亿元'), ('本科(含研究生)', None))
    """
    own = label.strip()
    folded = own.translate(_NARROW)
    if (found := _AT_END.match(folded)) and is_unit(found[2]):
        return own[: found.end(1)].strip(), bare(found[2])
    if (found := _BEHIND.match(folded)) and is_unit(found[2]) and _is_telling(found[2]):
        return own[: found.end(1)].strip(), bare(found[2])
    return own, "%" if re.search(r"\S[^\x00-\x7f\d]*\d*[%％]$", own) and not own.isascii() else None


def _is_telling(unit: str) -> bool:
    """A unit that is unmistakable even without brackets: 万人, 亿元, %, 元/人."""
    return (
        bool(re.match(rf"^{_MULTIPLE}\S", unit))
        or unit in {"%", "％", "‰"}
        or bool(re.match(r"^\S{1,3}/\S{1,4}$", unit))
    )


def of_line(text: str) -> str | None:
    """The unit that a line of its own states: 单位：万人, 단위 : 명, Unit of measure [UNIT]  Percentage."""
    found = _LINE.search(_fold(text).replace("\n", " "))
    if not found:
        return None
    said = re.split(r"\s{2,}(?=\S+\s*:)|[;。]", found[1])[0]
    if said.count(")") > said.count("("):
        said = said[: said.rindex(")")]
    words = said.split()
    if len(words) > 1 and not words[0].isascii() and is_unit(words[0]):
        return words[0]
    said = re.split(r"(?<=[^\x00-\x7f])\s*[(\[](?=[^)\]]*[A-Za-z]{3})|\s+units?\s*:", said, flags=re.IGNORECASE)[0]
    return without_code(said) or None


def is_key(text: str) -> bool:
    """Whether a cell is the word unit, with the unit itself in a cell beside it."""
    return bool(_KEY.match(_fold(text).strip()))


def without_code(text: str) -> str:
    """A unit's words without the code that agencies set beside them."""
    return " ".join(_CODE.sub("", _fold(text).strip()).split()).strip(" :")


def choose(units: str, label: str) -> str:
    """The unit among several (万人、%) that fits a label: percent for rates, one named alike, else the first."""
    several = [part.strip() for part in re.split(r"[,、,;]\s*|\s{2,}", units) if part.strip()]
    if len(several) < 2:
        return units
    is_rate = re.search(r"率|比重|构成|增长|比例|占|±|%", label) is not None
    if is_rate and (rates := [unit for unit in several if unit in {"%", "‰", "个百分点"}]):
        return rates[0]
    alike = [unit for unit in several if label[:5] and unit.casefold().startswith(label[:5].casefold())]
    return (alike or [unit for unit in several if unit != "%"] or several)[0]


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).replace("㎡", "平方米")

"""Plain text tables: which encoding by what the characters are, which separator by how evenly it cuts the lines."""

import csv
import re
from collections import Counter

from learning_city.collect.table_grid import Grid, refusal

_SEPARATORS = (",", "\t", ";", "|")
_HAN = frozenset(
    "的一是在不了有和人这中大为上个国地到时要以会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经"
    "去法学如都同现当没动面起看定天分还进好小部其些主样理心本前开但因只从想实日军者意无力它与长把机十民第公此已工使"
    "区县市省指标单位合计总其数据来源统计万亿元平米户口均率比重增农业城镇乡村男女北京上海天津武汉南杭州宁波成都深圳"
)
_TRADITIONAL = frozenset("的一年人口地區縣市總計合產業數單位標其中男女億萬元臺灣統資料來源戶國學校業務與於")
_DECLARED = re.compile(rb"charset=[\"']?\s*([\w-]+)", re.IGNORECASE)
_ALIASES = {
    "gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "euc-kr": "cp949", "ks_c_5601-1987": "cp949",
    "cp949": "cp949", "big5": "big5", "utf-8": "utf-8-sig", "iso-8859-1": "cp1252", "windows-1252": "cp1252",
    "iso-8859-15": "iso-8859-15", "unicode": "utf-16", "utf-16": "utf-16",
}  # fmt: skip


def read(content: bytes) -> list[Grid]:
    """The one table of a text file; raises NotATable for text without columns or bytes that are no text."""
    text = decode(content)
    odd = sum(sign == "\ufffd" or (sign < " " and sign not in "\r\n\t\f") for sign in text)
    if odd > 2 + len(text) // 100:
        raise refusal("不是文本也不是工作簿，请取得原始电子表格 / neither text nor a workbook; ask for the spreadsheet")
    rows = _rows(text)
    if sum(len(row) > 1 for row in rows) < 2:
        raise refusal("只是文字，没有分列，请取得原始表格 / plain text without columns; ask for the table itself")
    return [Grid(sheet="csv", cells=[[cell.rstrip() for cell in row] for row in rows])]


def decode(content: bytes) -> str:
    """The text of a file in the encoding its characters speak for; unreadable bytes become the sign for it."""
    return content.decode(encoding_of(content), errors="replace")


def encoding_of(content: bytes) -> str:
    """UTF-8 where it decodes; else declared where that decodes; else weighed, as CP949 also decodes as GB18030."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    zeros = content[:2000].count(0)
    if zeros > len(content[:2000]) // 5:
        return "utf-16-le" if content[1:2000:2].count(0) > zeros // 2 else "utf-16-be"
    if _decodes(content, "utf-8-sig"):
        return "utf-8-sig"
    declared = _DECLARED.search(content[:3000])
    said = _ALIASES.get(declared[1].decode("ascii", "replace").lower(), "") if declared else ""
    return said if said and said != "utf-8-sig" and _decodes(content, said) else _weighed(content)


def _decodes(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _weighed(content: bytes) -> str:
    """The encoding whose characters are those of a table: common Han, Hangul syllables, or lone accented letters."""
    runs = re.findall(rb"[\x80-\xff]+", content[:200_000])
    if sum(len(run) == 1 for run in runs) * 2 > len(runs):
        return "cp1252"
    weights = {name: _weight(content[:200_000], name) for name in ("gb18030", "cp949", "big5")}
    return max(weights, key=lambda name: weights[name])


def _weight(content: bytes, encoding: str) -> float:
    text = content.decode(encoding, errors="replace")
    foreign = [sign for sign in text if sign > "\u02ff" and not "\u2000" <= sign <= "\u30ff" and sign < "\uff00"]
    if not foreign:
        return 0.0
    if encoding == "cp949":
        syllables = sum("\uac00" <= sign <= "\ud7a3" for sign in foreign) / len(foreign)
        good = syllables if syllables > 0.9 else 0.0
    else:
        common = _HAN if encoding == "gb18030" else _TRADITIONAL
        good = sum(sign in common for sign in foreign) / len(foreign)
    return good - 5 * text.count("\ufffd") / len(foreign)


def _rows(text: str) -> list[list[str]]:
    """The lines cut by the separator that gives the most rows of one width."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    while lines and not lines[-1].strip():
        lines.pop()
    cut = {
        mark: list(csv.reader([f"{line}\n" for line in lines], delimiter=mark)) for mark in _SEPARATORS if mark in text
    }
    return max(cut.values(), key=_evenness, default=[[line] for line in lines])


def _evenness(rows: list[list[str]]) -> tuple[int, int]:
    widths = Counter(len(row) for row in rows if len(row) > 1)
    if not widths:
        return 0, 0
    width, count = widths.most_common(1)[0]
    return count, width

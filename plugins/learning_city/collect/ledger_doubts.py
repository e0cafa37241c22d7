"""What a workbook holds beside values: formulas that reach out of it or start programs, links, data connections."""

import html
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from learning_city.collect.ledger_memo import Memo
from learning_city.collect.ledger_package import Refused
from learning_city.collect.ledger_plain import Place, Sheet

MOST_TOLD = 20
"""Cells named in one finding; the rest are counted."""
_PARTS = {
    "外部链接 external link": re.compile(r"^xl/externallinks/[^/]+\.(?:xml|bin)$"),
    "数据连接 data connection": re.compile(r"^xl/(?:connections\.(?:xml|bin)|querytables/|model/)"),
}
_PROGRAMS = (b"<ddeLink", b"<oleLink", b":ddeLink", b":oleLink", b"dde-source")
_ELSEWHERE = re.compile(rb"""<\w*:?Relationship\b[^>]*\bTargetMode\s*=\s*["']External["'][^>]*>""")
_TABLE_SOURCE = b"<table:table-source"
_TAG = re.compile(r"<[^<>]*>")
_STRING, _QUOTED_NAME = re.compile(r'"[^"]*"'), re.compile(r"'[^']*'")
_STARTS = re.compile(r"\b(?:RTD|CALL|REGISTER(?:\.ID)?|EXEC|DDE)\s*\(", re.IGNORECASE)
_REACHES = re.compile(
    r"\b(?:WEBSERVICE|HYPERLINK|IMAGE)\s*\(|(?<![\w\]])\[\d+\]|\[[^\[\]]*\.xl\w*\]|\b(?:https?|file|ftp)://|\\\\",
    re.IGNORECASE,
)
_INSIDE_LINK = re.compile(r'\bHYPERLINK\s*\(\s*"#', re.IGNORECASE)
_AUTO = re.compile(r"^(?:_xlnm\.)?auto_(?:open|close|activate|deactivate)", re.IGNORECASE)


def in_parts(names: tuple[str, ...], parts: Mapping[str, bytes]) -> list[str]:
    """What the parts of a package reach out to, in words; raises Refused where another program is linked."""
    found = list(_by_name(names))
    for name, part in parts.items():
        linked = name.lower().startswith("xl/externallinks/") or name == "content.xml"
        if linked and any(sign in part for sign in _PROGRAMS):
            raise Refused("dde", name)
        if name == "content.xml" and _TABLE_SOURCE in part:
            found.append("外部链接 external link")
        if name.endswith(".rels") and any(b"/hyperlink" not in one for one in _ELSEWHERE.findall(part)):
            found.append("外部链接 external link")
    return list(dict.fromkeys(found))


@lru_cache(maxsize=512)
def _by_name(names: tuple[str, ...]) -> tuple[str, ...]:
    lower = [name.lower() for name in names]
    return tuple(words for words, sign in _PARTS.items() if any(map(sign.search, lower)))


def in_names(names: Iterable[tuple[str, str]]) -> list[str]:
    """Defined names that reach out; raises Refused for those that run by themselves."""
    found = []
    for name, said in names:
        if _AUTO.match(name):
            raise Refused("macro", name)
        verdict = _VERDICTS[said.encode()]
        if verdict == "dde":
            raise Refused("dde", name)
        if verdict:
            found.append(name)
    return found


def in_formulas(sheets: Mapping[str, Sheet]) -> list[tuple[str, Place]]:
    """Cells whose formula reaches out of the workbook; raises Refused for one that starts a program."""
    found: list[tuple[str, Place]] = []
    for name, sheet in sheets.items():
        if not any(map(_VERDICTS.__getitem__, sheet.formulas.values())):
            continue
        for place, formula in sheet.formulas.items():
            verdict = _VERDICTS[formula]
            if verdict == "dde":
                raise Refused("dde", f"{name}!{address(place)}")
            if verdict:
                found.append((name, place))
    return found


def _verdict(formula: bytes) -> str:
    """``dde`` for a formula that starts a program, ``outside`` for one that reaches out, else empty."""
    said = html.unescape(_TAG.sub("", formula.decode(errors="replace")))
    bare = _STRING.sub('""', said)
    if "|" in _QUOTED_NAME.sub("", bare) or _STARTS.search(bare):
        return "dde"
    if _INSIDE_LINK.search(said):
        bare = re.sub(r"\bHYPERLINK\b", "", bare, flags=re.IGNORECASE)
    return "outside" if _REACHES.search(bare) else ""


_VERDICTS = Memo(_verdict, most=2**15)


def told(cells: Iterable[tuple[str, Place]]) -> str:
    """Cells in words, the first ones by name."""
    every = [f"{sheet}!{address(place)}" for sheet, place in cells]
    return "、".join(every[:MOST_TOLD]) + (" …" if len(every) > MOST_TOLD else "")


def address(place: Place) -> str:
    """The address of a cell, such as D14."""
    row, column = place
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"

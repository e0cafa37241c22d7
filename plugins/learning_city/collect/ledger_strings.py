"""The shared strings of a workbook, and texts of its XML, as spreadsheet programs usually write them."""

import re
from collections.abc import Mapping
from functools import lru_cache

from learning_city.collect.ledger_memo import Memo

Strings = Mapping[bytes, str]
"""Shared strings by their number, as cells write it."""
_RUN = r'<r>(?:<rPr>(?:<[^<>]*/>)*+</rPr>)?+<t(?: xml:space="preserve"|(?=>(?:\S[^<]*)?\S<))>[^<]*+</t></r>'
_STRING = re.compile(
    r'\s*<si>(?:<t( xml:space="preserve")?+>(?(1)|(?!\s))([^<]*+)(?(1)|(?<!\s))</t>|'
    rf"((?:{_RUN})++))(?:<phoneticPr [^<>]*/>)?+",
    re.ASCII,
)
"""A text without ``preserve`` has no spaces at its ends; one that is written with them is left to calamine."""
_RUN_TEXT = re.compile(r"<t(?: [^<>]*)?>([^<]*)</t>")
_ESCAPED = re.compile(r"_x[0-9A-Fa-f]{4}_")
_ENTITY = re.compile(r"&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#x([0-9A-Fa-f]{1,6}));")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}


class NotPlain(Exception):
    """The part holds something the quick reader does not know; another one has to read the workbook."""


def read(part: bytes) -> Strings:
    """The shared strings of the part that holds them; most are the same in every workbook of a template."""
    start, end = part.find(b"<si>"), part.rfind(b"</sst>")
    if start < 0 or end < 0:
        return {}
    *told, rest = part[start:end].decode().split("</si>")
    if rest.strip():
        raise NotPlain("strings")
    return dict(zip(_numerals(len(told)), map(_TEXTS.__getitem__, told), strict=True))


@lru_cache(maxsize=256)
def _numerals(count: int) -> tuple[bytes, ...]:
    """From 0 up, as cells write them."""
    return tuple(b"%d" % number for number in range(count))


def _text(xml: str) -> str:
    found = _STRING.fullmatch(xml)
    if found is None:
        raise NotPlain("strings")
    _, plain, runs = found.groups()
    return text(plain) if runs is None else "".join(map(text, _RUN_TEXT.findall(runs)))


_TEXTS = Memo(_text)


def text(said: str) -> str:
    """A text of a part, its entities resolved."""
    if not _is_odd(said):
        return said
    if said.count("&") != len(_ENTITY.findall(said)) or _is_odd(said.replace("&", "")):
        raise NotPlain("text")
    return _ENTITY.sub(_entity, said)


def _is_odd(said: str) -> bool:
    return "&" in said or "\r" in said or "\x00" in said or ("_x" in said and bool(_ESCAPED.search(said)))


def _entity(found: re.Match[str]) -> str:
    name, decimal, hexadecimal = found.groups()
    number = int(decimal or hexadecimal or "0", 10 if decimal else 16)
    if name is None and not (number in (9, 10) or 32 <= number <= 0xD7FF or 0xE000 <= number <= 0xFFFD):
        raise NotPlain("text")
    return _NAMED[name] if name else chr(number)

"""Old Excel workbooks (BIFF in an OLE container): macros and programs refused, formulas and links found.

Calamine reads their values; what else they hold is told by a walk over the records of their one stream.
"""

import io
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from learning_city.collect.ledger_package import Refused
from learning_city.collect.ledger_plain import Place

_FORMULA, _SHEET, _LINK = 0x0006, 0x0085, 0x01AE
_CONNECTIONS = frozenset({0x00DC, 0x01AD, 0x0876})
_INSIDE = frozenset({0x0401, 0x3A01})
"""Links of a workbook to itself and to add-in functions."""
_MACRO_SHEETS = frozenset({1, 6})
_PROGRAM = "\x03"
"""Stands between program and topic in a link to another program (DDE, OLE)."""
_HEAD = struct.Struct("<HH")


@dataclass(frozen=True, slots=True)
class Found:
    """Cells with formulas by sheet (their text is not known), and what reaches out of the workbook, in words."""

    formulas: Mapping[str, Mapping[Place, bytes]] = field(default_factory=dict)
    outside: tuple[str, ...] = ()


def unlocked(content: bytes) -> bytes:
    """The workbook opened with the password Excel itself tries; raises Refused where somebody chose another."""
    from learning_city.collect import table_xls
    from learning_city.errors import NotATable

    try:
        return table_xls.decrypted(content)
    except NotATable as problem:
        raise Refused("password") from problem


def look(content: bytes) -> Found:
    """What a workbook holds beside its values; raises Refused for macros, embedded objects and links to programs.

    Where the container is damaged nothing is found: the reader of the values says so.
    """
    from xlrd.compdoc import CompDoc, CompDocError  # type: ignore[import-untyped]

    try:
        container = CompDoc(content, logfile=io.StringIO(), ignore_workbook_corruption=True)
        names = [entry.name for entry in container.dirlist]
        stream = next(
            (found for name in ("Workbook", "Book") if (found := container.locate_named_stream(name))[0]), None
        )
    except (CompDocError, AssertionError, LookupError, ValueError, struct.error):
        return Found()
    if any("VBA" in name for name in names):
        raise Refused("macro", "VBA")
    if any(name.startswith(("MBD", "LNK")) for name in names):
        raise Refused("embedded", "OLE")
    return _found(bytes(stream[0][stream[1] : stream[1] + stream[2]])) if stream else Found()


def _found(stream: bytes) -> Found:
    sheets: dict[int, str] = {}
    formulas: dict[str, dict[Place, bytes]] = {}
    outside: dict[str, None] = {}
    here = ""
    for at, kind, said in _records(stream):
        here = sheets.get(at, here)
        if kind == _SHEET:
            place, name = _sheet(said)
            sheets[place] = name
        elif kind == _FORMULA and len(said) >= _HEAD.size:
            formulas.setdefault(here, {})[_HEAD.unpack_from(said)] = b"<f/>"
        elif kind == _LINK and _reaches_out(said):
            outside["外部链接 external link"] = None
        elif kind in _CONNECTIONS:
            outside["数据连接 data connection"] = None
    return Found(formulas, tuple(outside))


def _records(stream: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Place, type and content of each record."""
    at = 0
    while at + _HEAD.size <= len(stream):
        kind, size = _HEAD.unpack_from(stream, at)
        yield at, kind, stream[at + _HEAD.size : at + _HEAD.size + size]
        at += _HEAD.size + size


def _sheet(said: bytes) -> tuple[int, str]:
    """Where a sheet's records begin, and its name; raises Refused for a sheet of macros."""
    if len(said) < 8:
        return -1, ""
    place, _, kind, length, flags = struct.unpack_from("<IBBBB", said)
    if kind in _MACRO_SHEETS:
        raise Refused("macro", "XLM")
    name = said[8 : 8 + (length * 2 if flags & 1 else length)]
    return place, name.decode("utf-16-le" if flags & 1 else "latin-1", errors="replace")


def _reaches_out(said: bytes) -> bool:
    """Whether a link leads to another workbook; raises Refused where it leads to another program."""
    if len(said) < _HEAD.size or _HEAD.unpack_from(said)[1] in _INSIDE:
        return False
    length, flags = struct.unpack_from("<HB", said, 2) if len(said) > _HEAD.size else (0, 0)
    name = said[5 : 5 + (length * 2 if flags & 1 else length)].decode(
        "utf-16-le" if flags & 1 else "latin-1", "replace"
    )
    if _PROGRAM in name:
        raise Refused("dde", name.replace(_PROGRAM, "|")[:80])
    return True

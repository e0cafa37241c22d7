"""The parts of a workbook that came in as a zip: unpacked with their checksums, and refused where they could do harm.

Nothing is ever written under a name that stands in the zip.
"""

import re
import struct
import zipfile
from collections.abc import Sequence
from functools import lru_cache

from isal import isal_zlib
from isal.igzip_lib import IsalError

_XML = (".xml", ".rels", ".vml")
_LOCAL_HEADER = 30
_LENGTHS = struct.Struct("<HH")
_LENGTHS_AT = 26
_SMALL = 64 * 2**10
"""Unpacked bytes up to which a part is kept that is the same in every workbook of a template, as styles and theme are."""
_OWN = ("xl/worksheets/sheet", "xl/sharedStrings")
_NO_DTD = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<\?[^<>]*\?>\s*)?<[A-Za-z]")
"""How a part begins that has nothing before its root element: no comment, so no DTD behind one."""
_DTD = b"<!DOCTYPE"
_SIGNS = {
    "path": re.compile(r"(?:^|[/\\])\.\.(?:[/\\]|$)|^[/\\]|^[a-z]:", re.MULTILINE),
    "macro": re.compile(r"vbaproject|^xl/(?:macro|dialog)sheets/|^(?:basic|scripts)/", re.MULTILINE),
    "embedded": re.compile(r"^xl/(?:embeddings|activex|webextensions)/|^object \d+/", re.MULTILINE),
}
"""What the name of a part betrays, by problem code."""
_WORKBOOKS = frozenset({"xl/workbook.xml", "xl/workbook.bin", "content.xml"})
_PACKED = re.compile(r"\.(?:zip|rar|7z|gz|xls[xmb]?|ods|et)$", re.MULTILINE)


class Refused(Exception):
    """The file is not read; ``problem`` is the code that says why."""

    def __init__(self, problem: str, detail: str = "") -> None:
        self.problem, self.detail = problem, detail
        super().__init__(problem)


def parts(content: bytes, entries: Sequence[zipfile.ZipInfo]) -> dict[str, bytes]:
    """The XML parts of a workbook by name; raises Refused, and BadZipFile for a damaged one."""
    names = tuple([entry.filename.lower() for entry in entries])
    _look_at_names(names)
    if _WORKBOOKS.isdisjoint(names):
        _refuse_other(content, entries)
    found = {entry.filename: _part(content, entry) for entry in entries if entry.filename.lower().endswith(_XML)}
    for name, part in found.items():
        if not _NO_DTD.match(part) and _DTD in part.replace(b"\x00", b""):
            raise Refused("dtd", name)
    return found


@lru_cache(maxsize=512)
def _look_at_names(names: tuple[str, ...]) -> None:
    """Most workbooks have parts of the same names; a refusal is not kept, it is raised each time."""
    if len(set(names)) < len(names):
        raise Refused("truncated", "a part stands twice")
    listed = "\n".join(names)
    for problem, sign in _SIGNS.items():
        if found := sign.search(listed):
            raise Refused(problem, found[0])


def _refuse_other(content: bytes, entries: Sequence[zipfile.ZipInfo]) -> None:
    """Say of a zip that is no workbook what is wrong with it; whatever is packed in it stays packed."""
    for entry in entries:
        if not entry.is_dir():
            _part(content, entry)
    listed = "\n".join(entry.filename.lower() for entry in entries)
    raise Refused("nested" if _PACKED.search(listed) else "not_workbook", "docx" if "word/" in listed else "zip")


def _part(content: bytes, entry: zipfile.ZipInfo) -> bytes:
    if entry.flag_bits & 1:
        raise Refused("password", entry.filename)
    at = entry.header_offset
    if content[at : at + 4] != b"PK\x03\x04":
        raise zipfile.BadZipFile(entry.filename)
    start = at + _LOCAL_HEADER + sum(_LENGTHS.unpack_from(content, at + _LENGTHS_AT))
    packed = content[start : start + entry.compress_size]
    is_shared = entry.file_size <= _SMALL and not entry.filename.startswith(_OWN)
    unpack = _unpacked_before if is_shared else _unpacked
    return unpack(packed, entry.compress_type, entry.file_size, entry.CRC)


def _unpacked(packed: bytes, method: int, size: int, checksum: int) -> bytes:
    """The bytes of a part, never more than it says it has."""
    if method == zipfile.ZIP_DEFLATED:
        part = _inflated(packed, size)
    elif method == zipfile.ZIP_STORED:
        part = packed
    else:
        raise Refused("truncated", f"compression {method}")
    if len(part) != size or isal_zlib.crc32(part) != checksum:
        raise zipfile.BadZipFile("checksum")
    return part


def _inflated(packed: bytes, size: int) -> bytes:
    try:
        return bytes(isal_zlib.decompressobj(-isal_zlib.MAX_WBITS).decompress(packed, size + 1))
    except IsalError as problem:  # type: ignore[misc]  # its stub takes it for an instance
        raise zipfile.BadZipFile(str(problem)) from problem


_unpacked_before = lru_cache(maxsize=512)(_unpacked)

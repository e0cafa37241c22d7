"""What kind of file this is, and whether it is safe to parse: a look at its bytes before any parser sees it."""

import io
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path

from learning_city.collect import ledger_package
from learning_city.collect.ledger_formulas import column_number

MAX_BYTES = 50 * 2**20
MAX_UNPACKED = 400 * 2**20
MAX_ENTRIES = 5_000
MAX_ROWS = 200_000
MAX_CELLS = 6_000_000
_FAR = re.compile(rb"""\br=["'](?:([A-Z]{3})(\d+)|([A-Z]{1,2})(\d{5,}))["']""")
"""Cell references beyond column ZZ or row 9,999: a ledger or a yearbook table hardly has any."""
_DOUBT = [re.compile(mark + far) for mark in (b'r="', b"r='") for far in (rb"[A-Z]{3}\d", rb"[A-Z]{1,2}\d{5}")]
"""The same question asked ten times faster: each begins with a literal, so the engine skips to it."""
_OTHERS = {
    b"\x89PNG": "picture", b"\xff\xd8\xff": "picture", b"GIF8": "picture", b"II*\x00": "picture",
    b"%PDF": "pdf", b"Rar!": "packed", b"7z\xbc\xaf": "packed", b"\x1f\x8b": "packed",
}  # fmt: skip
"""What people send in place of a table, by its first bytes."""
_PART = re.compile(r"xl/worksheets/[^/]+\.xml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """``kind``: zip, ole, html, text, picture, pdf, packed or empty. ``problem`` is a code, empty when a parser may go on.

    ``sheets`` holds the XML of each worksheet part of a workbook by its name, ``parts`` that of all its XML parts
    (of none where macros may pass), ``names`` the names of all parts.
    """

    kind: str
    problem: str = ""
    detail: str = ""
    sheets: dict[str, bytes] = field(default_factory=dict)
    parts: dict[str, bytes] = field(default_factory=dict)
    names: tuple[str, ...] = ()

    def too_far(self) -> str:
        """The first sheet whose extent is larger than any table's, in words; empty when none is."""
        return next((f"{name}: {far}" for name, sheet in self.sheets.items() if (far := _extent(sheet))), "")


def read(path: Path) -> bytes:
    """A file's bytes; of one that is too large no more than it takes to see that."""
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def look(content: bytes, *, macros: bool = False, extents: bool = True) -> Container:
    """Tell the kind of a file and refuse what would harm a parser (size, entries, extents, macros).

    ``macros``: a workbook with macros may pass, for readers of published tables; they never run. ``extents``: whether
    sheets of an enormous extent are refused here; else the caller asks ``too_far`` before it parses.
    """
    size, head = len(content), content[:512]
    if size == 0:
        return Container(kind="empty", problem="empty_file")
    if size > MAX_BYTES:
        return Container(kind="zip", problem="too_big", detail=f"> {MAX_BYTES / 2**20:.0f} MB")
    if head.startswith(b"PK"):
        seen = _zip(content, macros=macros)
        far = seen.too_far() if extents else ""
        return Container(kind="zip", problem="sparse", detail=far) if far else seen
    if kind := next((kind for start, kind in _OTHERS.items() if head.startswith(start)), ""):
        return Container(kind=kind)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return Container(kind="ole")
    head = head.replace(b"\x00", b"")
    if b"<" in head[:64] and re.search(rb"<(!doctype|html|table|\?xml|meta|head)", head, re.IGNORECASE):
        return Container(kind="html")
    return Container(kind="text")


def _zip(content: bytes, *, macros: bool) -> Container:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            entries = packed.infolist()
            unpacked = sum(entry.file_size for entry in entries)
            if len(entries) > MAX_ENTRIES or unpacked > MAX_UNPACKED:
                return Container(kind="zip", problem="bomb", detail=f"{len(entries)} parts, {unpacked / 2**20:.0f} MB")
            parts = {} if macros else ledger_package.parts(content, entries)
            names = sorted(filter(_PART.fullmatch, packed.namelist()))
            sheets = {name: parts[name] if name in parts else packed.read(name) for name in names}
    except ledger_package.Refused as refused:
        return Container(kind="zip", problem=refused.problem, detail=refused.detail)
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, struct.error, zlib.error) as problem:
        return Container(kind="zip", problem="truncated", detail=str(problem))
    except RuntimeError as problem:  # encrypted, or packed in a way nobody here unpacks
        return Container(kind="zip", problem="password", detail=str(problem))
    return Container(kind="zip", sheets=sheets, parts=parts, names=tuple(entry.filename for entry in entries))


def _extent(sheet: bytes) -> str:
    """The sheet's extent in words when it is larger than any table; empty when it is not."""
    if not any(doubt.search(sheet) for doubt in _DOUBT):
        return ""
    far = set(_FAR.findall(sheet))
    rows = max((int(row or other) for _, row, _, other in far), default=0)
    columns = max((column_number(letters) + 1 for letters, *_ in far if letters), default=26)
    if rows > MAX_ROWS or rows * columns > MAX_CELLS:
        return f"{rows} rows × {columns} columns"
    return ""

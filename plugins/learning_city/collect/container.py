"""What kind of file this is, and whether it is safe to parse: a look at its bytes before any parser sees it."""

import io
import re
import zipfile
from dataclasses import dataclass, field

MAX_BYTES = 50 * 2**20
MAX_UNPACKED = 400 * 2**20
MAX_ENTRIES = 5_000
MAX_ROWS = 200_000
MAX_CELLS = 6_000_000
_FAR = re.compile(rb"""\br=["'](?:([A-Z]{3})(\d+)|([A-Z]{1,2})(\d{5,}))["']""")
"""Cell references beyond column ZZ or row 9,999: a ledger or a yearbook table hardly has any."""
_FORMULA = re.compile(rb"""<c\b[^>]*?\br=["']([A-Z]+\d+)["'][^>]*>\s*<f\b(.*?)</c>""", re.DOTALL)
_RESULT = re.compile(rb"<v[^>/]*>[^<]")
_PART = re.compile(r"xl/worksheets/[^/]+\.xml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """``kind``: zip, ole, html, text or empty. ``problem`` is a code, empty when a parser may go on.

    ``formulas`` maps a worksheet part to its formula cells and whether each was ever calculated.
    """

    kind: str
    problem: str = ""
    detail: str = ""
    formulas: dict[str, dict[str, bool]] = field(default_factory=dict)


def look(content: bytes) -> Container:
    """Tell the kind of a file and refuse what would harm a parser (size, entries, extents, macros)."""
    size, head = len(content), content[:512]
    if size == 0:
        return Container(kind="empty", problem="empty_file")
    if size > MAX_BYTES:
        return Container(kind="zip", problem="too_big", detail=f"{size / 2**20:.0f} MB > {MAX_BYTES / 2**20:.0f} MB")
    if head.startswith(b"PK"):
        return _zip(content)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return Container(kind="ole")
    if b"<" in head[:64] and re.search(rb"<(!doctype|html|table|\?xml|meta|head)", head, re.IGNORECASE):
        return Container(kind="html")
    return Container(kind="text")


def _zip(content: bytes) -> Container:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            entries = packed.infolist()
            unpacked = sum(entry.file_size for entry in entries)
            if len(entries) > MAX_ENTRIES or unpacked > MAX_UNPACKED:
                return Container(kind="zip", problem="bomb", detail=f"{len(entries)} parts, {unpacked / 2**20:.0f} MB")
            names = {entry.filename for entry in entries}
            if "xl/vbaProject.bin" in names:
                return Container(kind="zip", problem="macro")
            formulas: dict[str, dict[str, bool]] = {}
            for name in sorted(filter(_PART.fullmatch, names)):
                sheet = packed.read(name)
                if far := _extent(sheet):
                    return Container(kind="zip", problem="sparse", detail=f"{name}: {far}")
                formulas[name] = (
                    {match[1].decode(): _is_calculated(match) for match in _FORMULA.finditer(sheet)}
                    if b"<f" in sheet
                    else {}
                )
    except (zipfile.BadZipFile, EOFError, OSError, zipfile.error) as problem:
        return Container(kind="zip", problem="truncated", detail=str(problem))
    except (RuntimeError, NotImplementedError) as problem:
        return Container(kind="zip", problem="password", detail=str(problem))
    return Container(kind="zip", formulas=formulas)


def _is_calculated(formula: re.Match[bytes]) -> bool:
    """Whether a formula cell holds a result; an empty one is a result only where it is said to be a text."""
    return bool(_RESULT.search(formula[2])) or b't="str"' in formula[0]


def _extent(sheet: bytes) -> str:
    """The sheet's extent in words when it is larger than any table; empty when it is not."""
    far = set(_FAR.findall(sheet))
    rows = max((int(row or other) for _, row, _, other in far), default=0)
    columns = max((_number(letters) for letters, *_ in far if letters), default=26)
    if rows > MAX_ROWS or rows * columns > MAX_CELLS:
        return f"{rows} rows × {columns} columns"
    return ""


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number

"""Containers written by hand: what no sound program would write."""

import io
import struct
import warnings
import zipfile
from collections.abc import Callable, Mapping

SECTOR = 512
_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def repacked(
    content: bytes,
    change: Callable[[str, bytes], bytes] = lambda _, part: part,
    added: Mapping[str, bytes] | None = None,
) -> bytes:
    """A zip with its parts changed and others added, also under a name that stands there already."""
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as whole,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file,
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")  # of a name that stands twice
        for name in whole.namelist():
            file.writestr(name, change(name, whole.read(name)))
        for name, part in (added or {}).items():
            file.writestr(zipfile.ZipInfo(name), part)
    return packed.getvalue()


def packed(files: Mapping[str, bytes]) -> bytes:
    """A zip of these files."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in files.items():
            file.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return sink.getvalue()


def ole(records: bytes, *storages: str) -> bytes:
    """An old workbook: one stream of BIFF records, and empty storages beside it."""
    stream = records.ljust(max(4096, -(-len(records) // SECTOR) * SECTOR), b"\x00")
    sectors = len(stream) // SECTOR
    fat = [_FAT, _END, *range(3, 2 + sectors), _END]
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, _END, 0, _END, 0)
    header += struct.pack("<109I", 0, *[_FREE] * 108)
    names = ["Root Entry", "Workbook", *storages]
    entries = b"".join(_entry(name, n, len(names), len(stream)) for n, name in enumerate(names))
    fat += [_FREE] * (SECTOR // 4 - len(fat))
    return header + struct.pack(f"<{len(fat)}I", *fat) + entries.ljust(SECTOR, b"\x00") + stream


def _entry(name: str, number: int, count: int, size: int) -> bytes:
    said = name.encode("utf-16-le")
    kind = {"Root Entry": 5, "Workbook": 2}.get(name, 1)
    after = number + 1 if 0 < number < count - 1 else _FREE
    links = struct.pack("<BBIII", kind, 1, _FREE, after, 1 if kind == 5 else _FREE)
    place = struct.pack("<III", 2 if kind == 2 else _END, size if kind == 2 else 0, 0)
    return said.ljust(64, b"\x00") + struct.pack("<H", len(said) + 2) + links + bytes(36) + place


def record(kind: int, said: bytes = b"") -> bytes:
    """One BIFF record."""
    return struct.pack("<HH", kind, len(said)) + said


def bound_sheet(name: str, at: int = 0, kind: int = 0) -> bytes:
    """The record that lists a sheet: where its records begin, and of what kind it is."""
    return record(0x85, struct.pack("<IBBBB", at, 0, kind, len(name), 0) + name.encode("latin-1"))


def link(target: str) -> bytes:
    """The record of a link to another workbook or program."""
    return record(0x1AE, struct.pack("<HHB", 0, len(target), 1) + target.encode("utf-16-le"))

"""The inbox: what lies in a round's folder, one delivery per folder, zip or file. On a disk or in an object store."""

import io
import math
import os
import zipfile
import zlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

from upath import UPath

Place = Path | UPath
"""A folder or file of the inbox: a disk's own path, or one that a porch opened in an object store."""
BOOKS = frozenset({".xlsx", ".xlsm", ".xls", ".ods", ".et"})
_LEADS_OUT = frozenset({"/", "//", ".."})
MAX_MEMBER = 50 * 2**20
MAX_MEMBERS = 500
MAX_ALL = 400 * 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One delivered package: its name below the round's folder, and its files (name -> bytes).

    ``book`` names the workbook where that is known already; else every file that looks like one is tried. ``strays``:
    names in its zip that lead to another folder, as they stand there.
    """

    name: str
    files: dict[str, bytes]
    book: str = ""
    strays: tuple[str, ...] = ()

    def books(self) -> list[str]:
        """Files that may be the workbook; the first file when nothing looks like one."""
        if self.book:
            return [self.book]
        named = [name for name in self.files if PurePosixPath(name).suffix.lower() in BOOKS]
        return named or list(self.files)[:1]


def near(place: Place) -> Place:
    """The same place, as the disk's own path where it is on a disk: many small reads are ten times faster there."""
    return Path(place.path) if isinstance(place, UPath) and place.protocol in ("", "file", "local") else place


def list_deliveries(folder: Place) -> list[str]:
    """Names of what lies in the folder, sorted; hidden files and lock files of Excel are left out."""
    if not folder.is_dir():
        return []
    return sorted(entry.name for entry in folder.iterdir() if not entry.name.startswith((".", "~$")))


def changed(entry: Place, since: datetime) -> bool:
    """Whether a delivery, or a file in it, was written after the moment (a corrected file under the same name).

    A store that does not say when something was written is taken to hold something new; what is registered twice
    changes nothing.
    """
    return any(_written(file) > since.timestamp() for file in (entry, *_within(entry)))


def _written(file: Place) -> float:
    return file.lstat().st_mtime if isinstance(file, Path) else file.stat().st_mtime or math.inf


def _within(entry: Place) -> list[Place]:
    """Everything below a folder, sorted; nothing below a file."""
    below: list[Place] = [*entry.rglob("*")] if entry.is_dir() else []
    return sorted(below, key=str)


def open_delivery(folder: Place, name: str) -> Delivery:
    """Read one delivery into memory. Links are not followed; names inside a zip never become paths."""
    entry, name = folder / name, readable(name)
    if entry.is_symlink():
        return Delivery(name=name, files={name: b""})
    if entry.is_dir():
        files = {
            readable("/".join(path.parts[len(entry.parts) :])): path.read_bytes()
            for path in _within(entry)
            if path.is_file() and not path.is_symlink() and not path.name.startswith((".", "~$"))
        }
        return Delivery(name=name, files=files or {name: b""})
    content = entry.read_bytes()
    if entry.suffix.lower() == ".zip":
        files, strays = _members(content)
        return Delivery(name=name, files=files or {name: content}, strays=strays)
    return Delivery(name=name, files={name: content})


def readable(name: str) -> str:
    """A file name whose bytes are not UTF-8 as the Chinese it was written in (GB 18030)."""
    said = os.fsencode(name)
    try:
        return said.decode()
    except UnicodeDecodeError:
        return said.decode("gb18030", errors="replace")


def _members(content: bytes) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """The files of a zip by base name (by path where two share one), and the names that lead to another folder.

    No file when it is broken, too large or protected.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            entries = [e for e in packed.infolist() if not e.is_dir()]
            too_large = any(e.file_size > MAX_MEMBER for e in entries) or sum(e.file_size for e in entries) > MAX_ALL
            if len(entries) > MAX_MEMBERS or too_large:
                return {}, ()
            files: dict[str, bytes] = {}
            strays = []
            for entry in entries:
                said = _member_path(entry)
                path = PurePosixPath(*(part for part in said.parts if part not in _LEADS_OUT))
                strays += [str(said)] if path != said else []
                files[str(path) if path.name in files else path.name or "_"] = packed.read(entry)
            return files, tuple(strays)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError, ValueError, zlib.error):
        return {}, ()


def _member_path(entry: zipfile.ZipInfo) -> PurePosixPath:
    """Where a member stands in its zip; Windows writes names in the office's own code page without saying so."""
    is_utf8 = entry.flag_bits & 0x800
    name = entry.filename if is_utf8 else readable(os.fsdecode(entry.filename.encode("cp437")))
    return PurePosixPath(name.replace("\\", "/"))

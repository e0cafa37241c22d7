"""The inbox: what lies in a round's folder, one delivery per folder, zip or file. On a disk or in an object store."""

import math
import os
import stat
import zipfile
import zlib
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path, PurePosixPath

from upath import UPath

from learning_city.collect.archive import Content, opened

Place = Path | UPath
"""A folder or file of the inbox: a disk's own path, or one that a porch opened in an object store."""
BOOKS = frozenset({".xlsx", ".xlsm", ".xls", ".ods", ".et"})
_LEADS_OUT = frozenset({"/", "//", ".."})
_HIDDEN = (".", "~$")
"""Beginnings of the names of hidden files and of lock files of Excel: nobody means to send those."""
_READ = (stat.S_IFREG, stat.S_IFDIR, stat.S_IFLNK)
"""A link is answered for, not followed; a pipe, a socket or a device is no delivery."""
MAX_MEMBER = 50 * 2**20
MAX_MEMBERS = 500
MAX_ALL = 400 * 2**20
"""Bytes of one delivery that are held in memory; what is larger is archived piece by piece."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One delivered package: its name below the round's folder, and its files (name -> content).

    ``book`` names the workbook where that is known already; else every file that looks like one is tried. ``packed``:
    the zip that the files came in. ``strays``: names in it that lead to another folder, as they stand there.
    """

    name: str
    files: dict[str, Content]
    book: str = ""
    packed: Content | None = None
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
    return list(deliveries(folder))


def deliveries(folder: Place) -> dict[str, Place]:
    """What lies in the folder, by the name people read, sorted: no two have one name, and every name is valid UTF-8.

    Where the name of an entry that is no UTF-8 reads like another's, it gets a number.
    """
    found: dict[str, Place] = {}
    if folder.is_dir():
        here = [entry for entry in folder.iterdir() if not entry.name.startswith(_HIDDEN) and _is_read(entry)]
        for entry in sorted(here, key=lambda entry: (readable(entry.name) != entry.name, entry.name)):
            found[unused(readable(entry.name), found)] = entry
    return dict(sorted(found.items()))


def contents(folder: Place) -> Iterator[tuple[str, Content]]:
    """The files in a folder by name, not those in folders below it; what is gone meanwhile is left out."""
    for name, entry in deliveries(folder).items():
        if entry.is_symlink() or not entry.is_dir():
            with suppress(FileNotFoundError):
                yield name, content(entry)


def _is_read(entry: Place) -> bool:
    """Whether this is a file, a folder or a link; an object store holds nothing else."""
    try:
        return not isinstance(entry, Path) or stat.S_IFMT(entry.lstat().st_mode) in _READ
    except FileNotFoundError:
        return False


def changed(entry: Place, since: datetime) -> bool:
    """Whether a delivery, or a file in it, was written after the moment (a corrected file under the same name).

    A store that does not say when something was written is taken to hold something new; what is registered twice
    changes nothing.
    """
    return any(_written(file) > since.timestamp() for file in (entry, *_within(entry)))


def _written(file: Place) -> float:
    try:
        return file.lstat().st_mtime if isinstance(file, Path) else file.stat().st_mtime or math.inf
    except FileNotFoundError:
        return -math.inf


def _within(entry: Place) -> list[Place]:
    """Everything below a folder, sorted; nothing below a file or a link."""
    below: list[Place] = [*entry.rglob("*")] if entry.is_dir() and not entry.is_symlink() else []
    return sorted(below, key=str)


def open_deliveries(folder: Place, names: Sequence[str]) -> Iterator[Delivery]:
    """Read deliveries one by one; one that is gone, or is being taken away, is left out: it is listed again if it stays."""
    for name in names:
        with suppress(FileNotFoundError):
            yield open_delivery(folder, name)


def open_delivery(folder: Place, name: str) -> Delivery:
    """Read one delivery. Links are not followed; names inside a zip never become paths.

    ``name``: as ``list_deliveries`` gives it. Raises FileNotFoundError where it, or a file in it, is not there any more.
    """
    entry = _entry(folder, name)
    if entry.is_dir() and not entry.is_symlink():
        return Delivery(name=name, files=_files(entry) or {name: b""})
    whole = content(entry)
    if entry.suffix.lower() == ".zip":
        files, strays = unpacked(whole, name)
        return Delivery(name=name, files=files or {name: whole}, packed=whole if files else None, strays=strays)
    return Delivery(name=name, files={name: whole})


def content(file: Place, room: int = MAX_MEMBER) -> Content:
    """The bytes of a file, the file itself where they are more than ``room``; nothing of a link."""
    if file.is_symlink():
        return b""
    with opened(file) as stream:
        if stream.seek(0, os.SEEK_END) > min(room, MAX_MEMBER):
            return file
        stream.seek(0)
        return stream.read()


def _entry(folder: Place, name: str) -> Place:
    """What has this name for people; looked for in the whole folder only where no name is made of its bytes."""
    said = folder / name
    if not isinstance(said, Path) or said.is_symlink() or said.exists():
        return said
    raw = folder / os.fsdecode(name.encode("gb18030"))
    return raw if "\ufffd" not in name and raw.exists() else deliveries(folder).get(name, said)


def _files(folder: Place) -> dict[str, Content]:
    files: dict[str, Content] = {}
    room = MAX_ALL
    for path in _within(folder):
        if not path.name.startswith(_HIDDEN) and _is_file(path):
            name = unused("/".join(map(readable, path.parts[len(folder.parts) :])), files)
            files[name] = held = content(path, room)
            room -= len(held) if isinstance(held, bytes) else 0
    if not files and isinstance(folder, Path):
        folder.lstat()
    return files


def _is_file(path: Place) -> bool:
    """Whether this is a file and no link to one; raises FileNotFoundError where it was on a disk and is gone."""
    return stat.S_ISREG(path.lstat().st_mode) if isinstance(path, Path) else path.is_file()


def readable(name: str) -> str:
    """A file name whose bytes are not UTF-8 as the Chinese it was written in (GB 18030)."""
    said = os.fsencode(name)
    try:
        return said.decode()
    except UnicodeDecodeError:
        return said.decode("gb18030", errors="replace")


def unused(name: str, taken: Collection[str]) -> str:
    """The name, with a number before its ending where it is taken."""
    path = PurePosixPath(name)
    numbered = (str(path.with_name(f"{path.stem}_{n}{path.suffix}")) for n in count(2))
    return name if name not in taken else next(other for other in numbered if other not in taken)


def unpacked(packed: Content, own: str) -> tuple[dict[str, Content], tuple[str, ...]]:
    """The files of a zip by base name (by path where two share one), and the names that lead to another folder.

    No file when it is broken, too large or protected. ``own``: the zip's own name, which no file in it gets.
    """
    try:
        with opened(packed) as stream, zipfile.ZipFile(stream) as file:
            entries = [e for e in file.infolist() if not e.is_dir()]
            too_large = any(e.file_size > MAX_MEMBER for e in entries) or sum(e.file_size for e in entries) > MAX_ALL
            if len(entries) > MAX_MEMBERS or too_large:
                return {}, ()
            files: dict[str, Content] = {}
            strays = []
            for entry in entries:
                said = _member_path(entry)
                path = PurePosixPath(*(part for part in said.parts if part not in _LEADS_OUT))
                strays += [str(said)] if path != said else []
                if not path.name.startswith(_HIDDEN):
                    taken = {*files, own}
                    name = str(path) if path.name in taken else path.name or "_"
                    files[unused(name, taken)] = file.read(entry)
            return files, tuple(strays)
    except (zipfile.BadZipFile, RuntimeError, EOFError, OSError, ValueError, zlib.error):
        return {}, ()


def _member_path(entry: zipfile.ZipInfo) -> PurePosixPath:
    """Where a member stands in its zip; Windows writes names in the office's own code page without saying so."""
    is_utf8 = entry.flag_bits & 0x800
    name = entry.filename if is_utf8 else readable(os.fsdecode(entry.filename.encode("cp437")))
    return PurePosixPath(name.replace("\\", "/"))

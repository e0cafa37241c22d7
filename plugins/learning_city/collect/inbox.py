"""The inbox: what lies in a round's folder, one delivery per folder, zip or file."""

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

BOOKS = frozenset({".xlsx", ".xlsm", ".xls", ".ods", ".et"})
MAX_MEMBER = 50 * 2**20
MAX_MEMBERS = 500
MAX_ALL = 400 * 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One delivered package: its name below the round's folder, and its files (name -> bytes)."""

    name: str
    files: dict[str, bytes]

    def books(self) -> list[str]:
        """Files that may be the workbook; everything when nothing looks like one."""
        named = [name for name in self.files if PurePosixPath(name).suffix.lower() in BOOKS]
        return named or list(self.files)[:1]


def list_deliveries(folder: Path) -> list[str]:
    """Names of what lies in the folder, sorted; hidden files and lock files of Excel are left out."""
    if not folder.is_dir():
        return []
    return sorted(entry.name for entry in folder.iterdir() if not entry.name.startswith((".", "~$")))


def open_delivery(folder: Path, name: str) -> Delivery:
    """Read one delivery into memory. Links are not followed; names inside a zip never become paths."""
    entry = folder / name
    if entry.is_symlink():
        return Delivery(name=name, files={name: b""})
    if entry.is_dir():
        files = {
            str(path.relative_to(entry)): path.read_bytes()
            for path in sorted(entry.rglob("*"))
            if path.is_file() and not path.is_symlink() and not path.name.startswith((".", "~$"))
        }
        return Delivery(name=name, files=files or {name: b""})
    content = entry.read_bytes()
    if entry.suffix.lower() == ".zip":
        return Delivery(name=name, files=_members(content) or {name: content})
    return Delivery(name=name, files={name: content})


def _members(content: bytes) -> dict[str, bytes]:
    """The files of a zip by base name; empty when it is broken, too large or protected."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            entries = [e for e in packed.infolist() if not e.is_dir()]
            too_large = any(e.file_size > MAX_MEMBER for e in entries) or sum(e.file_size for e in entries) > MAX_ALL
            if len(entries) > MAX_MEMBERS or too_large:
                return {}
            return {PurePosixPath(e.filename.replace("\\", "/")).name: packed.read(e) for e in entries}
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError):
        return {}

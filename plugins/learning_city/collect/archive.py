"""The archive: every file that came in, by the SHA-256 of its bytes, before anything parses it."""

import hashlib
import io
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from upath import UPath

Content = bytes | Path | UPath
"""What a file holds: its bytes, or the file itself where it is too large to be held in memory."""
_PIECE = 2**20
_TAIL = 2**16


@dataclass(frozen=True, slots=True, kw_only=True)
class Archived:
    """One archived file: its hash, size, and where it lies now."""

    sha256: str
    size: int
    path: Path


def put(archive: Path, contents: Iterable[Content]) -> list[Archived]:
    """Store each content under its hash; what is there already is left alone. One sync at the end."""
    stored = keep(archive, contents)
    settle()
    return stored


def keep(archive: Path, contents: Iterable[Content]) -> list[Archived]:
    """``put`` without the sync; the caller calls ``settle`` before anything refers to what was stored."""
    archive.mkdir(parents=True, exist_ok=True)
    return [_store(archive, content) if isinstance(content, bytes) else _copy(archive, content) for content in contents]


def settle() -> None:
    """Wait until everything that was stored is on the disk."""
    os.sync()


def opened(content: Content) -> BinaryIO:
    """A content as a stream from its beginning; a link is not followed, and nothing that blocks is waited for."""
    if isinstance(content, bytes):
        return io.BytesIO(content)
    if isinstance(content, Path):
        return os.fdopen(os.open(content, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb")
    return content.open("rb")


def ends(content: Content) -> bytes:
    """A content's bytes; of a large one its beginning and its end, where a container lists what it holds."""
    if isinstance(content, bytes):
        return content
    with opened(content) as file:
        head = file.read(_TAIL)
        file.seek(-_TAIL, os.SEEK_END)
        return head + file.read()


def _store(archive: Path, content: bytes) -> Archived:
    digest = hashlib.sha256(content).hexdigest()
    path = archive / digest[:2] / digest
    if not _is_whole(path, len(content)):
        path.parent.mkdir(exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}")
        draft.write_bytes(content)
        _settle_draft(draft, path)
    return Archived(sha256=digest, size=len(content), path=path)


def _copy(archive: Path, large: Path | UPath) -> Archived:
    """Store a large file piece by piece: its hash is known when all of it was read."""
    draft, digest, size = archive / f"draft.{os.getpid()}", hashlib.sha256(), 0
    try:
        with opened(large) as source, draft.open("wb") as file:
            while piece := source.read(_PIECE):
                digest.update(piece)
                size += file.write(piece)
        path = archive / digest.hexdigest()[:2] / digest.hexdigest()
        if not _is_whole(path, size):
            path.parent.mkdir(exist_ok=True)
            _settle_draft(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    return Archived(sha256=path.name, size=size, path=path)


def _is_whole(path: Path, size: int) -> bool:
    """Whether a file was stored already; one that a crash tore has another size and is written again."""
    try:
        return path.stat().st_size == size
    except FileNotFoundError:
        return False


def _settle_draft(draft: Path, path: Path) -> None:
    draft.chmod(0o444)
    draft.replace(path)

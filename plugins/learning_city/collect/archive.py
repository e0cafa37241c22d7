"""The archive: every file that came in, by the SHA-256 of its bytes, before anything parses it."""

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Archived:
    """One archived file: its hash, size, and where it lies now."""

    sha256: str
    size: int
    path: Path


def put(archive: Path, contents: Iterable[bytes]) -> list[Archived]:
    """Store each content under its hash; what is there already is left alone. One sync at the end."""
    stored = keep(archive, contents)
    settle()
    return stored


def keep(archive: Path, contents: Iterable[bytes]) -> list[Archived]:
    """``put`` without the sync; the caller calls ``settle`` before anything refers to what was stored."""
    archive.mkdir(parents=True, exist_ok=True)
    return [_store(archive, content) for content in contents]


def settle() -> None:
    """Wait until everything that was stored is on the disk."""
    os.sync()


def _store(archive: Path, content: bytes) -> Archived:
    digest = hashlib.sha256(content).hexdigest()
    path = archive / digest[:2] / digest
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}")
        draft.write_bytes(content)
        draft.chmod(0o444)
        draft.replace(path)
    return Archived(sha256=digest, size=len(content), path=path)

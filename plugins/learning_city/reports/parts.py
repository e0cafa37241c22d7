"""What builds are made of, kept as files named by their own hash: here nothing is known of frames."""

import hashlib
import json
import os
import tempfile
from pathlib import Path

from learning_city.errors import NeedsAPerson
from learning_city.model.home import Home


def folder(home: Home) -> Path:
    """Where the parts of a home lie."""
    return home.reports / "frozen"


def keep(folder: Path, content: bytes) -> str:
    """Store a part; returns its name, the SHA-256. One that is there and whole is not written again."""
    digest = hashlib.sha256(content).hexdigest()
    if sound(folder, digest) is None:
        handle, draft = tempfile.mkstemp(dir=folder, prefix=".")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(draft).replace(folder / digest)
    return digest


def content(folder: Path, digest: str) -> bytes:
    """A stored part. Raises NeedsAPerson where it is gone or is not what its name says."""
    found = sound(folder, digest)
    if found is None:
        raise NeedsAPerson(
            f"冻结的输入 reports/frozen/{digest} 不在或已损坏，请从备份恢复；输入没有变时，再生成一次也会补上。 "
            "A frozen input is gone or damaged: bring the folder reports/frozen back from a backup, or build again "
            "where the inputs are still the same."
        )
    return found


def sound(folder: Path, digest: str) -> bytes | None:
    """A stored part; None where it is gone or is not what its name says."""
    path = folder / digest
    found = path.read_bytes() if path.is_file() else None
    return found if found is not None and hashlib.sha256(found).hexdigest() == digest else None


def damaged(home: Home, digest: str) -> list[str]:
    """The parts of a frozen build that are gone or are not what they were, as paths below the home."""
    where = folder(home)
    listed = sound(where, digest)
    named = json.loads(listed)["frames"].values() if listed is not None else ()
    return [f"reports/frozen/{one}" for one in (digest, *named) if sound(where, one) is None]

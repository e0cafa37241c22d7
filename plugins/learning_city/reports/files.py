"""The files of a build as they lie on the disk, held against the hashes that were registered when they were written."""

import hashlib
from pathlib import Path

from sqlalchemy import Connection, text

from learning_city.errors import Refused
from learning_city.model.home import Home
from learning_city.reports import parts


class Damaged(Refused):
    """Files of a build are gone or are not what was registered: ``number`` of the build, ``names`` of the files."""

    def __init__(self, number: int, names: list[str]) -> None:
        self.number, self.names = number, names
        said = "、".join(names)
        super().__init__(
            "damaged",
            f"R-{number:03d} 的文件不在或已损坏：{said}。请先运行 lcm report rebuild {number} 重写。 "
            f"Files of R-{number:03d} are gone or damaged ({said}): write them again with `lcm report rebuild {number}`.",
        )


def kept(home: Home, number: int, name: str, digest: str) -> Path | None:
    """Where a registered file lies; None where it is gone, is not what it was, or would lie elsewhere."""
    folder = (home.reports / str(number)).resolve()
    path = (folder / name).resolve()
    return path if path.parent == folder and sha256(path) == digest else None


def require_whole(connection: Connection, home: Home, number: int) -> None:
    """Raise Damaged, naming every file of a build that is gone or damaged."""
    rows = connection.execute(text(_FILES), {"n": number})
    if names := [row.name for row in rows if kept(home, number, row.name, row.sha256) is None]:
        raise Damaged(number, names)


def damaged(connection: Connection, home: Home) -> list[Damaged]:
    """The builds that were approved or released of which a file, or a part of what was frozen, is not what it was."""
    found = []
    for row in connection.execute(text(_SEALED)).all():
        rows = connection.execute(text(_FILES), {"n": row.build_id})
        names = [one.name for one in rows if kept(home, row.build_id, one.name, one.sha256) is None]
        names += parts.damaged(home, row.frozen) if row.frozen else []
        found += [Damaged(row.build_id, names)] if names else []
    return found


def sha256(path: Path) -> str:
    """The hash of a file; empty where there is none."""
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


_FILES = "SELECT name, sha256 FROM report.artifact WHERE build_id = :n ORDER BY name"
_SEALED = "SELECT build_id, frozen FROM report.build WHERE state <> 'draft' ORDER BY build_id"

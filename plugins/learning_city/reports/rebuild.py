"""Write a build again from its frozen inputs alone, and say whether every file has the bytes it had."""

import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, RowMapping, text

from learning_city.errors import NeedsAPerson
from learning_city.model.home import Home
from learning_city.reports.build import code_version, write
from learning_city.reports.files import sha256
from learning_city.reports.freeze import thaw
from learning_city.reports.tables import ReportTables


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """One file that was written again; ``why`` says in both languages why it is not the same, empty where it is."""

    name: str
    was: str
    now: str
    why: str = ""

    @property
    def is_equal(self) -> bool:
        """Whether it has the same bytes."""
        return self.was == self.now


def frozen(engine: Engine, home: Home, number: int) -> ReportTables:
    """The tables of a build as they were frozen. Raises NeedsAPerson where there is none, or it was not frozen."""
    return thaw(home, str(_row(engine, number)["frozen"]))


def rebuild(engine: Engine, home: Home, number: int, out: Path | None = None) -> list[Rebuilt]:
    """Write every file of a build again (into ``out``, where it is named) and compare.

    A file of the build that is gone or damaged is put back where the new one is what it was.
    """
    row = _row(engine, number)
    with engine.connect() as connection:
        known: dict[str, str] = dict(connection.execute(text(_ARTIFACTS), {"n": number}).all())
        sealed = connection.execute(text(_SEALED), {"key": str(number)}).scalar()
    tables = thaw(home, str(row["frozen"]))
    is_other = tables.build != str(number) or sealed not in (None, row["frozen"])
    with tempfile.TemporaryDirectory() as folder:
        written = write(out or Path(folder), tables, row["formats"])
        now = {path.name: path.read_bytes() for _, path in written}
    compared = []
    for name in sorted(known | now):
        was, content, path = known.get(name, ""), now.get(name), home.reports / str(number) / name
        digest = hashlib.sha256(content).hexdigest() if content is not None else ""
        why = "" if was == digest else _cause(row, is_other=is_other, is_here=digest == sha256(path))
        compared.append(Rebuilt(name=name, was=was, now=digest, why=why))
        if content is not None and was == digest != sha256(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    return compared


def _cause(row: RowMapping, *, is_other: bool, is_here: bool) -> str:
    """Why a file is another than was registered: what it is made from, the register, or the program."""
    if is_other:
        return (
            "登记的冻结清单（report.build.frozen）被改过，不是这一版的输入；请用 lcm audit verify 核对。 "
            "The frozen list in the register was changed, it is not what this build was made of: see `lcm audit verify`."
        )
    if is_here:
        return (
            "登记的文件哈希（report.artifact.sha256）被改过：重写的文件与原文件相同；请用 lcm audit verify 核对。 "
            "The hash in the register was changed: what was written again is the file that lies there; see `lcm audit verify`."
        )
    if row["code_version"] != code_version():
        return (
            f"程序版本不同：当时 {row['code_version']}，现在 {code_version()}。 "
            f"Another code version: it was {row['code_version']}, it is {code_version()}."
        )
    return "程序版本相同而文件不同，请报告管理员。 The same code version gives other bytes: tell the administrator."


def _row(engine: Engine, number: int) -> RowMapping:
    with engine.connect() as connection:
        row = (
            connection.execute(text("SELECT * FROM report.build WHERE build_id = :n"), {"n": number}).mappings().first()
        )
    if row is None or row["frozen"] is None:
        raise NeedsAPerson(
            f"没有第 {number} 版，或它早于冻结输入的做法；用 lcm report list 查看。 "
            f"There is no build {number}, or it was made before inputs were frozen; see `lcm report list`."
        )
    return row


_SEALED = """
SELECT about::jsonb ->> 4 FROM quality.decision
WHERE CASE WHEN action IN ('approve_report', 'release_report', 'restore_report') THEN about::jsonb ->> 0 END = :key
ORDER BY decision_id DESC LIMIT 1
"""
_ARTIFACTS = "SELECT name, sha256 FROM report.artifact WHERE build_id = :n AND format <> 'release'"

"""Write a build again from its frozen inputs alone, and say whether every file has the bytes it had."""

import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, RowMapping, text

from learning_city.errors import NeedsAPerson
from learning_city.model.home import Home
from learning_city.reports.build import code_version, write
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
    with tempfile.TemporaryDirectory() as folder:
        written = write(out or Path(folder), thaw(home, str(row["frozen"])), row["formats"])
        now = {path.name: path.read_bytes() for _, path in written}
    compared = [_compare(name, known.get(name, ""), now.get(name), row) for name in sorted(known | now)]
    for one in compared:
        kept = home.reports / str(number) / one.name
        if one.is_equal and (not kept.is_file() or _sha256(kept.read_bytes()) != one.was):
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_bytes(now[one.name])
    return compared


def _compare(name: str, was: str, content: bytes | None, row: RowMapping) -> Rebuilt:
    now = _sha256(content) if content is not None else ""
    if was == now:
        return Rebuilt(name=name, was=was, now=now)
    if row["code_version"] != code_version():
        why = (
            f"程序版本不同：当时 {row['code_version']}，现在 {code_version()}。 "
            f"Another code version: it was {row['code_version']}, it is {code_version()}."
        )
    else:
        why = "程序版本相同而文件不同，请报告管理员。 The same code version gives other bytes: tell the administrator."
    return Rebuilt(name=name, was=was, now=now, why=why)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


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


_ARTIFACTS = "SELECT name, sha256 FROM report.artifact WHERE build_id = :n AND format <> 'release'"

"""Build a report: freeze what is known of a framework and period, write its files from that, remember their bytes."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, text

from learning_city.errors import NeedsAPerson
from learning_city.model.home import Home
from learning_city.reports.freeze import content_hash, freeze, thaw
from learning_city.reports.lineage import WINNER
from learning_city.reports.read import read
from learning_city.reports.tables import ReportTables
from learning_city.reports.writers import WRITERS

WRITING = ("xlsxwriter", "pyarrow", "python-docx", "matplotlib", "pylopdf-fonts-zh-cn")
"""What decides the bytes of a report's files beside our own code."""
Tell = Callable[[str, int, int], None]
"""Hears how far a build is: reading or writing, how many files' formats are done, of how many."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person asks for; no places means all of them, no certifying unit that it is named at the release."""

    framework: str
    period: str
    places: tuple[str, ...]
    formats: tuple[str, ...]
    by: str
    certified_by: str


def build(
    engine: Engine,
    home: Home,
    framework: str,
    period: str,
    *,
    requested_by: str,
    places: Sequence[str] = (),
    formats: Sequence[str] = ("xlsx",),
    certified_by: str = "",
    tell: Tell = lambda state, done, total: None,  # noqa: ARG005 - nobody listens
) -> int:
    """Build the files of a framework and period; returns the build's number.

    ``certified_by`` is the unit that is to certify the results, if it is known. Equal inputs, edition, code version and
    formats give the same build again, with the same bytes. Raises NeedsAPerson when nothing was computed for the period,
    or a format is not known.
    """
    asked = Asked(framework, period, tuple(sorted(set(places))), _known(formats), requested_by, certified_by.strip())
    tell("reading", 0, len(asked.formats))
    tables, chain = _read(engine, asked, is_demo=home.is_demo)
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('learning_city.build'))"))
        said = {**_columns(asked, tables), "chain": chain}
        earlier = connection.execute(text(_KNOWN), said).scalar()
        if earlier is not None:
            return int(earlier)
        row = connection.execute(text(_NEW), said).mappings().one()
        _store(connection, home, _named(tables, row), asked.formats, tell)
        return int(row["build_id"])


def _read(engine: Engine, asked: Asked, *, is_demo: bool) -> tuple[ReportTables, str | None]:
    """Everything as of one moment, and the heads of the chains then."""
    framework, period = asked.framework, asked.period
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection, connection.begin():
        connection.execute(text("SET LOCAL enable_nestloop = off"))  # dates as ranges mislead the planner
        tables = read(connection, framework, period, is_demo=is_demo, places=asked.places)
        chain = connection.execute(text(_CHAIN), {"period": period}).scalar()
    if not len(tables.values):
        raise NeedsAPerson(
            f"{framework} {period} 还没有算出指标，请先收集、衔接。 "
            f"Nothing was computed for {framework} {period}: collect and reconcile the year first."
        )
    return replace(tables, certified_by=asked.certified_by), chain


def write(folder: Path, tables: ReportTables, formats: Sequence[str]) -> list[tuple[str, Path]]:
    """Write these formats into ``folder``; (format, path) of each file."""
    folder.mkdir(parents=True, exist_ok=True)
    return [(name, path) for name in formats for path in WRITERS[name](folder, tables)]


def paths(connection: Connection, home: Home, number: int) -> list[Path]:
    """The files of a build."""
    names = connection.execute(
        text("SELECT name FROM report.artifact WHERE build_id = :n ORDER BY name"), {"n": number}
    )
    return [home.reports / str(number) / str(name) for name in names.scalars()]


@cache
def code_version() -> str:
    """The program's version and the hash of what decides how a report's files look."""
    told = hashlib.sha256(" ".join(map(version, WRITING)).encode())
    for file in sorted(file for file in Path(__file__).parent.rglob("*") if file.suffix in {".py", ".csv"}):
        told.update(file.read_bytes())
    return f"{version('learning-city-monitor')}+{told.hexdigest()[:8]}"


def _store(connection: Connection, home: Home, tables: ReportTables, formats: tuple[str, ...], tell: Tell) -> None:
    """Freeze, then write every format from what was frozen, never from what was read."""
    number = {"n": int(tables.build)}
    frozen = freeze(home, tables)
    tables = thaw(home, frozen)
    connection.execute(
        text("UPDATE report.build SET frozen = :frozen WHERE build_id = :n"), {**number, "frozen": frozen}
    )
    taken = tables.lineage.loc[tables.lineage["role"] == WINNER, "submission_id"].dropna().unique()
    if len(taken):
        connection.execute(text(_INPUT), [{**number, "id": int(one)} for one in taken])
    for turn, name in enumerate(formats):
        tell("writing", turn, len(formats))
        for _, path in write(home.reports / str(tables.build), tables, (name,)):
            content = path.read_bytes()
            digest = hashlib.sha256(content).hexdigest()
            connection.execute(
                text(_ARTIFACT),
                {**number, "name": path.name, "format": name, "sha256": digest, "bytes": len(content)},
            )


def _named(tables: ReportTables, row: RowMapping) -> ReportTables:
    """The tables with what names their build, as its files say it."""
    return replace(
        tables,
        build=str(row["build_id"]),
        as_of=f"{row['as_of']:%Y-%m-%d %H:%M}",
        code_version=row["code_version"],
        chain=row["chain"] or "—",
    )


def _known(formats: Sequence[str]) -> tuple[str, ...]:
    unknown = sorted(set(formats) - set(WRITERS))
    if unknown or not formats:
        raise NeedsAPerson(
            f"没有这种格式：{'、'.join(unknown)}，可选 {'、'.join(WRITERS)}。 "
            f"No such format: {', '.join(unknown)}; choose from {', '.join(WRITERS)}."
        )
    return tuple(name for name in WRITERS if name in formats)


def _columns(asked: Asked, tables: ReportTables) -> dict[str, Any]:
    return {
        "framework": asked.framework, "period": asked.period, "places": list(asked.places), "by": asked.by,
        "formats": list(asked.formats), "edition": int(tables.edition.split("（")[0]), "hash": content_hash(tables),
        "code": code_version(), "sample": tables.is_demo, "unit": asked.certified_by,
    }  # fmt: skip


_KNOWN = """
SELECT max(build_id) FROM report.build
WHERE framework = :framework AND period = :period AND edition = :edition AND code_version = :code
  AND inputs_hash = :hash AND formats = :formats AND places = :places
"""
_NEW = """
INSERT INTO report.build (framework, period, places, formats, edition, code_version, inputs_hash, requested_by, chain,
  is_sample, certified_by)
VALUES (:framework, :period, :places, :formats, :edition, :code, :hash, :by, :chain, :sample, :unit) RETURNING *
"""
_INPUT = "INSERT INTO report.input (build_id, submission_id) VALUES (:n, :id)"
_ARTIFACT = """
INSERT INTO report.artifact (build_id, name, format, sha256, bytes) VALUES (:n, :name, :format, :sha256, :bytes)
"""
_CHAIN = """
SELECT string_agg(round || '/' || seq || '/' || left(hash, 16), '; ' ORDER BY round) FROM (
  SELECT DISTINCT ON (l.round) l.round, l.seq, l.hash FROM quality.link AS l
  JOIN intake.round AS r ON r.round = l.round WHERE r.period = :period OR r.data_year::text = :period
  ORDER BY l.round, l.seq DESC
) AS head
"""

"""Build a report: freeze what is known of a framework and period, write its workbook, remember its bytes."""

import hashlib
import json
from dataclasses import fields, replace
from importlib.metadata import version
from pathlib import Path

import pandas as pd
from sqlalchemy import Connection, Engine, text

from learning_city.errors import NeedsAPerson
from learning_city.model.home import Home
from learning_city.reports.read import read
from learning_city.reports.tables import ReportTables
from learning_city.reports.workbook import write_workbook
from learning_city.warehouse import ref


def build(engine: Engine, home: Home, framework: str, period: str, *, requested_by: str) -> int:
    """Build the workbook of a framework and period; returns the build's number.

    A build of the same inputs, edition and code version is returned again, with the same bytes.
    Raises NeedsAPerson when nothing was computed for the period.
    """
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('learning_city.build'))"))
        tables = read(connection, framework, period, is_demo=home.is_demo)
        if not len(tables.values):
            raise NeedsAPerson(f"Nothing was computed for {framework} {period}: collect and reconcile the year first.")
        said = {
            "framework": framework, "period": period, "edition": ref.current(connection), "hash": _content_hash(tables),
            "code": version("learning-city-monitor"), "by": requested_by,
            "chain": connection.execute(text(_CHAIN), {"period": period}).scalar(),
        }  # fmt: skip
        earlier = connection.execute(text(_KNOWN), said).scalar()
        if earlier is not None:
            return int(earlier)
        row = connection.execute(text(_NEW), said).one()
        number, as_of = int(row[0]), row[1]
        chain, code = str(said["chain"] or "—"), str(said["code"])
        tables = replace(tables, build=str(number), as_of=f"{as_of:%Y-%m-%d %H:%M}", code_version=code, chain=chain)
        path = home.reports / str(number) / f"监测指标表_{period}_{framework}.xlsx"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_workbook(path, tables)
        _remember(connection, number, path)
    return number


def paths(connection: Connection, home: Home, number: int) -> list[Path]:
    """The files of a build."""
    names = connection.execute(
        text("SELECT name FROM report.artifact WHERE build_id = :n ORDER BY name"), {"n": number}
    )
    return [home.reports / str(number) / str(name) for name in names.scalars()]


def _content_hash(tables: ReportTables) -> str:
    """What the report says, without its number and moment."""
    parts = []
    for field in fields(tables):
        said = getattr(tables, field.name)
        if isinstance(said, pd.DataFrame):
            parts.append(said.to_csv(index=False))
        elif field.name not in ("build", "as_of", "code_version", "chain"):
            parts.append(json.dumps(said, ensure_ascii=False))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _remember(connection: Connection, number: int, path: Path) -> None:
    content = path.read_bytes()
    connection.execute(
        text("INSERT INTO report.artifact (build_id, name, sha256, bytes) VALUES (:n, :name, :sha256, :bytes)"),
        {"n": number, "name": path.name, "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)},
    )


_KNOWN = """
SELECT max(build_id) FROM report.build
WHERE framework = :framework AND period = :period AND edition = :edition AND code_version = :code
  AND inputs_hash = :hash
"""
_NEW = """
INSERT INTO report.build (framework, period, edition, code_version, inputs_hash, requested_by, chain)
VALUES (:framework, :period, :edition, :code, :hash, :by, :chain) RETURNING build_id, as_of
"""
_CHAIN = """
SELECT string_agg(round || '/' || seq || '/' || left(hash, 16), '; ' ORDER BY round) FROM (
  SELECT DISTINCT ON (l.round) l.round, l.seq, l.hash FROM quality.link AS l
  JOIN intake.round AS r ON r.round = l.round WHERE r.period = :period OR r.data_year::text = :period
  ORDER BY l.round, l.seq DESC
) AS head
"""

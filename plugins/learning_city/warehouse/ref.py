"""Editions of the catalogue: stored once, numbered, never changed."""

from collections.abc import Sequence
from datetime import date

import pandas as pd
import pyarrow as pa
from sqlalchemy import Connection, RowMapping, text

from learning_city.catalogue.columns import TABLES
from learning_city.errors import NeedsAPerson
from learning_city.model.edition import Edition
from learning_city.warehouse.copy import copy
from learning_city.warehouse.engine import scalar


def store(connection: Connection, edition: Edition, *, who: str, why: str, confirmed_by: str | None = None) -> int:
    """Store an edition and return its number; one that is equal to the edition in use keeps that number."""
    connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('learning_city.edition'))"))
    if is_current(connection, edition):
        return current(connection)
    number = int(
        scalar(
            connection,
            """INSERT INTO ref.edition (edition, content_hash, who, why, confirmed_by)
               SELECT coalesce(max(edition), 0) + 1, :hash, :who, :why, :confirmed_by FROM ref.edition RETURNING edition""",
            hash=edition.content_hash,
            who=who,
            why=why,
            confirmed_by=confirmed_by,
        )
    )
    for table, rows in edition.tables.items():
        columns = {name: pa.array([row[name] for row in rows]) for name in (rows[0] if rows else {})}
        copy(connection, f"ref.{table}", pa.table({"edition": pa.array([number] * len(rows)), **columns}))
    connection.execute(text("ANALYZE " + ", ".join(f"ref.{table}" for table in edition.tables)))
    return number


def propose(connection: Connection, edition: Edition, **said: object) -> None:
    """Remember that somebody (``who``, ``why``) wants an edition that needs a second person; ``file`` is its SHA-256.

    ``attainments`` and ``ranks`` are how many of them it changes. Said again by the same person, the later words hold.
    """
    connection.execute(
        text("""INSERT INTO ref.proposal (content_hash, on_edition, who, why, file, attainments, ranks)
                VALUES (:hash, :on, :who, :why, :file, :attainments, :ranks)
                ON CONFLICT (content_hash, on_edition, who) DO UPDATE
                SET why = excluded.why, file = excluded.file, proposed_at = now()"""),
        {"hash": edition.content_hash, "on": current(connection), **said},
    )


def proposal(connection: Connection, edition: Edition, *, confirmed_by: str) -> RowMapping | None:
    """Who first proposed an edition over the one in use, and why; None where nobody but this person did."""
    said = {"hash": edition.content_hash, "on": current(connection), "who": confirmed_by}
    return connection.execute(text(_PROPOSAL), said).mappings().first()


_PROPOSAL = """
SELECT who, why FROM ref.proposal WHERE content_hash = :hash AND on_edition = :on AND NOT app.same_person(who, :who)
ORDER BY proposed_at LIMIT 1
"""


def is_current(connection: Connection, edition: Edition) -> bool:
    """Whether the edition in use has the same content; an edition stored before a column was added is compared too."""
    number = current(connection)
    return bool(number) and load(connection, number).content_hash == edition.content_hash


def current(connection: Connection) -> int:
    """The number of the newest edition; 0 where none was imported yet."""
    return int(scalar(connection, "SELECT coalesce(max(edition), 0) FROM ref.edition"))


def editions(connection: Connection) -> Sequence[RowMapping]:
    """Every edition, newest first: edition, content_hash, who, why, recorded_at."""
    return connection.execute(text("SELECT * FROM ref.edition ORDER BY edition DESC")).mappings().all()


def load(connection: Connection, number: int) -> Edition:
    """A stored edition, equal to what was stored; raises NeedsAPerson where there is no such number."""
    if not scalar(connection, "SELECT count(*) FROM ref.edition WHERE edition = :edition", edition=number):
        raise NeedsAPerson(
            f"没有第 {number} 版目录，用 lcm catalogue list 查看。 There is no edition {number}; see lcm catalogue list."
        )
    tables = {}
    for name, table in TABLES.items():
        listed = ", ".join(f'"{column}"' for column in table.columns)
        found = connection.execute(
            text(f'SELECT {listed} FROM ref."{name}" WHERE edition = :edition'), {"edition": number}
        )
        tables[name] = [dict(row) for row in found.mappings()]
    return Edition(tables=tables)


def frame(connection: Connection, table: str, edition: int, day: date | None = None) -> pd.DataFrame:
    """One table of an edition as a frame (few rows: the catalogue, never figures).

    ``day``: only the rows in force on that day, for tables whose rows have dates.
    """
    in_force = " AND daterange(valid_from, valid_to) @> CAST(:day AS date)"
    is_dated = day is not None and "valid_from" in TABLES[table].columns
    return pd.read_sql(
        text(f'SELECT * FROM ref."{table}" WHERE edition = :edition' + (in_force if is_dated else "")),
        connection,
        params={"edition": edition, **({"day": day} if is_dated else {})},
    )

"""Editions of the catalogue: stored once, numbered, never changed."""

import pandas as pd
import pyarrow as pa
from sqlalchemy import Connection, text

from learning_city.model.edition import Edition
from learning_city.warehouse.copy import copy
from learning_city.warehouse.engine import scalar


def store(connection: Connection, edition: Edition, *, who: str, why: str) -> int:
    """Store an edition and return its number; one that is equal to a stored edition keeps that number."""
    connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('learning_city.edition'))"))
    known = scalar(connection, "SELECT edition FROM ref.edition WHERE content_hash = :hash", hash=edition.content_hash)
    if known is not None:
        return int(known)
    number = int(
        scalar(
            connection,
            """INSERT INTO ref.edition (edition, content_hash, who, why)
               SELECT coalesce(max(edition), 0) + 1, :hash, :who, :why FROM ref.edition RETURNING edition""",
            hash=edition.content_hash,
            who=who,
            why=why,
        )
    )
    for table, rows in edition.tables.items():
        columns = {name: pa.array([row[name] for row in rows]) for name in (rows[0] if rows else {})}
        copy(connection, f"ref.{table}", pa.table({"edition": pa.array([number] * len(rows)), **columns}))
    connection.execute(text("ANALYZE " + ", ".join(f"ref.{table}" for table in edition.tables)))
    return number


def current(connection: Connection) -> int:
    """The number of the newest edition; 0 where none was imported yet."""
    return int(scalar(connection, "SELECT coalesce(max(edition), 0) FROM ref.edition"))


def frame(connection: Connection, table: str, edition: int) -> pd.DataFrame:
    """One table of an edition as a frame (few rows: the catalogue, never figures)."""
    return pd.read_sql(
        text(f'SELECT * FROM ref."{table}" WHERE edition = :edition'), connection, params={"edition": edition}
    )

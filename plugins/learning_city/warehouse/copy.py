"""Bulk loading: a frame or an Arrow table into PostgreSQL by COPY, encoded once in Arrow."""

import io

import pandas as pd
import psycopg
import pyarrow as pa
from psycopg import sql
from pyarrow import csv
from sqlalchemy import Connection

from learning_city.warehouse.engine import driver


def copy(connection: Connection, table: str, rows: pa.Table | pd.DataFrame) -> int:
    """Append ``rows`` to ``table`` ("schema.name"), columns by name; returns how many.

    Empty text and null are kept apart: text is quoted, null is not. Values are data, never SQL.
    """
    if isinstance(rows, pd.DataFrame):
        rows = pa.Table.from_pandas(rows, preserve_index=False)
    if rows.num_rows == 0:
        return 0
    encoded = io.BytesIO()
    options = csv.WriteOptions(include_header=False, quoting_style="needed")
    csv.write_csv(rows, encoded, options)
    statement = sql.SQL("COPY {} ({}) FROM STDIN WITH (FORMAT csv)").format(
        sql.SQL(".").join(sql.Identifier(part) for part in table.split(".")),
        sql.SQL(", ").join(sql.Identifier(name) for name in rows.column_names),
    )
    raw: psycopg.Connection[tuple[object, ...]] = driver(connection)
    with raw.cursor() as cursor, cursor.copy(statement) as sink:
        sink.write(encoded.getbuffer())
    return int(rows.num_rows)

"""Wide and long results from PostgreSQL into lean frames: by COPY, repeated texts as categories."""

import pandas as pd
import psycopg
import pyarrow as pa
from pyarrow import csv
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql

from learning_city.warehouse.engine import driver
from learning_city.warehouse.statements import load

_DIALECT = postgresql.dialect(paramstyle="pyformat")  # type: ignore[no-untyped-call]
_FLAGS = ("required", "is_synthetic", "is_new_definition", "is_new_place", "is_city", "is_corrected")
_NUMBERS = (
    "value", "previous", "yearbook", "low", "high", "other_value", "growth_median", "growth_mad", "past_values",
    "yearbook_decimals", "other_decimals", "known", "known_before", "known_since", "meant",
)  # fmt: skip
_WHOLE = ("n", "item_no", "decimals")
_TYPES: dict[str, pa.DataType] = {
    **dict.fromkeys(_NUMBERS, pa.float64()),
    **dict.fromkeys(_WHOLE, pa.int32()),
    **dict.fromkeys(_FLAGS, pa.bool_()),
    "text": pa.string(),
}


def fetch(connection: Connection, name: str, **values: object) -> pd.DataFrame:
    """The rows of ``sql/<name>.sql`` with these parameters; texts are categories but ``text``, null is kept from empty."""
    statement = str(load(name).compile(dialect=_DIALECT))
    raw: psycopg.Connection[tuple[object, ...]] = driver(connection)
    query = psycopg.ClientCursor(raw).mogrify(statement, values).rstrip().rstrip(";")
    sink = pa.BufferOutputStream()
    with raw.cursor() as cursor, cursor.copy(f"COPY ({query}) TO STDOUT WITH (FORMAT csv, HEADER)".encode()) as rows:
        for block in rows:
            sink.write(block)
        columns = _columns(sink.getvalue())
    options = csv.ConvertOptions(
        column_types={name: _TYPES.get(name, pa.dictionary(pa.int32(), pa.string())) for name in columns},
        strings_can_be_null=True, quoted_strings_can_be_null=False, null_values=[""], true_values=["t"],
        false_values=["f"],
    )  # fmt: skip
    reading = csv.ReadOptions(block_size=1 << 24)
    parsing = csv.ParseOptions(newlines_in_values=True)
    table = csv.read_csv(pa.BufferReader(sink.getvalue()), reading, parsing, options)
    return table.unify_dictionaries().to_pandas(self_destruct=True)


def _columns(said: pa.Buffer) -> list[str]:
    return bytes(said[:2000]).split(b"\n", 1)[0].decode().split(",")

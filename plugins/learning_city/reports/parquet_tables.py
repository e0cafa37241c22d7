"""A build's tables as Parquet, typed, with a data dictionary beside them; same tables, same bytes."""

import csv
import shutil
from collections import defaultdict
from functools import cache
from pathlib import Path

import pandas as pd
import pyarrow as pa
from pyarrow import parquet

from learning_city.reports.tables import ReportTables

DICTIONARY = Path(__file__).with_name("parquet_columns.csv")
"""table, column, type, unit, meaning_zh, meaning_en, codes (those that are allowed, a space between)"""
TYPES: dict[str, pa.DataType] = {
    "code": pa.dictionary(pa.int32(), pa.string()), "text": pa.string(), "double": pa.float64(),
    "integer": pa.int64(), "boolean": pa.bool_(), "date": pa.date32(), "moment": pa.timestamp("us", "Asia/Shanghai"),
}  # fmt: skip


def write_parquet(folder: Path, tables: ReportTables) -> list[Path]:
    """Write ``values``, ``attainment``, ``lineage`` and their dictionary (CSV) into an existing folder."""
    written = []
    for name, columns in dictionary().items():
        path = folder / f"{name}_{tables.period}_{tables.framework}.parquet"
        parquet.write_table(_typed(getattr(tables, name), columns, _said(tables)), path, compression="zstd")
        written.append(path)
    described = folder / f"data_dictionary_{tables.period}_{tables.framework}.csv"
    shutil.copyfile(DICTIONARY, described)
    return [*written, described]


@cache
def dictionary() -> dict[str, list[dict[str, str]]]:
    """The columns of each table in order."""
    columns = defaultdict(list)
    with DICTIONARY.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            columns[row["table"]].append(row)
    return dict(columns)


def _said(tables: ReportTables) -> dict[str, str]:
    """What a file says of itself: without it a copied file belongs to no build."""
    return {
        "build": tables.build, "framework": tables.framework, "period": tables.period, "as_of": tables.as_of,
        "edition": tables.edition, "code_version": tables.code_version, "is_demo": str(tables.is_demo).lower(),
    }  # fmt: skip


def _typed(frame: pd.DataFrame, columns: list[dict[str, str]], said: dict[str, str]) -> pa.Table:
    fields = [
        pa.field(one["column"], TYPES[one["type"]], metadata={"zh": one["meaning_zh"], "en": one["meaning_en"]})
        for one in columns
        if one["column"] in frame
    ]
    arrays = [_array(frame[field.name], field.type) for field in fields]
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields, metadata=said))


def _array(column: pd.Series, kind: pa.DataType) -> pa.Array:
    """A column in its type; whatever pandas counts as missing is null. Raises ArrowInvalid where it does not fit."""
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        moments = pd.to_datetime(column, format="ISO8601", utc=pa.types.is_timestamp(kind))
        return pa.array(moments, from_pandas=True).cast(kind, safe=False)
    known = column.astype(object).where(column.notna(), None)
    if pa.types.is_dictionary(kind):
        return pa.array(known, pa.string()).dictionary_encode()
    if pa.types.is_integer(kind):
        return pa.array(known, pa.float64()).cast(kind)
    return pa.array(known, kind)

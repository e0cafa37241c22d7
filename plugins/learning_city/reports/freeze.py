"""Frozen inputs: the frames of a build as Parquet files named by their own hash, and a list that names them all.

Frames that two builds share are stored once. Nothing else is needed to write a build's files again.
"""

import hashlib
import io
import json
import os
from dataclasses import fields

import pandas as pd
import pyarrow as pa
from pyarrow import csv, parquet

from learning_city.model.home import Home
from learning_city.reports import parts
from learning_city.reports.lineage import UNSTEADY
from learning_city.reports.tables import ReportTables

IDENTITY = ("build", "as_of", "code_version", "chain")
"""What names a build and says nothing of its inputs."""


def freeze(home: Home, tables: ReportTables) -> str:
    """Store everything a build is made of; returns the SHA-256 of the list that names it. Stored twice is stored once."""
    folder = parts.folder(home)
    folder.mkdir(parents=True, exist_ok=True)
    frames, said = {}, {}
    for field in fields(tables):
        value = getattr(tables, field.name)
        if isinstance(value, pd.DataFrame):
            frames[field.name] = parts.keep(folder, _parquet(value))
        else:
            said[field.name] = value
    listed = json.dumps({"frames": frames, "said": said}, ensure_ascii=False, sort_keys=True)
    digest = parts.keep(folder, listed.encode())
    os.sync()
    return digest


def thaw(home: Home, digest: str) -> ReportTables:
    """What ``freeze`` stored. Raises NeedsAPerson where a part is gone or is not what it was."""
    folder = parts.folder(home)
    listed = json.loads(parts.content(folder, digest))
    frames = {
        name: parquet.read_table(io.BytesIO(parts.content(folder, one))).to_pandas()
        for name, one in listed["frames"].items()
    }
    said = listed["said"]
    said["cities"] = tuple((code, name) for code, name in said["cities"])
    said["places"] = tuple(said["places"])
    return ReportTables(**said, **frames)


def content_hash(tables: ReportTables) -> str:
    """What a report says, whichever database said it: without its number, its moment and numbers given in turn."""
    told = hashlib.sha256()
    for field in fields(tables):
        value = getattr(tables, field.name)
        if isinstance(value, pd.DataFrame):
            sink = io.BytesIO()
            csv.write_csv(_table(value.drop(columns=UNSTEADY, errors="ignore")), sink)
            told.update(sink.getbuffer())
        elif field.name not in IDENTITY:
            told.update(json.dumps(value, ensure_ascii=False).encode())
    return told.hexdigest()


def _table(frame: pd.DataFrame) -> pa.Table:
    return pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)


def _parquet(frame: pd.DataFrame) -> bytes:
    sink = io.BytesIO()
    parquet.write_table(_table(frame), sink, compression="zstd")
    return sink.getvalue()

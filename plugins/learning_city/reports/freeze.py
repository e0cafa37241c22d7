"""Frozen inputs: the frames of a build as Parquet files named by their own hash, and a list that names them all.

Frames that two builds share are stored once. Nothing else is needed to write a build's files again.
"""

import hashlib
import io
import json
import os
import tempfile
from dataclasses import fields
from pathlib import Path

import pandas as pd
import pyarrow as pa
from pyarrow import csv, parquet

from learning_city.errors import NeedsAPerson
from learning_city.model.home import Home
from learning_city.reports.lineage import UNSTEADY
from learning_city.reports.tables import ReportTables

IDENTITY = ("build", "as_of", "code_version", "chain")
"""What names a build and says nothing of its inputs."""


def freeze(home: Home, tables: ReportTables) -> str:
    """Store everything a build is made of; returns the SHA-256 of the list that names it. Stored twice is stored once."""
    folder = _folder(home)
    folder.mkdir(parents=True, exist_ok=True)
    frames, said = {}, {}
    for field in fields(tables):
        value = getattr(tables, field.name)
        if isinstance(value, pd.DataFrame):
            frames[field.name] = _keep(folder, _parquet(value))
        else:
            said[field.name] = value
    listed = json.dumps({"frames": frames, "said": said}, ensure_ascii=False, sort_keys=True)
    digest = _keep(folder, listed.encode())
    os.sync()
    return digest


def thaw(home: Home, digest: str) -> ReportTables:
    """What ``freeze`` stored. Raises NeedsAPerson where a part is gone or is not what it was."""
    folder = _folder(home)
    listed = json.loads(_bytes(folder, digest))
    frames = {
        name: parquet.read_table(io.BytesIO(_bytes(folder, one))).to_pandas() for name, one in listed["frames"].items()
    }
    said = listed["said"]
    said["cities"] = tuple((code, name) for code, name in said["cities"])
    said["places"] = tuple(said["places"])
    return ReportTables(**said, **frames)


def damaged(home: Home, digest: str) -> list[str]:
    """The parts of what ``freeze`` stored that are gone or are not what they were, as paths below the home."""
    folder = _folder(home)
    listed = _sound(folder, digest)
    parts = json.loads(listed)["frames"].values() if listed is not None else ()
    return [f"reports/frozen/{one}" for one in (digest, *parts) if _sound(folder, one) is None]


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


def _folder(home: Home) -> Path:
    return home.reports / "frozen"


def _keep(folder: Path, content: bytes) -> str:
    digest = hashlib.sha256(content).hexdigest()
    if _sound(folder, digest) is None:
        handle, draft = tempfile.mkstemp(dir=folder, prefix=".")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(draft).replace(folder / digest)
    return digest


def _bytes(folder: Path, digest: str) -> bytes:
    content = _sound(folder, digest)
    if content is None:
        raise NeedsAPerson(
            f"冻结的输入 reports/frozen/{digest} 不在或已损坏，请从备份恢复；输入没有变时，再生成一次也会补上。 "
            "A frozen input is gone or damaged: bring the folder reports/frozen back from a backup, or build again "
            "where the inputs are still the same."
        )
    return content


def _sound(folder: Path, digest: str) -> bytes | None:
    """A stored part; None where it is gone or is not what its name says."""
    path = folder / digest
    content = path.read_bytes() if path.is_file() else None
    return content if content is not None and hashlib.sha256(content).hexdigest() == digest else None

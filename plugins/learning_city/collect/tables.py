"""Collect yearbook and document tables: from cells with labels to items with definitions, by the source's own labels."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Engine, text

from learning_city.collect import archive, inbox, table_profile
from learning_city.collect.reader import Readers
from learning_city.collect.table_items import FORM, Said, say
from learning_city.collect.table_profile import Profile
from learning_city.model.home import Home
from learning_city.warehouse import intake, ref

FOLDER = FORM
"""Below the inbox: one folder per source of the catalogue, holding its tables."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One table file to be read: ``replaces`` is the submission that an earlier reading of the same bytes is."""

    source: str
    name: str
    sha256: str
    size: int
    path: Path
    reading: int = 1
    replaces: int | None = None


def list_sources(place: inbox.Place) -> list[str]:
    """Sources that have a folder of their own in the inbox."""
    return list(_folders(place))


def _folders(place: inbox.Place) -> dict[str, inbox.Place]:
    """The folders of sources by name; a link to another folder is none."""
    here = inbox.deliveries(inbox.near(place) / FOLDER)
    return {name: entry for name, entry in here.items() if entry.is_dir() and not entry.is_symlink()}


def register_tables(
    engine: Engine, home: Home, sources: list[str], readers: Readers, place: inbox.Place | None = None
) -> list[int]:
    """Archive, read and map the tables of these sources; returns the ids of submissions that are new.

    ``place``: the inbox where it is not the home's own.

    A cell that no label of the catalogue explains is counted as unmapped, never dropped. A file with other bytes under
    the same name supersedes the one before; a file whose labels mean something else by now is read anew.
    """
    folders = _folders(place or home.inbox)
    found = [
        number
        for source in sources
        if source in folders
        for number in _register(engine, home, source, readers, folders[source])
    ]
    return found + reread(engine, home, readers, sources)


def _register(engine: Engine, home: Home, source: str, readers: Readers, folder: inbox.Place) -> list[int]:
    stored = {name: archive.keep(home.archive, [file])[0] for name, file in inbox.contents(folder)}
    archive.settle()
    with engine.connect() as connection:
        waiting = [
            Delivery(source=source, name=name, sha256=file.sha256, size=file.size, path=file.path, reading=reading)
            for name, file in stored.items()
            if (reading := intake.next_reading(connection, FOLDER, f"{source}/{name}", file.sha256))
        ]
    return _land(engine, waiting, readers)


def reread(engine: Engine, home: Home, readers: Readers, sources: Sequence[str]) -> list[int]:
    """Read anew what the catalogue in use explains otherwise than when it was read; returns the new submissions.

    The same bytes come from the archive; a table that says what it said before stays as it is.
    """
    with engine.connect() as connection:
        rows = connection.execute(text(_LIVE), {"round": FOLDER, "sources": list(sources)}).all()
        edition = ref.load(connection, ref.current(connection)) if rows else None
    if edition is None:
        return []
    digests = {source: table_profile.load(edition, source).digest for source in {row.source for row in rows}}
    stale = [
        Delivery(
            source=row.source, name=row.file_name, sha256=row.sha256, size=row.bytes,
            path=home.archive / row.sha256[:2] / row.sha256, reading=row.reading + 1, replaces=row.submission_id,
        )
        for row in rows
        if row.digest != digests[row.source]
    ]  # fmt: skip
    return _land(engine, stale, readers)


def _land(engine: Engine, deliveries: Sequence[Delivery], readers: Readers) -> list[int]:
    """Read files and land them in one transaction; what is read anew and says the same is only noted."""
    if not deliveries:
        return []
    with engine.connect() as connection:
        number = ref.current(connection)
        edition = ref.load(connection, number)
    profiles = {source: table_profile.load(edition, source) for source in {d.source for d in deliveries}}
    legends = [profiles[delivery.source].legend for delivery in deliveries]
    answers = _answers([delivery.path for delivery in deliveries], legends, readers)
    with engine.begin() as connection:
        batch = _Batch()
        for delivery, answer in zip(deliveries, answers, strict=True):
            profile = profiles[delivery.source]
            said = say(answer, profile, delivery.name)
            note = _note(profile, number)
            if delivery.replaces is not None and _is_as_before(connection, delivery.replaces, said):
                connection.execute(text(_NOTED), {"id": delivery.replaces, "note": note})
            else:
                batch.add(delivery, answer, said, note)
        return batch.land(connection)


def _note(profile: Profile, edition: int) -> str:
    """Under which edition and profile a table was read, and what its symbols and its cover meant then."""
    said = {"edition": edition, "profile": profile.family, "digest": profile.digest, "symbols": dict(profile.legend)}
    return json.dumps(said | {"cover": profile.cover, "cover_year": profile.cover_year}, ensure_ascii=False)


def _answers(paths: list[Path], legends: list[Any], readers: Readers) -> list[dict[str, Any]]:
    answers: dict[int, dict[str, Any]] = {}
    for indices, frames, problems in readers.read("table", paths, legends):
        answers |= {i: {"problem": p, "detail": "", "tables": [], "rows": []} for i, p in problems.items()}
        if frames:
            answers |= dict(zip(indices, json.loads(frames[0]), strict=True))
    return [answers[i] for i in range(len(paths))]


def _is_as_before(connection: Connection, submission_id: int, said: Said) -> bool:
    """Whether a submission holds these very items and unmapped labels already."""
    for table, rows in (("item", said.items), ("unmapped", said.unmapped)):
        columns = sorted(rows[0].keys() - {"item_no"}) if rows else []
        held = connection.execute(
            text(f"SELECT * FROM intake.{table} WHERE submission_id = :id"),  # noqa: S608 - our names
            {"id": submission_id},
        ).mappings()
        before = sorted(str([row[column] for column in columns]) for row in held)
        if before != sorted(str([row[column] for column in columns]) for row in rows):
            return False
    return True


class _Batch:
    """Files that are landed together, as the frames that ``intake.land`` takes."""

    def __init__(self) -> None:
        self._submissions: list[dict[str, Any]] = []
        self._rows: list[tuple[int, str, int, str]] = []
        self._parts: dict[str, list[dict[str, Any]]] = {"items": [], "unmapped": [], "tables": []}

    def add(self, delivery: Delivery, answer: dict[str, Any], said: Said, note: str) -> None:
        """Take in one file."""
        n = len(self._submissions)
        self._submissions.append(
            {
                "n": n, "round": FOLDER, "kind": "table", "delivered_as": f"{delivery.source}/{delivery.name}",
                "file_name": delivery.name, "sha256": delivery.sha256, "bytes": delivery.size,
                "source": delivery.source, "identity": note, "signoff": "{}", "reading": delivery.reading,
                "problem": answer["problem"] or None, "problem_detail": answer["detail"] or None,
            }
        )  # fmt: skip
        self._rows += [(n, sheet, number, intake.array(cells)) for sheet, number, cells in answer["rows"]]
        for name, part in self._parts.items():
            part += [{"n": n, **row} for row in getattr(said, name)]

    def land(self, connection: Connection) -> list[int]:
        """Land everything; returns the ids."""
        return intake.land(
            connection,
            pd.DataFrame(self._submissions),
            rows=pd.DataFrame(self._rows, columns=["n", "sheet", "row_no", "cells"]),
            evidence=pd.DataFrame(columns=["n", "name", "sha256", "bytes"]),
            **{name: pd.DataFrame(part) for name, part in self._parts.items()},
        )


_LIVE = """
SELECT submission_id, source, file_name, sha256, bytes, reading, identity ->> 'digest' AS digest FROM intake.submission
WHERE kind = 'table' AND round = :round AND source = ANY(:sources) AND problem IS NULL AND purged_at IS NULL
  AND state NOT IN ('superseded', 'withdrawn')
ORDER BY submission_id
"""
_NOTED = "UPDATE intake.submission SET identity = CAST(:note AS jsonb) WHERE submission_id = :id"

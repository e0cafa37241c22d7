"""A batch of deliveries on its way in: archived, read by the children, joined into frames."""

import json
from collections.abc import Iterable, Iterator
from operator import length_hint
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from learning_city.collect import archive, inbox
from learning_city.collect.evidence import kind_of
from learning_city.collect.reader import Readers, table

MAX_DECIMALS = 9
"""More than any form asks for."""
Said = dict[int, dict[str, object]]
"""What each file says of itself, or its problem, by its number in the batch."""


class Shelf:
    """The paths of the workbooks of deliveries; a delivery is archived when it is drawn, and its bytes are let go.

    By the number of the delivery: ``names``, ``strays`` (names that led out of its zip, in words). By that and the name
    of a file: ``archived``, ``kinds``. ``books``: the workbooks in the order of their paths.
    """

    def __init__(self, deliveries: Iterable[inbox.Delivery], store: Path) -> None:
        self._deliveries, self._store = deliveries, store
        self.names: list[str] = []
        self.strays: list[str] = []
        self.books: list[tuple[int, str]] = []
        self.archived: dict[tuple[int, str], archive.Archived] = {}
        self.kinds: dict[tuple[int, str], str] = {}

    def __length_hint__(self) -> int:
        return length_hint(self._deliveries) or NotImplemented

    def __iter__(self) -> Iterator[Path]:
        for n, delivery in enumerate(self._deliveries):
            stored = dict(zip(delivery.files, archive.keep(self._store, delivery.files.values()), strict=True))
            self.archived |= {(n, name): file for name, file in stored.items()}
            self.kinds |= {(n, name): kind_of(name, archive.ends(file)) for name, file in delivery.files.items()}
            if delivery.packed is not None:
                (self.archived[n, delivery.name],) = archive.keep(self._store, [delivery.packed])
                self.kinds[n, delivery.name] = "packed"
            self.names.append(delivery.name)
            self.strays.append("、".join(delivery.strays))
            for name in delivery.books():
                self.books.append((n, name))
                yield stored[name].path


def read(paths: Iterable[Path], readers: Readers) -> tuple[Said, pa.Table, pa.Table]:
    """What each file says of itself, rows of worksheets, and items; frames numbered by ``file``."""
    said: Said = {}
    parts: list[tuple[pa.Table, pa.Table, pa.Table]] = []
    for indices, frames, problems in readers.read("ledger", paths):
        said |= {index: {"problem": problem, "detail": ""} for index, problem in problems.items()}
        if frames:
            said |= dict(zip(indices, json.loads(frames[0]), strict=True))
            rows, asked, answers = map(table, frames[1:])
            before = sum(len(part) for _, part, _ in parts)
            parts.append(
                (
                    _shifted(rows, file=np.array(indices)),
                    asked,
                    _shifted(answers, file=np.array(indices), asked=np.arange(before, before + len(asked))),
                )
            )
    if not parts:
        nothing = pa.table({"file": pa.array([], pa.int64())})
        return said, nothing, nothing
    rows, asked, answers = map(pa.concat_tables, zip(*parts, strict=True))
    items = _asked(asked).take(answers["asked"])
    for name in answers.drop_columns("asked").column_names:
        items = items.append_column(name, answers[name])
    return said, rows, items


def _shifted(part: pa.Table, **places: "np.ndarray[tuple[int], np.dtype[np.int64]]") -> pa.Table:
    """The frame of a chunk with its own numbers replaced by those of the batch."""
    for name, place in places.items():
        numbers = pa.array(place[part[name].to_numpy()], pa.int64())
        part = part.set_column(part.schema.get_field_index(name), name, numbers)
    return part


def _asked(asked: pa.Table) -> pa.Table:
    """What templates ask for, in types; a hidden sheet that was tampered with may say anything."""
    frame = asked.to_pandas()
    decimals = pd.to_numeric(frame["decimals"].where(frame["decimals"] != ""), errors="coerce")
    typed = frame.assign(
        decimals=decimals.fillna(0).clip(0, MAX_DECIMALS).astype("int16"),
        required=frame["required"].str.lower().isin(["1", "true", "yes", "是"]),
        kind=frame["kind"].where(frame["kind"] != "", "actual"),
    )
    return pa.Table.from_pandas(typed, preserve_index=False)

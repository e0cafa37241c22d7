"""What the catalogue knows of one source: its labels, its names of places, its symbols, the year on its cover."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Any

from learning_city.catalogue.spans import Span, span
from learning_city.collect.table_places import Places
from learning_city.collect.table_words import bare
from learning_city.model import units
from learning_city.model.edition import Edition, Row
from learning_city.model.period import last_day
from learning_city.model.status import read_legend

FROM_NOW_ON = date(9999, 1, 1)
"""A figure without a year is judged by what holds from now on."""
_LONGEST_PATH = 6
Path = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """One row of the catalogue's table labels; without a definition the label is known and not wanted."""

    words: Path
    title: tuple[str, ...]
    held: Span
    is_own: bool
    measure: str | None
    definition: str | None
    unit: str | None
    parent: str | None
    parts: str | None

    def holds(self, title: str, day: date) -> bool:
        """Whether the row speaks of a table with this bare title, and of this day."""
        return self.held[0] <= day < self.held[1] and all(word in title for word in self.title)


@dataclass(frozen=True, kw_only=True)
class Profile:
    """A source and the source whose labels it shares (``family``, itself where there is no other)."""

    source: str
    family: str
    labels: Mapping[Path, Sequence[Label]]
    places: Places
    default_place: str
    legend: Mapping[str, str]
    cover: int | None
    cover_year: str | None
    digest: str

    def label_of(self, path: Path, must: frozenset[int], title: str, day: date, unit: str | None) -> Label | None:
        """The catalogue's row for labels from the outermost to the cell's own; ``must``: those it may not leave out.

        What names more levels wins, then what the source itself says, then what is said of a title, then a unit that fits.
        """
        for words in _choices(path[-_LONGEST_PATH:], must, len(path)):
            rows = [row for row in self.labels.get(words, ()) if row.holds(title, day)]
            if rows:
                return min(rows, key=lambda row: (not row.is_own, -sum(map(len, row.title)), not _fits(unit, row.unit)))
        return None

    @property
    def year_of_cover(self) -> int | None:
        """The data year of a table that states none, by the rule of the source; None where there is no rule."""
        if self.cover is None or self.cover_year is None:
            return None
        return self.cover - (self.cover_year == "previous")


def _choices(path: Path, must: frozenset[int], length: int) -> Iterator[Path]:
    """Every way to name a cell by some of its labels in order, the longest first."""
    start = length - len(path)
    places = range(len(path))
    needed = {at - start for at in must}
    for size in range(len(path), 0, -1):
        for chosen in combinations(places, size):
            if needed <= set(chosen):
                yield tuple(path[at] for at in chosen)


def _fits(printed: str | None, expected: str | None) -> bool:
    return printed is None or expected is None or units.factor(printed, expected) is not None


def load(edition: Edition, source: str) -> Profile:
    """The profile of a source in an edition; of a source that nobody described, one that knows nothing.

    Symbols, place and the rule of the cover are the family's where the source says nothing of its own.
    """
    tables = edition.tables
    known: dict[object, Mapping[str, Any]] = {row["source"]: row for row in tables["source"]}
    family = str(known.get(source, {}).get("profile") or source)
    described = {**known.get(family, {}), **{k: v for k, v in known.get(source, {}).items() if v is not None}}
    rows = [row for row in tables["table_label"] if row["source"] in (source, family)]
    aliases = _ranked(tables["place_alias"], source, family)
    near = str(described.get("place") or "")
    places = Places(tables["place"], aliases, near)
    named = places.named_in(str(described.get("name_zh") or source), FROM_NOW_ON)
    return Profile(
        source=source,
        family=family,
        labels=_labels(rows, source),
        places=places,
        default_place=near or named or "",
        legend=read_legend(str(described.get("symbols") or "")),
        cover=known.get(source, {}).get("cover"),
        cover_year=described.get("cover_year"),
        digest=_digest(described, *rows, *aliases, *tables["place"]),
    )


def _ranked(aliases: Sequence[Row], source: str, family: str) -> list[Row]:
    """The aliases that hold for a source: its own first, then its family's, then everybody's."""
    order = {source: 0, family: min(1, int(source != family)), None: 2}
    known = [row for row in aliases if row["source"] in order]
    return sorted(known, key=lambda row: (order[row["source"]], str(row["valid_from"])))  # type: ignore[index]


def _labels(rows: Sequence[Row], source: str) -> dict[Path, list[Label]]:
    found: dict[Path, list[Label]] = defaultdict(list)
    for row in rows:
        said: Mapping[str, Any] = row
        words = tuple(bare(part) for part in said["label"].split("|"))
        label = Label(
            words=words,
            title=tuple(bare(word) for word in (said["title"] or "").split()),
            held=span(row),
            is_own=said["source"] == source,
            **{name: said[name] for name in ("measure", "definition", "unit", "parent", "parts")},
        )
        found[words].append(label)
    return found


def _digest(*rows: Mapping[str, Any]) -> str:
    """What the profile says as one hash: tables read under an equal one need not be read again."""
    lines = sorted(json.dumps(dict(row), ensure_ascii=False, sort_keys=True, default=str) for row in rows)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def day_of(year: int | None) -> date:
    """The day on which names and labels of a data year are judged."""
    return (last_day(str(year)) if year is not None else None) or FROM_NOW_ON

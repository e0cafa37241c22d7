"""Names of places as tables print them: each is valid for the years in which the place was called so."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from learning_city.catalogue.spans import Span, is_in_force, span
from learning_city.collect.table_words import bare

UNUSED = ""
"""Stands for a place that is known and not wanted."""


@dataclass(frozen=True, slots=True)
class _Name:
    held: Span
    place: str
    parent: str


class Places:
    """The catalogue's places by name, and by what a source calls them.

    ``near``: the place a source speaks of; of two places of one name the one that lies in it is meant.
    """

    def __init__(
        self, places: Iterable[Mapping[str, Any]], aliases: Iterable[Mapping[str, Any]], near: str = ""
    ) -> None:
        self._near = near
        self._names: dict[str, list[_Name]] = defaultdict(list)
        self._aliases: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
        for row in places:
            name = _Name(span(dict(row)), row["place"], row["parent"] or "")
            for called in _called(row):
                self._names[called].append(name)
        for row in aliases:
            self._aliases[bare(row["alias"])].append(row)

    def find(self, word: str, day: date) -> str | None:
        """The code of the place a bare word names on a day: ``UNUSED`` where it is not wanted, None for no place.

        A name that the place does not have on that day still means the place that had it: old names keep their code.
        """
        for row in self._aliases.get(word, ()):
            if is_in_force(dict(row), day):
                return row["place"] or UNUSED
        known = self._names.get(word, [])
        inside = [name for name in known if name.parent == self._near] or known
        held = [name for name in inside if name.held[0] <= day < name.held[1]]
        if not held:
            held = sorted(inside, key=lambda name: _distance(name.held, day))[:1]
        return held[0].place if len(held) == 1 else None

    def named_in(self, words: str, day: date) -> str | None:
        """The place with the longest name in a text; None when there is none."""
        said = bare(words)
        hits = sorted((name for name in {*self._names, *self._aliases} if len(name) > 1 and name in said), key=len)
        found = (self.find(name, day) for name in reversed(hits))
        return next((place for place in found if place), None)


def _called(row: Mapping[str, Any]) -> set[str]:
    """Every way to write a place's own name: without what stands in brackets, a city also without 市, in English."""
    zh, en = (re.sub(r"\s*[(（].*$", "", row[column]) for column in ("name_zh", "name_en"))
    names = {row["name_zh"], zh, en}
    if row["level"] == "city":
        names.add(zh.removesuffix("市"))
    return {bare(name) for name in names}


def _distance(held: Span, day: date) -> int:
    """Days between a day and the time a name held."""
    return max((held[0] - day).days, (day - held[1]).days)

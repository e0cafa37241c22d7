"""From cells with labels to items with definitions, by the source's profile; what no label explains is counted."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from learning_city.collect.table_places import UNUSED
from learning_city.collect.table_profile import Label, Path, Profile, day_of
from learning_city.collect.table_words import bare, says_nothing, stem

Axis = Literal["measure", "place"]
Cell = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What a cell's labels say: a label and a place, or which word is not known or not wanted on which axis."""

    label: Label | None = None
    place: str = ""
    axis: Axis = "measure"
    unmapped: str = ""
    is_unused: bool = False


@dataclass(slots=True)
class Reader:
    """Reads the cells of one table under a profile; ``title`` and ``file`` name a place where no label does."""

    profile: Profile
    title: str
    file: str
    cells: Sequence[Cell]
    speaks: dict[str, bool] = field(default_factory=dict)
    groups: dict[str, dict[str, set[Path]]] = field(default_factory=dict)
    known: dict[tuple[object, ...], Meaning] = field(default_factory=dict)

    def __post_init__(self) -> None:
        years = {cell["year"] for cell in self.cells}
        days = [day_of(year) for year in years]
        for axis in ("row_path", "column_path"):
            paths = {_words(cell[axis]) for cell in self.cells}
            places = {word for path in paths for word in path if self._is_place(word, days)}
            self.speaks[axis] = bool(places)
            self.groups[axis] = defaultdict(set)
            for path in paths:
                rest = tuple(word for word in path if word not in places)
                if rest:
                    self.groups[axis][rest[-1]].add(rest)

    def _is_place(self, word: str, days: Sequence[Any]) -> bool:
        return any(self.profile.places.find(word, day) is not None for day in days)

    @property
    def states_a_year(self) -> bool:
        """Whether any figure of the table has a year of its own."""
        return any(cell["year"] for cell in self.cells)

    def year(self, cell: Cell) -> int | None:
        """The year a cell speaks of: its own, or in a table without any the one the cover stands for."""
        return cell["year"] or (None if self.states_a_year else self.profile.year_of_cover)

    def meaning(self, cell: Cell) -> Meaning:
        """What a cell's labels say; cells with equal labels, unit and year mean the same."""
        key = (tuple(cell["row_path"]), tuple(cell["column_path"]), cell["unit"], self.year(cell))
        if key not in self.known:
            self.known[key] = self._meaning(_words(cell["row_path"]), _words(cell["column_path"]), cell)
        return self.known[key]

    def _meaning(self, rows: Path, columns: Path, cell: Cell) -> Meaning:
        day = day_of(self.year(cell))
        find = self.profile.places.find
        named = [word for word in rows if find(word, day) is not None]
        if named:
            rows = tuple(word for word in rows if word not in named)
        else:
            named = [word for word in columns if find(word, day) is not None]
            columns = tuple(word for word in columns if word not in named)
        place = find(named[-1], day) if named else None
        if place == UNUSED:
            return Meaning(axis="place", unmapped=named[-1], is_unused=True)
        label = self._label(rows, columns, cell)
        if label is not None and label.definition is None:
            return Meaning(unmapped="|".join(label.words), is_unused=True)
        if place is None:
            return self._without_place(rows, columns, cell, label)
        if label is None:
            return Meaning(unmapped=self._unknown(rows, columns))
        return Meaning(label=label, place=place)

    def _label(self, rows: Path, columns: Path, cell: Cell) -> Label | None:
        path = (*rows, *columns) or (stem(self.title),)
        must = {len(rows) - 1, len(path) - 1} if rows else {len(path) - 1}
        for axis, words, start in (("row_path", rows, 0), ("column_path", columns, len(rows))):
            if words and len(self.groups[axis][words[-1]]) > 1:
                must |= set(range(start, start + len(words)))
        return self.profile.label_of(path, frozenset(must), bare(self.title), day_of(self.year(cell)), cell["unit"])

    def _without_place(self, rows: Path, columns: Path, cell: Cell, label: Label | None) -> Meaning:
        """Labels that name no place: one of them is a place nobody knows, or the table speaks of one place only."""
        word = self._unknown_place(rows, columns, label)
        if word and label is None:
            rest = (_without(rows, word), columns) if word in rows else (rows, _without(columns, word))
            label = self._label(*rest, cell)
            if label is None:
                return Meaning(unmapped=self._unknown(*rest))
            if label.definition is None:
                return Meaning(unmapped="|".join(label.words), is_unused=True)
        if word:
            return Meaning(axis="place", unmapped=word)
        if label is None:
            return Meaning(unmapped=self._unknown(rows, columns))
        place = self._place_of_table(cell)
        return Meaning(label=label, place=place) if place else Meaning(axis="place", unmapped=stem(self.title))

    def _unknown_place(self, rows: Path, columns: Path, label: Label | None) -> str:
        """The word that stands where others of its axis name a place."""
        told = label.words if label else ()
        for axis, words in (("row_path", rows), ("column_path", columns)):
            left = [word for word in words if word not in told]
            if self.speaks[axis] and left:
                return left[-1]
        return ""

    def _place_of_table(self, cell: Cell) -> str:
        day = day_of(self.year(cell))
        places = self.profile.places
        return (
            places.find(stem(self.title), day)
            or places.named_in(self.title, day)
            or places.named_in(self.file, day)
            or self.profile.default_place
        )

    def _unknown(self, rows: Path, columns: Path) -> str:
        """The words a person has to map: the cell's own, with their groups where these tell them apart."""
        said = [self._own("row_path", rows), self._own("column_path", columns)]
        return "|".join(filter(None, said)) or stem(self.title)

    def _own(self, axis: str, words: Path) -> str:
        if not words:
            return ""
        return "|".join(words) if len(self.groups[axis][words[-1]]) > 1 else words[-1]


def _words(path: Sequence[str]) -> Path:
    return tuple(bare(label) for label in path if not says_nothing(label))


def _without(words: Path, word: str) -> Path:
    return tuple(each for each in words if each != word)


@dataclass(slots=True, kw_only=True)
class Unmapped:
    """Cells of one table that are no items for one reason; ``years`` and the first of them as an example."""

    sheet: str
    title: str
    axis: Axis
    label: str
    path: str
    unit: str | None
    state: str
    first_cell: str
    first_text: str
    years: set[str] = field(default_factory=set)
    cells: int = 0


def map_table(table: Mapping[str, Any], profile: Profile, file: str) -> Iterator[tuple[Cell, Meaning, int | None]]:
    """Every cell of a table with its meaning and its year."""
    reader = Reader(profile, table["title"], file, table["cells"])
    for cell in table["cells"]:
        yield cell, reader.meaning(cell), reader.year(cell)


def count(tallies: dict[tuple[object, ...], Unmapped], table: Mapping[str, Any], cell: Cell, meaning: Meaning) -> None:
    """Add a cell that is no item to the tallies of its submission."""
    path = " / ".join(filter(None, (" › ".join(cell["row_path"]), " › ".join(cell["column_path"]))))
    shown = path if meaning.axis == "measure" else ""
    state = "unused" if meaning.is_unused else "unknown"
    key = (cell["sheet"], table["title"], meaning.axis, meaning.unmapped, cell["unit"], state)
    tally = tallies.get(key)
    if tally is None:
        tally = tallies[key] = Unmapped(
            sheet=cell["sheet"], title=table["title"], axis=meaning.axis, label=meaning.unmapped, path=shown,
            unit=cell["unit"], state=state, first_cell=cell["cell"], first_text=cell["text"],
        )  # fmt: skip
    elif not tally.first_text and cell["text"]:
        tally.first_cell, tally.first_text = cell["cell"], cell["text"]
    tally.cells += 1
    if cell["year"]:
        tally.years.add(str(cell["year"]))

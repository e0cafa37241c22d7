"""A sheet as a reader of tables sees it: each cell is empty, a number, a year, a symbol or words."""

import itertools
from collections.abc import Mapping
from enum import Enum
from functools import cached_property
from typing import Any

from learning_city.collect import table_labels, table_units, table_values, table_years
from learning_city.collect.table_grid import Grid, Place
from learning_city.collect.table_labels import Label

LONGEST_CODE = 3
_FIRST_YEAR, _NO_YEAR = 1800, 2100


class Kind(Enum):
    """What a row is by itself, before its neighbours are asked."""

    BLANK = "blank"
    WORDS = "words"
    YEARS = "years"
    MAYBE = "maybe"
    LONE = "lone"
    VALUES = "values"


class Page:
    """One sheet with its cells understood one by one; ``legend`` says what each symbol means in this source."""

    def __init__(self, grid: Grid, legend: Mapping[str, str] = table_values.SYMBOLS) -> None:
        self.grid = grid
        self.legend = legend
        self.height = len(grid.cells)
        self.width = max((len(row) for row in grid.cells), default=0)
        self.values: dict[Place, table_values.Value] = {}
        texts = [cell for row in grid.cells for cell in row if isinstance(cell, str)]
        self.decimal = table_values.decimal_sign(texts)
        self._kinds: dict[int, Kind] = {}
        self._filled: dict[int, list[int]] = {}
        self._distinct: dict[int, list[str]] = {}
        self._numbered: dict[int, bool] = {}
        for r, row in enumerate(grid.cells):
            for c, cell in enumerate(row):
                value = table_values.read(cell, decimal=self.decimal, legend=legend)
                if value is not None:
                    self.values[r, c] = value

    @cached_property
    def numbers(self) -> dict[Place, float]:
        """Every numeric cell of the sheet."""
        return {place: value.number for place, value in self.values.items() if value.number is not None}

    def cell(self, row: int, column: int) -> Any:
        """The cell itself; empty text outside the sheet and for spaces."""
        line = self.grid.cells[row] if row < self.height else []
        value = line[column] if column < len(line) else ""
        return "" if isinstance(value, str) and not value.strip(" \t\r\n\u00a0\u3000\u200b") else value

    def anchor(self, row: int, column: int) -> Place:
        """The first cell of the merged range a cell lies in, or the cell itself."""
        return self.grid.merged.get((row, column), (row, column))

    def through(self, row: int, column: int) -> Any:
        """The cell's content, through a merge to its first cell."""
        return self.cell(*self.anchor(row, column))

    def words(self, row: int, column: int) -> str:
        """The cell's text in one line, through a merge."""
        return table_labels.tidy(table_labels.words(self.through(row, column)))

    def label(self, row: int, column: int) -> Label:
        """The cell taken as a label, through a merge."""
        return table_labels.read(self.through(row, column))

    def year(self, row: int, column: int) -> int | None:
        """The year a cell is, and nothing else."""
        cell = self.through(row, column)
        if isinstance(cell, float) and not _FIRST_YEAR <= cell < _NO_YEAR:
            return None
        return table_years.of_heading(table_labels.words(cell)) if cell != "" else None

    def is_word(self, row: int, column: int) -> bool:
        """Whether a cell holds words: no number, no symbol, not nothing."""
        return self.cell(row, column) != "" and (row, column) not in self.values

    def filled(self, row: int) -> list[int]:
        """Columns of a row that hold anything."""
        if row not in self._filled:
            width = len(self.grid.cells[row]) if row < self.height else 0
            self._filled[row] = [c for c in range(width) if self.cell(row, c) != ""]
        return self._filled[row]

    def distinct(self, row: int) -> list[str]:
        """The different texts of a row, left to right; a text that a merge or a slip repeats counts once."""
        if row not in self._distinct:
            self._distinct[row] = list(dict.fromkeys(self.words(row, c) for c in self.filled(row)))
        return self._distinct[row]

    def kind(self, row: int) -> Kind:
        """What a row is by itself."""
        if row not in self._kinds:
            self._kinds[row] = self._kind(row)
        return self._kinds[row]

    def _kind(self, row: int) -> Kind:
        filled = self.filled(row)
        if not filled:
            return Kind.BLANK
        held = [c for c in filled if (row, c) in self.values]
        if not held or self.is_column_numbers(row) or self._is_words(row, filled):
            return Kind.WORDS
        years = [year for c in held if (year := self.year(row, c)) is not None]
        if len(years) < len(held):
            return self._valued(row, filled, held)
        if len(held) == 1:
            return Kind.WORDS if held[0] == filled[0] else Kind.MAYBE
        return Kind.YEARS if _runs(years) else Kind.VALUES

    def _is_words(self, row: int, filled: list[int]) -> bool:
        """Notes and metadata: a line that says so, and cells too long for data beside a lone sign."""
        first = self.words(row, filled[0])
        return first.endswith((":", "：")) and len(filled) == 2 and not self._is_plain(row, filled[1])

    def _valued(self, row: int, filled: list[int], held: list[int]) -> Kind:
        if len(filled) == 1:
            return Kind.LONE
        beyond = [c for c in held if c > filled[0]]
        if not beyond:
            return Kind.WORDS
        plain = any(self._is_plain(row, c) for c in beyond)
        if not plain and all((row, c) in self.numbers for c in beyond):
            return Kind.VALUES if self._is_plain(row, filled[0]) else Kind.MAYBE
        return Kind.VALUES

    def _is_plain(self, row: int, column: int) -> bool:
        return (row, column) in self.numbers and self.year(row, column) is None

    def is_column_numbers(self, row: int) -> bool:
        """Whether a row only numbers the columns: 甲 1 2 3."""
        if row not in self._numbered:
            self._numbered[row] = self._numbers_columns(row)
        return self._numbered[row]

    def _numbers_columns(self, row: int) -> bool:
        filled = self.filled(row)
        numbers = [self.numbers[row, c] for c in filled if (row, c) in self.numbers]
        rest = {self.words(row, c) for c in filled if (row, c) not in self.numbers}
        counted = len(numbers) > (not rest) and numbers == [float(n) for n in range(1, len(numbers) + 1)]
        return counted and rest <= {"甲", "乙", "丙", "丁", "栏次", "编号", "列号"}

    def is_unit_line(self, row: int) -> bool:
        """Whether a row states the unit of the table: one line of text, or a key with the unit beside it."""
        texts = self.distinct(row)
        if not texts or len(texts) > 3:
            return False
        if table_units.is_key(texts[0]) and len(texts) == 2:
            return not table_units.is_unit(texts[1]) or len(self.filled(row)) == 2
        stated = [table_units.of_line(text) is not None for text in texts]
        return any(stated) or (len(texts) == 1 and table_units.is_bracketed(texts[0]) and len(self.filled(row)) == 1)

    def is_twin(self, row: int, above: int) -> bool:
        """Whether a row repeats in English what stands above it in Chinese."""
        pairs = [(self.words(row, c), self.words(above, c)) for c in self.filled(row)]
        western = [table_labels.is_western(mine) or table_units.is_unit(mine) for mine, _ in pairs]
        twins = [table_labels.is_western(mine) and table_labels.is_eastern(theirs) for mine, theirs in pairs]
        return bool(pairs) and all(western) and sum(twins) * 2 > len(pairs)


def _runs(years: list[int]) -> bool:
    """Whether years read like a heading: going one way, or repeated in the same order."""
    steps = [b - a for a, b in itertools.pairwise(years)]
    one_way = all(step >= 0 for step in steps) or all(step <= 0 for step in steps)
    again = years[0] in years[1:] and set(years) == set(years[: years[1:].index(years[0]) + 1])
    return one_way or again

"""What a monitoring report is made of: sections, paragraphs, tables, charts as plain data. Renderers decide the look."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

Look = Literal["", "sample", "missing", "strong"]
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a table: a text or number as it is read, its look, and a mark of its own after it."""

    said: str
    look: Look = ""
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table; the one cell of a group heading goes over all columns."""

    cells: tuple[Cell, ...]
    is_group: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """A column: what stands above it in Chinese and English, its width in cm, how its cells stand."""

    said: str
    width: float
    align: Literal["left", "center", "right"] = "left"
    english: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A three-line table with its title; ``notes`` stand below it."""

    title: str
    english: str
    headings: tuple[Heading, ...]
    rows: tuple[Row, ...]
    unit: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bar:
    """A figure of a chart: its label, its number and that number as it is read; one that is not real is hatched.

    ``is_before`` is a year before a break of the series: it stands apart and no line leads to it.
    """

    label: str
    value: float
    said: str
    is_synthetic: bool = False
    is_before: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """A small chart of its own: its title and its figures in order."""

    title: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing: lying bars against 100, standing bars of places, or lines over years; ``alt`` says it in words."""

    kind: Literal["attainment", "comparison", "trend"]
    title: str
    english: str
    alt: str
    panels: tuple[Panel, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A text: of the report itself, of the office (its own commentary), or a note below a table."""

    said: str
    look: Literal["body", "office", "note"] = "body"


@dataclass(frozen=True, slots=True)
class Tile:
    """A number of the summary: how much, of what unit, what it is, and a line below."""

    number: str
    unit: str
    said: str
    note: str


@dataclass(frozen=True, slots=True)
class Tiles:
    """The numbers of a summary side by side."""

    tiles: tuple[Tile, ...]


Block = Paragraph | Table | Chart | Tiles


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with what stands below it; a wide one is printed on paper turned on its side."""

    title: str
    english: str
    blocks: tuple[Block, ...]
    level: int = 1
    is_wide: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """A whole report: cover and sections."""

    stem: str
    """name of its file without the ending"""
    series: str
    title: str
    english: str
    subtitle: str
    banner: str
    """what says that some of it is not real; empty where all is"""
    created: str
    """moment of the build, ISO 8601; may be empty"""
    cover: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]


def printable(said: object) -> str:
    """A text that XML can hold; None is nothing."""
    return _UNPRINTABLE.sub("", "" if said is None else str(said))


def cells(*said: str | Cell) -> Row:
    """A row of plain cells."""
    return Row(tuple(one if isinstance(one, Cell) else Cell(printable(one)) for one in said))


def group(said: str) -> Row:
    """The heading of a group of rows."""
    return Row((Cell(printable(said), "strong"),), is_group=True)


def without(table: Table, heading: str) -> Table:
    """The table without a column; the last column takes its room."""
    at = next(turn for turn, one in enumerate(table.headings) if one.said == heading)
    last = table.headings[-1]
    wider = replace(last, width=last.width + table.headings[at].width)
    rows = (one if one.is_group else Row(one.cells[:at] + one.cells[at + 1 :]) for one in table.rows)
    return replace(table, headings=(*table.headings[:at], *table.headings[at + 1 : -1], wider), rows=tuple(rows))


def figure_text(number: float, decimals: int) -> str:
    """A number as it is read: thousands apart, … below the smallest unit shown."""
    if number and abs(number) < 0.5 * 10.0**-decimals:
        return "…"
    return f"{number:,.{decimals}f}"


def exact_text(number: float) -> str:
    """A number with as many decimals as it has, four at most."""
    return f"{number:,.{len(f'{number:.4f}'.rstrip('0').partition('.')[2])}f}"


def listed(said: Sequence[str], most: int = 12) -> str:
    """Names in a row; of many, the first ones and how many there are."""
    return "、".join(said) if len(said) <= most else f"{'、'.join(said[:most])}等 {len(said)} 个"

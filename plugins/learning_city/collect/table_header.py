"""The heads above the columns: which rows they are, and the tree they make."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

from learning_city.collect import table_blocks, table_labels, table_units, table_years
from learning_city.collect.table_blocks import Block
from learning_city.collect.table_columns import STUB_HEADS
from learning_city.collect.table_labels import Label
from learning_city.collect.table_page import Kind, Page

_LONGEST_JOINED = 24
_LONGEST_LONE = 40


@dataclass(slots=True)
class Head:
    """What stands above one column, outermost first; ``parts`` marked as of-which keep what they are part of."""

    path: list[str] = field(default_factory=list)
    alias: str = ""
    unit: str | None = None
    year: int | None = None
    marks: str = ""
    is_part: bool = False


@dataclass(slots=True)
class _Part:
    """One head cell above a column; ``wide`` when it stands over other columns too."""

    label: Label
    row: int
    wide: bool


def rows_of(page: Page, block: Block) -> list[int]:
    """The rows above the data that head its columns: going up until a title, a unit line or an empty row."""
    rows: list[int] = []
    for r in range(block.body[0] - 1, -1, -1):
        if r not in block.lead:
            if rows or page.kind(r) is not Kind.BLANK or block.body[0] - r > 2:
                break
            continue
        if page.is_unit_line(r) and not rows:
            continue
        if _is_above(page, r, rows):
            break
        rows.insert(0, r)
    while rows and page.kind(rows[0]) is Kind.BLANK:
        rows.pop(0)
    return rows


def _is_above(page: Page, row: int, found: Sequence[int]) -> bool:
    """Whether a row stands above the heads: a title, a unit line, a line of metadata."""
    texts = page.distinct(row)
    if not texts:
        return not _hangs(page, row)
    if page.is_unit_line(row):
        return True
    filled = page.filled(row)
    if len(texts) == 1:
        return not _is_lone_head(page, row, texts[0])
    if any(table_units.of_line(text) for text in texts) and len(texts) == 2:
        return True
    few = len(filled) == 2 and bool(found) and len(page.filled(found[-1])) > 2
    return texts[0].endswith((":", "：")) or (few and filled[0] == 0 and _is_key_value(page, row, found))


def _is_key_value(page: Page, row: int, found: Sequence[int]) -> bool:
    """Two words in a row where the heads below have many, and none hangs below the second: metadata."""
    second = page.filled(row)[1]
    below = [c for c in range(second + 1, page.width) if page.anchor(row, c) == (row, second)]
    stub = page.words(row, 0).casefold().replace(" ", "")
    head = page.filled(found[0])[0]
    return not below and stub not in STUB_HEADS and head == 0


def _is_lone_head(page: Page, row: int, text: str) -> bool:
    """A lone text that is a head: over some of the data columns only, a year among them, or the word for the labels."""
    filled = page.filled(row)
    if filled[0] > 0:
        merged = any(page.anchor(row, c) == (row, filled[0]) for c in range(filled[0] + 1, page.width))
        return not table_units.of_line(text) and (merged or len(text.encode("utf-8")) <= _LONGEST_LONE)
    wide = any(page.anchor(row, c) == (row, 0) for c in range(1, page.width))
    if table_blocks.is_stub_name(page, row):
        return True
    return not wide and (len(filled) > 1 or text.casefold().replace(" ", "") in STUB_HEADS)


def _hangs(page: Page, row: int) -> bool:
    return any(page.anchor(row, c)[0] < row and page.through(row, c) != "" for c in range(page.width))


def read(page: Page, rows: Sequence[int], columns: Sequence[int]) -> dict[int, Head]:
    """The head of each data column."""
    kept, twins = _without_twins(page, rows)
    merges = _merges_heads(page, kept, columns)
    heads: dict[int, Head] = {}
    for c in columns:
        head = _assemble(page, _parts(page, kept, columns, c), columns, merges=merges)
        beside = [page.words(r, c) for r in twins if page.words(r, c)]
        head.alias = head.alias or " ".join(dict.fromkeys(text for text in beside if not table_units.is_unit(text)))
        heads[c] = head
    _part_units(heads, columns)
    return heads


def _without_twins(page: Page, rows: Sequence[int]) -> tuple[list[int], list[int]]:
    kept: list[int] = []
    twins: list[int] = []
    for r in rows:
        if page.is_column_numbers(r):
            continue
        if kept and page.is_twin(r, kept[-1]):
            twins.append(r)
        else:
            kept.append(r)
    return kept, twins


def _merges_heads(page: Page, rows: Sequence[int], columns: Sequence[int]) -> bool:
    """Whether the heads of this table use merged cells: then what is not merged is no parent."""
    return any((r, c) in page.grid.merged for r in rows for c in columns)


def _parts(page: Page, rows: Sequence[int], columns: Sequence[int], column: int) -> list[_Part]:
    parts: list[_Part] = []
    units = {r for r in rows if _is_unit_row(page, r, columns)}
    seen: set[tuple[int, int]] = set()
    for r in rows:
        at = _owner(page, r, rows, columns, column)
        place = page.anchor(r, at)
        if place in seen or page.through(r, at) == "":
            continue
        seen.add(place)
        text = page.words(r, at)
        if r in units or table_units.is_bracketed(text):
            parts.append(_Part(Label("", unit=table_units.bare(text)), r, wide=False))
            continue
        wide = any(
            _owner(page, r, rows, columns, c) == at or page.anchor(r, c) == place for c in columns if c != column
        )
        parts.append(_Part(page.label(r, at), r, wide=wide))
    return parts


def _is_unit_row(page: Page, row: int, columns: Sequence[int]) -> bool:
    texts = [page.words(row, c) for c in columns if page.words(row, c)]
    return bool(texts) and all(table_units.is_unit(text) for text in texts)


def _owner(page: Page, row: int, rows: Sequence[int], columns: Sequence[int], column: int) -> int:
    """The column whose head speaks for this one in a row: itself, or the one left of a blank that is not merged."""
    if page.through(row, column) != "" or (row, column) in page.grid.merged:
        return column
    lower = [r for r in rows if r > row]
    if not any(page.through(r, column) != "" and not table_units.is_unit(page.words(r, column)) for r in lower):
        return column
    upper = [r for r in rows if r < row]
    for left in sorted((c for c in columns if c < column), reverse=True):
        if any(page.through(r, left) != page.through(r, column) and page.through(r, column) != "" for r in upper):
            return column
        if page.through(row, left) != "":
            return column if (row, left) in page.grid.merged else left
    return column


def _assemble(page: Page, parts: list[_Part], columns: Sequence[int], *, merges: bool) -> Head:
    head = Head()
    joined: list[_Part] = []
    for part in parts:
        is_repeat = head.unit and part.label.unit and table_labels.is_western(part.label.unit)
        head.unit = head.unit if is_repeat else part.label.unit or head.unit
        head.marks += part.label.marks
        if not part.label.text:
            continue
        if joined and _repeats(joined[-1], part):
            head.alias = part.label.text
            continue
        year = table_years.of_label(part.label.text)
        head.year = year or head.year
        if joined and _continues(page, joined[-1], part, columns, merges=merges):
            upper = joined.pop()
            text = upper.label.text + part.label.text
            part = _Part(Label(text, upper.label.alias or part.label.alias), part.row, wide=False)
        joined.append(part)
    joined.sort(key=lambda part: not _is_constant(page, part.row, columns))
    for part in joined:
        if not head.path or head.path[-1] != part.label.text:
            head.path.append(part.label.text)
        head.is_part = part.label.is_part or table_labels.is_only_part(part.label.text) or head.is_part
        head.alias = part.label.alias or head.alias
    return head


def _repeats(upper: _Part, lower: _Part) -> bool:
    """Whether a head only says in English what the head above it says in Chinese."""
    text = lower.label.text
    return table_labels.is_eastern(upper.label.text) and table_labels.is_western(text) and text != text.upper()


def _is_constant(page: Page, row: int, columns: Sequence[int]) -> bool:
    """A head that is the same over every column stands over the whole table."""
    texts = [page.words(row, c) for c in columns]
    return len(columns) > 1 and len(set(texts)) == 1 and bool(texts[0])


def _continues(page: Page, upper: _Part, lower: _Part, columns: Sequence[int], *, merges: bool) -> bool:
    """Whether a head was only broken over two rows for width: nothing shows that one stands over the other."""
    texts = upper.label.text, lower.label.text
    if upper.wide or lower.wide or not all(map(table_labels.is_han, texts)) or len("".join(texts)) > _LONGEST_JOINED:
        return False
    if upper.label.is_part or lower.label.is_part or any(table_years.of_label(text) for text in texts):
        return False
    if upper.label.unit or len(page.filled(upper.row)) == 1:
        return False
    above = [page.label(upper.row, c).text for c in columns]
    below = [page.label(lower.row, c).text for c in columns]
    repeated = any(a == b == texts[0] for a, b in itertools.pairwise(above))
    return below.count(texts[1]) == 1 and (merges or not repeated)


def _part_units(heads: dict[int, Head], columns: Sequence[int]) -> None:
    """A column that is part of the one left of it has its unit, where it names none."""
    for left, c in itertools.pairwise(columns):
        if heads[c].is_part and heads[c].unit is None:
            heads[c].unit = heads[left].unit

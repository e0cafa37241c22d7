"""What was read and not yet judged: rows with their numbers, cells that could not be read, tables that were not there."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from learning_city.catalogue.columns import TABLES
from learning_city.catalogue.faults import Fault
from learning_city.model.edition import Edition, Row

ROW = "_row"
"""Where a row keeps its number in the file."""


class Unread:
    """What stands in for a cell that has a fault of its own: nothing more is concluded from it."""


UNREAD = Unread()


@dataclass(frozen=True, kw_only=True)
class Draft:
    """The office's tables before they are an edition.

    ``lost`` are tables that could not be read as a whole; ``faults`` is what reading found. Checks pass over both, so
    that one mistake is told once.
    """

    tables: dict[str, list[Row]]
    lost: set[str] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)

    def edition(self) -> Edition:
        """The rows as an edition; only for a draft without faults."""
        plain = {
            name: [{key: value for key, value in row.items() if key != ROW} for row in self.tables[name]]
            for name in TABLES
        }
        return Edition(tables=plain)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dangling:
    """A reference to something that no row of ``target`` is."""

    target: str
    value: tuple[object, ...]
    fault: Fault


def number(row: Row) -> int:
    """The row's number in its file."""
    at = row[ROW]
    return at if isinstance(at, int) else 0


def text(row: Row, column: str) -> str:
    """A cell as text; empty when it is empty or was not understood."""
    value = row.get(column)
    return "" if value is None or value is UNREAD else str(value)


def is_unread(row: Row, *columns: str) -> bool:
    """Whether one of these cells has a fault of its own already."""
    return any(row.get(column) is UNREAD for column in columns)


def by(rows: Iterable[Row], *columns: str) -> dict[tuple[object, ...], list[Row]]:
    """Rows grouped by columns; rows in which one of them was not understood are left out."""
    found: dict[tuple[object, ...], list[Row]] = defaultdict(list)
    for row in rows:
        if not is_unread(row, *columns):
            found[tuple(row[column] for column in columns)].append(row)
    return found


def told(dangling: Iterable[Dangling], draft: Draft) -> Iterator[Fault]:
    """One fault for each missing thing and column, at the first cell that names it, saying how many more do.

    Nothing dangles from a table that was not read; where rows of it have an unreadable key, as many of the missing
    things as there are such rows (those named most often) are taken to be these rows.
    """
    found: dict[tuple[str, tuple[object, ...]], list[Dangling]] = defaultdict(list)
    for one in dangling:
        found[one.target, one.value].append(one)
    excused = {name: _blurred(draft, name) for name in TABLES}
    often = Counter({key: len(group) for key, group in found.items()})
    for (target, value), _ in often.most_common():
        if target in draft.lost:
            continue
        if excused[target]:
            excused[target] -= 1
            continue
        yield from grouped(one.fault for one in found[target, value])


def grouped(alike: Iterable[Fault]) -> Iterator[Fault]:
    """Faults of one cause: for each column the first, saying how many more there are."""
    columns: dict[tuple[str, str], list[Fault]] = defaultdict(list)
    for fault in alike:
        columns[fault.table, fault.column].append(fault)
    for faults in columns.values():
        first, more = faults[0], len(faults) - 1
        others = "、".join(str(fault.row) for fault in faults[1:11]) + ("…" if more > 10 else "")
        zh = f"{first.zh}（同列另有 {more} 处：第 {others} 行）" if more else first.zh
        en = f"{first.en} ({more} more in this column: rows {others}.)" if more else first.en
        yield Fault(table=first.table, row=first.row, column=first.column, zh=zh, en=en)


def _blurred(draft: Draft, table: str) -> int:
    return sum(is_unread(row, *TABLES[table].key) for row in draft.tables[table])

"""Checks of every table alike: keys and references."""

from collections.abc import Iterator

from learning_city.catalogue.columns import TABLES, Table
from learning_city.catalogue.draft import Dangling, Draft, by, is_unread, number
from learning_city.catalogue.faults import Fault
from learning_city.catalogue.headings import SHEETS
from learning_city.catalogue.spans import overlap, span
from learning_city.model.edition import Row


def faults(draft: Draft) -> Iterator[Fault]:
    """Keys that stand twice at the same time."""
    for name, table in TABLES.items():
        yield from _keys(name, table, draft.tables[name])


def dangling(draft: Draft) -> Iterator[Dangling]:
    """References to rows that are not there."""
    for name, table in TABLES.items():
        for column, (target, key) in table.references.items():
            known = {row[key] for row in draft.tables[target]}
            for row in draft.tables[name]:
                value = row[column]
                if value is not None and not is_unread(row, column) and value not in known:
                    yield Dangling(target=target, value=(value,), fault=_missing(name, row, column, target))


def _missing(name: str, row: Row, column: str, target: str) -> Fault:
    value = row[column]
    return Fault(
        table=name,
        row=number(row),
        column=column,
        zh=f"“{value}”不在“{SHEETS[target]}”表（{TABLES[target].file}）里，请在那里补上，或在这里改正。",
        en=f"{value!r} is not in sheet {SHEETS[target]} ({TABLES[target].file}); add it there or correct it here.",
    )


def _keys(name: str, table: Table, rows: list[Row]) -> Iterator[Fault]:
    """A key stands once, or several times with half-open dates that do not overlap."""
    for key, group in by(rows, *table.key).items():
        for place, row in enumerate(group):
            earlier = (other for other in group[:place] if not table.dated or _both_hold(row, other))
            for other in earlier:
                yield _twice(name, table, key, row, other)
                break


def _both_hold(left: Row, right: Row) -> bool:
    return (
        not is_unread(left, "valid_from", "valid_to")
        and not is_unread(right, "valid_from", "valid_to")
        and overlap(span(left), span(right))
    )


def _twice(name: str, table: Table, key: tuple[object, ...], row: Row, other: Row) -> Fault:
    said = "／".join("" if part is None else str(part) for part in key)
    when = ("，有效期重叠", " for the same dates") if table.dated else ("", "")
    return Fault(
        table=name,
        row=number(row),
        column=next((key for key in (name, "definition") if key in table.key), table.key[0]),
        zh=f"“{said}”与第 {number(other)} 行重复{when[0]}，请删去一行或改正。",
        en=f"{said!r} stands already in row {number(other)}{when[1]}; remove one of them or correct it.",
    )

"""What changed between two editions: per table rows added, removed, changed, keyed as the office knows them."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from learning_city.catalogue.columns import TABLES
from learning_city.catalogue.headings import choices
from learning_city.catalogue.order import ordered
from learning_city.model.edition import Edition, Row

ADDED, REMOVED, CHANGED = "added", "removed", "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One row that came, went, or holds something else; ``columns`` maps a name to (old, new) of a changed row."""

    table: str
    key: str
    what: str
    columns: dict[str, tuple[str, str]]


def differences(old: Edition, new: Edition) -> list[Difference]:
    """Every difference, table by table, in the order of the key."""
    before, after = ordered(old), ordered(new)
    return [one for table in TABLES for one in _of_table(table, before.tables[table], after.tables[table])]


def counts(found: list[Difference]) -> dict[str, dict[str, int]]:
    """Table -> how many rows were added, removed, changed; tables without any are left out."""
    said: dict[str, dict[str, int]] = defaultdict(lambda: {ADDED: 0, REMOVED: 0, CHANGED: 0})
    for one in found:
        said[one.table][one.what] += 1
    return dict(said)


def shown(table: str, column: str, value: object) -> str:
    """A value as a person reads it: the Chinese word of a choice, 是 or 否, empty for nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if column in TABLES[table].choices:
        return choices(table, column).get(str(value), str(value))
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def _of_table(table: str, before: list[Row], after: list[Row]) -> Iterator[Difference]:
    old, new = _by_key(table, before), _by_key(table, after)
    for key in dict.fromkeys([*old, *new]):
        label = "／".join("" if part is None else str(part) for part in key)
        yield from _of_key(table, label, old.get(key, []), new.get(key, []))


def _by_key(table: str, rows: list[Row]) -> dict[tuple[object, ...], list[Row]]:
    found: dict[tuple[object, ...], list[Row]] = defaultdict(list)
    for row in rows:
        found[tuple(row[column] for column in TABLES[table].key)].append(row)
    return found


def _of_key(table: str, label: str, old: list[Row], new: list[Row]) -> Iterator[Difference]:
    """Rows of one key: equal ones cancel out, then those of one first day belong together, then the rest in order."""
    gone, come = [row for row in old if row not in new], [row for row in new if row not in old]
    pairs: list[tuple[Row, Row]] = []
    for match in (lambda a, b: a.get("valid_from") == b.get("valid_from"), lambda _a, _b: True):
        for row in list(gone):
            other = next((one for one in come if match(row, one)), None)
            if other is not None:
                pairs.append((row, other))
                gone.remove(row)
                come.remove(other)
    for row, other in pairs:
        changed = {
            column: (shown(table, column, row[column]), shown(table, column, other[column]))
            for column in TABLES[table].columns
            if row[column] != other[column]
        }
        yield Difference(table=table, key=label, what=CHANGED, columns=changed)
    for what, rows in ((REMOVED, gone), (ADDED, come)):
        for _ in rows:
            yield Difference(table=table, key=label, what=what, columns={})

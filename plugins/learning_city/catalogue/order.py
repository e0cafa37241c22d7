"""The order in which rows are written and compared: by key, trees from the root down, forms by position."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from functools import partial

from learning_city.catalogue.columns import TABLES
from learning_city.model.edition import Edition, Row


def ordered(edition: Edition) -> Edition:
    """The same edition with its rows in the order a reader expects, whatever order they were stored in."""
    tables = {name: sorted(edition.tables.get(name, []), key=partial(_key, name)) for name in TABLES}
    tables["indicator"] = _tree(tables["indicator"])
    return Edition(tables=tables)


def _key(table: str, row: Row) -> tuple[tuple[bool, str], ...]:
    first = {"form_item": ("form", "position"), "definition": ("measure",), "calendar": ("opens",)}.get(table, ())
    columns = (*first, *TABLES[table].key, *(("valid_from",) if "valid_from" in TABLES[table].columns else ()))
    return tuple((row[column] is not None, _text(row[column])) for column in columns)


def _text(value: object) -> str:
    return f"{value:09d}" if isinstance(value, int) else value.isoformat() if isinstance(value, date) else str(value)


def _tree(rows: list[Row]) -> list[Row]:
    """Frameworks one after another, each from its first level down, neighbours by position."""
    below: dict[tuple[object, object], list[Row]] = defaultdict(list)
    for row in rows:
        below[row["framework"], row["parent"]].append(row)
    found: list[Row] = []
    for framework in dict.fromkeys(row["framework"] for row in rows):
        found += _branch(framework, [None], below)
    return found


def _branch(framework: object, parents: Iterable[object], below: dict[tuple[object, object], list[Row]]) -> list[Row]:
    found: list[Row] = []
    for parent in parents:
        children = sorted(below.pop((framework, parent), []), key=lambda row: _text(row["position"]))
        for indicator in dict.fromkeys(row["indicator"] for row in children):
            found += [row for row in children if row["indicator"] == indicator]
            found += _branch(framework, [indicator], below)
    return found

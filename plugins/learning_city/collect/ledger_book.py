"""Open an issued workbook: by the plain reader where it is written plainly, else by calamine."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lxml import etree
from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from learning_city.collect import (
    ledger_contents,
    ledger_doubts,
    ledger_formulas,
    ledger_ole,
    ledger_plain,
    ledger_plan,
    ledger_strings,
)
from learning_city.collect.container import Container
from learning_city.collect.ledger_package import Refused
from learning_city.collect.ledger_plain import Grid, Sheet
from learning_city.collect.ledger_strings import NotPlain
from learning_city.collect.ledger_text import as_text
from learning_city.model.ledger import HIDDEN_SHEET


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook: its worksheets but the hidden one of ours.

    ``asked``: what that one asks for, None where there is none. ``hidden``: which of the others are kept out of sight.
    ``outside``: what reaches out of the workbook, in words.
    """

    sheets: dict[str, Sheet]
    asked: ledger_plan.Asked | None
    hidden: tuple[str, ...]
    outside: tuple[str, ...]


def open_book(content: bytes, seen: Container) -> Book:
    """The workbook in this file; raises Refused with the problem code where nothing can read it or it may do harm."""
    outside = ledger_doubts.in_parts(seen.names, seen.parts)
    try:
        contents = ledger_contents.of(seen.parts)
    except (KeyError, ValueError, etree.XMLSyntaxError):
        return _carefully(content, seen, {}, outside)
    outside += ledger_doubts.in_names(contents.names)
    try:
        return _plainly(seen.parts, contents, outside)
    except (NotPlain, KeyError, IndexError, ValueError, etree.XMLSyntaxError):
        return _carefully(content, seen, {listed.name: listed.part for listed in contents.sheets}, outside)


def _plainly(parts: Mapping[str, bytes], contents: ledger_contents.Contents, outside: Sequence[str]) -> Book:
    if contents.counts_from_1904:
        raise NotPlain("1904")
    strings = ledger_strings.read(parts.get("xl/sharedStrings.xml", b""))
    looks = ledger_plain.looks(parts.get("xl/styles.xml", b""))
    inside = {listed.name: ledger_plain.body(parts[listed.part]) for listed in contents.sheets}
    hidden = inside.pop(HIDDEN_SHEET, None)
    return Book(
        sheets={name: ledger_plain.read(one, strings, looks) for name, one in inside.items()},
        asked=None if hidden is None else ledger_plan.read_plain(hidden, strings, looks),
        hidden=_others([listed.name for listed in contents.sheets if listed.is_hidden]),
        outside=tuple(outside),
    )


def _carefully(content: bytes, seen: Container, named: Mapping[str, str], outside: Sequence[str]) -> Book:
    """By calamine; ``named``: sheet name -> part, of a package of XML."""
    if far := seen.too_far():
        raise Refused("sparse", far)
    old = ledger_ole.look(content) if seen.kind == "ole" else ledger_ole.Found()
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
            grids = {name: _grid(book, name) for name in book.sheet_names}
            hidden = [meta.name for meta in book.sheets_metadata if not str(meta.visible).endswith("Visible")]
    except PasswordError as problem:
        raise Refused("password") from problem
    except (CalamineError, ValueError, OSError) as problem:
        raise Refused("truncated", str(problem)[:200]) from problem
    own = grids.pop(HIDDEN_SHEET, None)
    found = {name: ledger_formulas.find(seen.parts.get(named.get(name, ""), b"")) for name in grids}
    return Book(
        sheets={
            name: Sheet(grid, found[name].formulas or old.formulas.get(name, {}), frozenset(found[name].pending))
            for name, grid in grids.items()
        },
        asked=None if own is None else ledger_plan.read(own),
        hidden=_others(hidden),
        outside=(*outside, *old.outside),
    )


def _grid(book: CalamineWorkbook, name: str) -> Grid:
    """A sheet, its truth values as texts."""
    rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    return [[as_text(cell) if cell.__class__ is bool else cell for cell in row] for row in rows]


def _others(names: list[str]) -> tuple[str, ...]:
    return tuple(name for name in names if name != HIDDEN_SHEET)

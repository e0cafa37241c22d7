"""The very-hidden sheet of an issued workbook: what contract 1 says about every cell to be filled."""

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from xlsxwriter.utility import xl_cell_to_rowcol, xl_col_to_name

from learning_city.model.ledger import (
    COLUMNS,
    HEADINGS_ROW,
    HIDDEN_SHEET,
    SIGNOFF_FIELDS,
    STRUCTURE,
    Identity,
    template_hash,
)
from learning_city.prepare.ledger_layout import (
    EVIDENCE,
    MISSING,
    PREVIOUS,
    REASON,
    SIGNOFF_CELLS,
    SIGNOFF_SHEET,
    YEARBOOK,
    FormLayout,
)
from learning_city.prepare.ledger_page import plain
from learning_city.prepare.slots import leave_cell, text

Row = tuple[str | float | None, ...]

FURTHER_KEYS = ("prefilled", "dropped")
"""Below the identity: how many items come with a value, and how many are not asked at all."""
_COMPANIONS = (("missing_type", MISSING), ("reason", REASON), ("evidence", EVIDENCE))
_STRUCTURE = [COLUMNS.index(name) for name in STRUCTURE]
_SAID = attrgetter(*COLUMNS[COLUMNS.index("form") :])
_KEYS = attrgetter("form", "measure", "definition", "place", "period")
_REQUIRED = COLUMNS.index("required")
_ROLE = COLUMNS.index("role")
_FIGURE_COLUMNS = {
    PREVIOUS: xl_col_to_name(COLUMNS.index("previous")),
    YEARBOOK: xl_col_to_name(COLUMNS.index("yearbook")),
}
_REST = (None,) * (len(COLUMNS) - COLUMNS.index("unit"))


def rows(layouts: Sequence[FormLayout], identity: Identity) -> list[Row]:
    """One row per cell that may be filled, its fields in the order of COLUMNS; None is an empty cell.

    Value cells come in the order of the 校验码, each followed by its missing type, reason and
    evidence; the sign-off ends the list.
    """
    told: list[Row] = []
    for layout in layouts:
        sheet = layout.form.sheet
        for row in layout.rows:
            said = (sheet, row.value_cell, "value", *_SAID(row.item))
            told.append((*said[:_REQUIRED], int(row.item.required), *said[_REQUIRED + 1 :]))
            keys = _KEYS(row.item)
            told.extend((sheet, row.cell(column), role, *keys, *_REST) for role, column in _COMPANIONS)
    signed = (None, identity.place, identity.period, *_REST)
    told.extend((SIGNOFF_SHEET, SIGNOFF_CELLS[field], "signoff", None, field, *signed) for field in SIGNOFF_FIELDS)
    return told


def structure_of(told: Sequence[Row]) -> str:
    """The structure of these rows as text, a line a row; whole numbers are written without a point."""
    return "\n".join("\t".join("" if row[n] is None else str(row[n]) for n in _STRUCTURE) for row in told)


def template_of(structure: str) -> str:
    """The hash of a structure as ``structure_of`` gives it."""
    return template_hash([tuple(line.split("\t")) for line in structure.split("\n")])


def figure_slot(column: str, position: int) -> str:
    """The slot of a figure of the form's column ``PREVIOUS`` or ``YEARBOOK`` on this sheet."""
    at = HEADINGS_ROW + 1 + position * (1 + len(_COMPANIONS))
    return f"{HIDDEN_SHEET}!{_FIGURE_COLUMNS[column]}{at}"


def write(workbook: Any, identity: Identity, told: Sequence[Row]) -> None:
    """Add the sheet to a workbook, very hidden and protected, its figures left open."""
    sheet = workbook.add_worksheet(HIDDEN_SHEET)
    for number, name in enumerate(Identity.keys()):
        sheet.write_string(number, 0, name)
        sheet.write_string(number, 1, getattr(identity, name))
    for number, name in enumerate(FURTHER_KEYS, start=len(Identity.keys())):
        sheet.write_string(number, 0, name)
        sheet.write_string(number, 1, text(name))
    for number, row in enumerate([COLUMNS, *told], start=HEADINGS_ROW - 1):
        _write_row(sheet, number, row)
    for position in range(sum(row[_ROLE] == "value" for row in told)):
        for letter in _FIGURE_COLUMNS:
            slot = figure_slot(letter, position)
            leave_cell(sheet, xl_cell_to_rowcol(slot.partition("!")[2]), slot)
    sheet.protect()
    sheet.very_hidden()


def _write_row(sheet: Any, number: int, row: Sequence[str | float | None]) -> None:
    for column, field in enumerate(row):
        if isinstance(field, str):
            if field:
                sheet.write_string(number, column, plain(field))
        elif field is not None:
            sheet.write_number(number, column, field)

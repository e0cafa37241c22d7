"""Where everything of a ledger stands: rows, columns and the place each item keeps in the 校验码."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from learning_city.model.ledger import Ledger, LedgerForm, LedgerItem

PREVIOUS, YEARBOOK, VALUE, MISSING, REASON, EVIDENCE, CHECK, TERM, NEEDED = "FGHIJKLMN"
"""Columns of a form sheet. The last two are hidden: the shares of the 校验码, and in rows that need
evidence the letter of the column their value stands in."""
NOTE = "C"
"""The column of the definition, which says of a pre-filled value where it comes from."""
CHOICES_FROM = 14
"""First hidden column, from 0, for choices that are too long for a drop-down's own list."""
HEADER_ROW = 7
"""Row of the column headings, from 0; the row of 甲乙丙丁戊 follows it."""
FIRST_ROW = HEADER_ROW + 2
WIDTHS = (5.7, 27.3, 30.7, 8.3, 7.7, 11.3, 11.3, 12.3, 9.3, 20.7, 17.3, 15.7)
"""Of the visible columns of a form sheet, in digits of the default font."""
GUIDE_SHEET = "填报说明"
CHECK_SHEET = "核对"
SIGNOFF_SHEET = "签署"
SIGNOFF_CELLS = {
    "head": "C6",
    "statistician": "C7",
    "filler": "C8",
    "phone": "C9",
    "date": "C10",
    "seal": "C11",
    "code": "C13",
}
"""Field of the sign-off -> its cell on 签署."""


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One item at its place: ``number`` is the row as Excel counts, ``position`` its turn in the 校验码."""

    item: LedgerItem
    number: int
    position: int

    def cell(self, column: str) -> str:
        """The address of this row's cell in a column, like ``H12``."""
        return f"{column}{self.number}"

    @property
    def is_number(self) -> bool:
        """Whether a number is asked; a text or a choice takes the columns of last year's figures too."""
        return self.item.type == "number"

    @property
    def value_column(self) -> str:
        """The column its value stands in: the first of the merged ones for a text or a choice."""
        return VALUE if self.is_number else PREVIOUS

    @property
    def value_cell(self) -> str:
        """The address of the cell its value stands in."""
        return self.cell(self.value_column)


@dataclass(frozen=True, slots=True)
class FormLayout:
    """One form on its sheet. ``sections`` are (row as Excel counts, heading)."""

    form: LedgerForm
    rows: tuple[ItemRow, ...]
    sections: tuple[tuple[int, str], ...]
    last: int

    def area(self, column: str) -> str:
        """The absolute range of a column over all items."""
        return f"${column}${FIRST_ROW + 1}:${column}${self.last}"


@dataclass(frozen=True, slots=True)
class Kin:
    """The rows of one sheet that must agree with an item: its total, its parts, and what a rate is made of."""

    total: ItemRow | None
    parts: tuple[ItemRow, ...]
    quotient: tuple[ItemRow, ItemRow] | None = None


def lay_out(ledger: Ledger) -> tuple[FormLayout, ...]:
    """Give every item of a ledger its row, forms and items in the order they are given."""
    position, layouts = 0, []
    for form in ledger.forms:
        layout = _lay_out_form(form, position)
        position += len(layout.rows)
        layouts.append(layout)
    return tuple(layouts)


def kin(layout: FormLayout) -> list[Kin]:
    """For each item, in order, the rows its number is compared with (same place and period).

    Where a sheet asks for one total under several definitions nobody said which of them the
    parts belong to, so nothing is compared.
    """
    named: dict[tuple[str, str, str], list[ItemRow]] = defaultdict(list)
    parts: dict[tuple[str, str, str], list[ItemRow]] = defaultdict(list)
    for row in layout.rows:
        item = row.item
        if not row.is_number:
            continue
        named[item.measure, item.place, item.period].append(row)
        if item.parent and item.parts == "all":
            parts[item.parent, item.place, item.period].append(row)
    return [_kin_of(row, named, parts) for row in layout.rows]


def _kin_of(
    row: ItemRow,
    named: Mapping[tuple[str, str, str], list[ItemRow]],
    parts: Mapping[tuple[str, str, str], list[ItemRow]],
) -> Kin:
    item = row.item
    if not row.is_number:
        return Kin(None, ())
    totals = named.get((item.parent, item.place, item.period), []) if item.parent else []
    own = (item.measure, item.place, item.period)
    made_of = [named.get((word, item.place, item.period), []) for word in (item.numerator, item.denominator)]
    return Kin(
        quotient=(made_of[0][0], made_of[1][0]) if all(len(rows) == 1 for rows in made_of) else None,
        total=totals[0] if len(totals) == 1 and totals[0] is not row else None,
        parts=tuple(parts.get(own, ())) if len(named[own]) == 1 else (),
    )


def _lay_out_form(form: LedgerForm, position: int) -> FormLayout:
    rows: list[ItemRow] = []
    sections: list[tuple[int, str]] = []
    number, section = FIRST_ROW + 1, ""
    for item in form.items:
        if item.section and item.section != section:
            section = item.section
            sections.append((number, section))
            number += 1
        rows.append(ItemRow(item, number, position + len(rows)))
        number += 1
    return FormLayout(form, tuple(rows), tuple(sections), number - 1)

"""What departments are asked, apart from any database: forms that are the same everywhere, and workbooks.

A workbook differs from its neighbours in names and in a few columns of figures, which travel as
arrays; a process that writes them needs nothing else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from learning_city.model.ledger import Identity, Ledger, LedgerForm, LedgerItem

Fields = dict[str, Any]
"""The attributes of an item or a form that are the same at every place."""


@dataclass(frozen=True, slots=True)
class AskedForm:
    """A form of one workbook: what is asked, and by definition last year's, the yearbook's and known values."""

    form: str
    definitions: Sequence[str]
    previous: Sequence[float | None]
    yearbook: Sequence[float | None]
    prefill: Sequence[float | None]
    prefill_source: Sequence[str | None]


@dataclass(frozen=True, slots=True)
class Asked:
    """One workbook: whose it is and its forms."""

    identity: Identity
    round_name: str
    place_name: str
    department_name: str
    dropped: int
    forms: tuple[AskedForm, ...]


@dataclass(frozen=True, slots=True)
class Forms:
    """The forms of a round and their items by definition, as they stand at every place."""

    forms: Mapping[str, LedgerForm]
    items: Mapping[str, Mapping[str, Fields]]

    def only(self, names: set[str]) -> "Forms":
        """Those forms alone."""
        return Forms({name: self.forms[name] for name in names}, {name: self.items[name] for name in names})

    def ledger(self, asked: Asked, *, is_demo: bool) -> Ledger:
        """The ledger of one department of one place."""
        return Ledger(
            identity=asked.identity,
            round_name=asked.round_name,
            place_name=asked.place_name,
            department_name=asked.department_name,
            is_demo=is_demo,
            dropped=asked.dropped,
            forms=tuple(self._form(form, asked.identity) for form in asked.forms),
        )

    def _form(self, asked: AskedForm, identity: Identity) -> LedgerForm:
        known, place, period = self.items[asked.form], identity.place, identity.period
        columns = (asked.definitions, asked.previous, asked.yearbook, asked.prefill, asked.prefill_source)
        items = [
            LedgerItem(
                **known[definition], place=place, period=period, previous=previous, yearbook=yearbook,
                prefill=prefill, prefill_source=source or "",
            )
            for definition, previous, yearbook, prefill, source in zip(*columns, strict=True)
        ]  # fmt: skip
        return replace(self.forms[asked.form], items=tuple(items))

"""The workbook a department fills in: guide, one sheet per form, sign-off, very-hidden ``_lcm``."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from learning_city.errors import NeedsAPerson
from learning_city.model.ledger import CONTRACT, Answer, Identity, Ledger, LedgerItem, SignOff
from learning_city.prepare import hidden_sheet, ledger_filling, mould, slots
from learning_city.prepare.mould import Mould

_MOULDS_KEPT = 40
"""More than a round has departments; a mould takes about half a megabyte."""
_moulds: dict[Hashable, Mould] = {}


def write_ledger(
    path: Path,
    ledger: Ledger,
    key: bytes,
    answers: Mapping[tuple[str, str], Answer] | None = None,
    sign_off: SignOff | None = None,
) -> Identity:
    """Write the macro-free workbook of one department of one place for one round.

    Args:
        path: The file to write; one that is there is replaced.
        ledger: What is asked; its identity comes with ``template`` and ``token`` empty.
        key: The office's key, under which the identity is signed.
        answers: (form, definition) -> what fills that row, to make samples.
        sign_off: Who signs, to make samples.

    Returns:
        The identity as it stands in the file: ``template`` over the structure, ``token`` over all.

    Raises:
        NeedsAPerson: An answer belongs to no row of the ledger.
    """
    items = [item for form in ledger.forms for item in form.items]
    if answers:
        _refuse_strangers(path, items, answers)
    cast = _mould_of(ledger)
    structure = cast.structure.replace(slots.text("place"), ledger.identity.place)
    identity = replace(
        ledger.identity, contract=CONTRACT, template=hidden_sheet.template_of(structure), token=""
    )
    identity = replace(identity, token=identity.signed(key))
    filling = ledger_filling.names(ledger, identity) | ledger_filling.figures(cast, items)
    if answers:
        filling |= ledger_filling.filled_in(cast, items, answers)
    if sign_off is not None:
        filling |= ledger_filling.signed_by(sign_off)
    cast.pour(path, filling)
    return identity


def _mould_of(ledger: Ledger) -> Mould:
    shape = ledger_filling.shape(ledger)
    if shape not in _moulds:
        if len(_moulds) >= _MOULDS_KEPT:
            del _moulds[next(iter(_moulds))]
        _moulds[shape] = mould.make(ledger_filling.anonymous(ledger))
    return _moulds[shape]


def _refuse_strangers(
    path: Path, items: Sequence[LedgerItem], answers: Mapping[tuple[str, str], Answer]
) -> None:
    known = {(item.form, item.definition) for item in items}
    if strangers := sorted(set(answers) - known):
        raise NeedsAPerson(
            f"{path.name}: answers for rows the ledger does not ask for: {strangers[:5]}. "
            "Take them out, or add the items to the form."
        )

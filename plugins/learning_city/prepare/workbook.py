"""The workbook a department fills in: guide, one sheet per form, 核对, sign-off, very-hidden ``_lcm``."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from xlsxwriter.exceptions import XlsxWriterException

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

    ``ledger.identity`` comes with ``template`` and ``token`` empty; what is returned stands in the
    file, ``template`` over the structure and ``token`` over all under the office's ``key``.
    ``answers`` ((form, definition) -> what fills that row, also a pre-filled one) and ``sign_off``
    make samples.

    Raises:
        NeedsAPerson: An answer belongs to no row of the ledger, or a form has a sheet name that
            Excel does not allow.
    """
    items = [item for form in ledger.forms for item in form.items]
    if answers:
        _refuse_strangers(path, items, answers)
    cast = _mould_of(ledger)
    identity = _signed(ledger.identity, cast.structure, key)
    filling = ledger_filling.names(ledger, identity) | ledger_filling.figures(cast, items)
    if answers or sign_off or any(item.prefill is not None for item in items):
        signed = sign_off or SignOff()
        filling |= ledger_filling.filled_in(cast, items, ledger_filling.told(items, answers or {}), signed)
        filling |= ledger_filling.signed_by(signed)
    cast.pour(path, filling)
    return identity


def _signed(unsigned: Identity, structure: str, key: bytes) -> Identity:
    own = structure.replace(slots.text("place"), unsigned.place)
    template = hidden_sheet.template_of(own)
    whole = replace(unsigned, contract=CONTRACT, template=template, token="")
    return replace(whole, token=whole.signed(key))


def _mould_of(ledger: Ledger) -> Mould:
    shape = ledger_filling.shape(ledger)
    if shape not in _moulds:
        if len(_moulds) >= _MOULDS_KEPT:
            del _moulds[next(iter(_moulds))]
        try:
            _moulds[shape] = mould.make(ledger_filling.anonymous(ledger))
        except XlsxWriterException as error:
            raise NeedsAPerson(
                f"{ledger.department_name} 的表号不能用作工作表名（{error}）。请在目录“报表”里改表号：每张表不同，最多 31 个字，"
                "不含 [ ] : * ? / \\。 Form numbers name sheets: each its own, at most 31 signs, without those."
            ) from error
    return _moulds[shape]


def _refuse_strangers(path: Path, items: Sequence[LedgerItem], answers: Mapping[tuple[str, str], Answer]) -> None:
    known = {(item.form, item.definition) for item in items}
    if strangers := sorted(set(answers) - known):
        raise NeedsAPerson(
            f"{path.name}：有表里没有的填报项 {strangers[:5]}，请去掉，或先把项目加到表里。 "
            "Answers for rows the ledger does not ask for: take them out, or add the items to the form."
        )

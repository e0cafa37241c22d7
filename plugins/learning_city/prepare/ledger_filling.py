"""What goes into the slots of a mould: names, last year's figures, answers and their checks."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from operator import attrgetter

from learning_city.model.checkcode import PRIME, term
from learning_city.model.ledger import Answer, Identity, Ledger, LedgerItem, SignOff
from learning_city.prepare import form_head, form_sheet, hidden_sheet, row_check, slots
from learning_city.prepare.ledger_layout import (
    CHECK,
    EVIDENCE,
    MISSING,
    PREVIOUS,
    REASON,
    TERM,
    VALUE,
    YEARBOOK,
    ItemRow,
)
from learning_city.prepare.mould import Mould

_SHAPE = attrgetter(
    *(name for name in LedgerItem.__dataclass_fields__ if name not in ("place", "previous", "yearbook"))
)
_FORM_SHAPE = attrgetter("form", "sheet", "name_zh", "form_no", "authority", "approval_no", "valid_to")
_ROUND_SHAPE = attrgetter("contract", "round", "period", "department", "edition", "due")
_DASH = slots.cell("— ")
_NOTHING = Answer()


def shape(ledger: Ledger) -> Hashable:
    """What two ledgers must share to be poured from one mould."""
    place = ledger.identity.place
    forms = tuple(
        (
            _FORM_SHAPE(form),
            tuple((_SHAPE(item), "" if item.place == place else item.place) for item in form.items),
        )
        for form in ledger.forms
    )
    return ledger.is_demo, ledger.round_name, _ROUND_SHAPE(ledger.identity), forms


def anonymous(ledger: Ledger) -> Ledger:
    """The ledger with slots for names and without figures, to make its mould from."""
    place = ledger.identity.place
    return replace(
        ledger,
        identity=replace(
            ledger.identity,
            place=slots.text("place"),
            template=slots.text("template"),
            token=slots.text("token"),
        ),
        place_name=slots.text("place_name"),
        department_name=slots.text("department_name"),
        forms=tuple(
            replace(form, items=tuple(_anonymous(item, place) for item in form.items)) for form in ledger.forms
        ),
    )


def _anonymous(item: LedgerItem, place: str) -> LedgerItem:
    kept = slots.text("place") if item.place == place else item.place
    return replace(item, place=kept, previous=None, yearbook=None)


def names(ledger: Ledger, identity: Identity) -> dict[str, str]:
    """The slots of a ledger's names and of its signed identity."""
    department = slots.escape(ledger.department_name)
    return {
        "place": slots.escape(identity.place),
        "place_name": slots.escape(ledger.place_name),
        "department_name": department,
        "department_in_footer": slots.escape(ledger.department_name[:40].replace("&", "&&")),
        "template": identity.template,
        "token": identity.token,
    }


def figures(mould: Mould, items: Sequence[LedgerItem]) -> dict[str, str]:
    """The slots of last year's and the yearbook's figures, on the forms and the hidden sheet."""
    filled = {}
    for number, layout in enumerate(mould.layouts):
        for row in layout.rows:
            item = items[row.position]
            for column, figure in ((PREVIOUS, item.previous), (YEARBOOK, item.yearbook)):
                said = slots.cell(figure)
                filled[f"{number}!{column}{row.number}"] = _DASH if figure is None else said
                filled[hidden_sheet.figure_slot(column, row.position)] = said
    return filled


def filled_in(mould: Mould, items: Sequence[LedgerItem], given: Mapping[tuple[str, str], Answer]) -> dict[str, str]:
    """The slots of the answers, of what every row says to them, and of the 校验码."""
    answers = [given.get((item.form, item.definition), _NOTHING) for item in items]
    seen = row_check.Seen(answers, [item.previous for item in items])
    filled: dict[str, str] = {}
    code = 0
    for number, layout in enumerate(mould.layouts):
        verdicts = []
        for row in layout.rows:
            answer, at = answers[row.position], row.number
            verdicts.append(row_check.verdict(mould.rules[row.position], seen))
            share = term(answer.value, answer.missing_type, row.position)
            code += share
            filled[f"{number}!{CHECK}{at}"] = verdicts[-1]
            filled[f"{number}!{TERM}{at}"] = str(share)
            filled |= _answer(number, row, answer)
        filled |= form_head.counts(number, layout, verdicts)
    filled["code"] = str(code % PRIME)
    return filled


def signed_by(sign_off: SignOff) -> dict[str, str]:
    """The slots of the sign-off."""
    fields = ("head", "statistician", "filler", "phone", "date", "seal")
    return {f"sign_{field}": slots.cell(getattr(sign_off, field)) for field in fields}


def _answer(number: int, row: ItemRow, answer: Answer) -> dict[str, str]:
    if answer is _NOTHING:
        return {}
    at = row.number
    filled = {
        f"{number}!{VALUE}{at}": slots.cell(answer.value),
        f"{number}!{MISSING}{at}": slots.cell(answer.missing_type),
        f"{number}!{REASON}{at}": slots.cell(answer.reason),
        f"{number}!{EVIDENCE}{at}": slots.cell(answer.evidence),
    }
    if answer.reason or answer.evidence:
        filled[f"{number}!ht{at}"] = f"{form_sheet.height(row.item, answer):g}"
    return filled

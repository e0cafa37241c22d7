"""What goes into the slots of a mould: names, last year's figures, answers and their checks."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from operator import attrgetter

from learning_city.model.checkcode import PRIME, term
from learning_city.model.ledger import Answer, Identity, Ledger, LedgerForm, LedgerItem, SignOff
from learning_city.prepare import check_sheet, form_head, form_sheet, hidden_sheet, ledger_tally, row_check, slots
from learning_city.prepare.ledger_layout import (
    CHECK,
    EVIDENCE,
    MISSING,
    NOTE,
    PREVIOUS,
    REASON,
    TERM,
    YEARBOOK,
    ItemRow,
)
from learning_city.prepare.mould import Mould

_OF_A_PLACE = ("place", "previous", "yearbook", "prefill", "prefill_source")
_SHAPE = attrgetter(*(name for name in LedgerItem.__dataclass_fields__ if name not in _OF_A_PLACE))
_FORM_SHAPE = attrgetter(*(name for name in LedgerForm.__dataclass_fields__ if name != "items"))
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
    return replace(item, place=kept, previous=None, yearbook=None, prefill=None, prefill_source="")


def names(ledger: Ledger, identity: Identity) -> dict[str, str]:
    """The slots of a ledger's names, of its signed identity, and of how much it need not be asked."""
    department = slots.escape(ledger.department_name)
    prefilled = sum(item.prefill is not None for form in ledger.forms for item in form.items)
    spared = f"本表预填 {prefilled} 项、免填 {ledger.dropped} 项（一数一源）" if prefilled or ledger.dropped else ""
    return {
        "place": slots.escape(identity.place),
        "place_name": slots.escape(ledger.place_name),
        "department_name": department,
        "department_in_footer": slots.escape(ledger.department_name[:40].replace("&", "&&")),
        "template": identity.template,
        "token": identity.token,
        "prefilled": str(prefilled),
        "dropped": str(ledger.dropped),
        "spared": spared,
    }


def figures(mould: Mould, items: Sequence[LedgerItem]) -> dict[str, str]:
    """The slots of last year's and the yearbook's figures, on the forms and the hidden sheet."""
    filled = {}
    for number, layout in enumerate(mould.layouts):
        for row in layout.rows:
            item = items[row.position]
            for column, figure in ((PREVIOUS, item.previous), (YEARBOOK, item.yearbook)):
                said = slots.cell(figure)
                filled[hidden_sheet.figure_slot(column, row.position)] = said
                if row.is_number:
                    filled[f"{number}!{column}{row.number}"] = _DASH if figure is None else said
    return filled


def told(items: Sequence[LedgerItem], given: Mapping[tuple[str, str], Answer]) -> list[Answer]:
    """What stands in each row: the answer given, else the value it comes with, else nothing."""
    return [given.get((item.form, item.definition)) or _prefilled(item) for item in items]


def _prefilled(item: LedgerItem) -> Answer:
    return _NOTHING if item.prefill is None or item.type != "number" else Answer(value=item.prefill)


def filled_in(
    mould: Mould, items: Sequence[LedgerItem], answers: Sequence[Answer], sign_off: SignOff
) -> dict[str, str]:
    """The slots of the answers, of what every row and the sheet 核对 say to them, and of the 校验码."""
    seen = row_check.Seen(answers, [item.previous for item in items])
    filled: dict[str, str] = {}
    tallies, code = [], 0
    for number, layout in enumerate(mould.layouts):
        verdicts = []
        for row in layout.rows:
            answer, at = answers[row.position], row.number
            if answer is _NOTHING:
                verdicts.append(mould.defaults[f"{number}!{CHECK}{at}"])
                continue
            verdicts.append(row_check.verdict(mould.rules[row.position], seen))
            value = answer.value if row.is_number else row_check.as_text(answer.value)
            share = term(value, answer.missing_type, row.position)
            code += share
            filled[f"{number}!{CHECK}{at}"] = verdicts[-1]
            filled[f"{number}!{TERM}{at}"] = str(share)
            filled |= _answer(number, row, items[row.position], answer)
        filled |= form_head.counts(number, layout, verdicts)
        tallies.append(ledger_tally.tally(layout, verdicts, answers))
    filled["code"] = str(code % PRIME)
    return filled | check_sheet.results(tallies, sign_off)


def signed_by(sign_off: SignOff) -> dict[str, str]:
    """The slots of the sign-off."""
    fields = ("head", "statistician", "filler", "phone", "date", "seal")
    return {f"sign_{field}": slots.cell(getattr(sign_off, field)) for field in fields}


def _answer(number: int, row: ItemRow, item: LedgerItem, answer: Answer) -> dict[str, str]:
    at = row.number
    filled = {
        f"{number}!{row.value_cell}": slots.cell(answer.value),
        f"{number}!{MISSING}{at}": slots.cell(answer.missing_type),
        f"{number}!{REASON}{at}": slots.cell(answer.reason),
        f"{number}!{EVIDENCE}{at}": slots.cell(answer.evidence),
    }
    note = form_sheet.prefilled(item)
    if note:
        filled[f"{number}!{NOTE}{at}"] = slots.escape(note)
    if note or answer.reason or answer.evidence or not row.is_number:
        filled[f"{number}!ht{at}"] = f"{form_sheet.height(item, answer):g}"
    return filled

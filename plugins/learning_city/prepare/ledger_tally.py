"""How far a ledger is filled and whether it may be sent: each count and sentence as formula and in code.

The formulas are plain ones that every spreadsheet since Excel 97 computes; the functions beside them
give the same, so that what is stored in a file is what Excel, WPS or LibreOffice will arrive at.
"""

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from functools import reduce

from learning_city.model.ledger import Answer, SignOff
from learning_city.prepare.ledger_layout import (
    CHECK,
    EVIDENCE,
    NEEDED,
    PREVIOUS,
    SIGNOFF_CELLS,
    SIGNOFF_SHEET,
    VALUE,
    FormLayout,
)
from learning_city.prepare.ledger_page import quoted
from learning_city.prepare.row_check import FREE, OPEN, PASSED, WRONG

READY, NOT_READY = "可以报出 ✓", "还不能报出："
SIGNED = tuple(field for field in SIGNOFF_CELLS if field != "code")
"""Fields a person fills on 签署; all of them are needed."""
SIGNED_FORMULA = f"COUNTA({SIGNOFF_SHEET}!{SIGNOFF_CELLS[SIGNED[0]]}:{SIGNOFF_CELLS[SIGNED[-1]]})"
SEAL_FORMULA = '=IF({0}="","○ 未填","✓ "&{0})'.format(f"{SIGNOFF_SHEET}!{SIGNOFF_CELLS['seal']}")


@dataclass(frozen=True, slots=True)
class Tally:
    """Items of one form by what its rows say; ``unevidenced`` have a value but no file they must name."""

    passed: int = 0
    open: int = 0
    wrong: int = 0
    free: int = 0
    unevidenced: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(*(mine + yours for mine, yours in zip(astuple(self), astuple(other), strict=True)))


def tally(layout: FormLayout, verdicts: Sequence[str], answers: Sequence[Answer]) -> Tally:
    """The counts of a form whose rows say ``verdicts``; ``answers`` by ``ItemRow.position``."""
    told = [answers[row.position] for row in layout.rows if row.item.evidence]
    return Tally(
        passed=verdicts.count(PASSED),
        open=verdicts.count(OPEN),
        wrong=sum(said.startswith(WRONG) for said in verdicts),
        free=verdicts.count(FREE),
        unevidenced=sum(answer.value not in (None, "") and not answer.evidence for answer in told),
    )


def untouched(layout: FormLayout) -> Tally:
    """The counts of a form in which nothing was filled in yet."""
    required = sum(row.item.required for row in layout.rows)
    return Tally(open=required, free=len(layout.rows) - required)


def tally_formulas(layout: FormLayout) -> tuple[str, ...]:
    """The counts of a form, in the order of ``Tally``."""
    if not layout.rows:
        return ("=0",) * 5
    sheet = quoted(layout.form.sheet)
    verdicts = f"{sheet}!{layout.area(CHECK)}"
    counted = [f'=COUNTIF({verdicts},"{word}")' for word in (PASSED, OPEN, f"{WRONG}*", FREE)]
    needed, named = (f"{sheet}!{layout.area(column)}" for column in (NEEDED, EVIDENCE))
    lacking = [
        f'SUMPRODUCT(({needed}="{column}")*({sheet}!{layout.area(column)}<>"")*({named}=""))'
        for column in (VALUE, PREVIOUS)
        if any(row.item.evidence and row.value_column == column for row in layout.rows)
    ]
    return *counted, f"={'+'.join(lacking) or 0}"


def total(tallies: Sequence[Tally]) -> Tally:
    """All forms together."""
    return reduce(Tally.__add__, tallies, Tally())


def conclusion(one: Tally) -> str:
    """What is to be done first on a form."""
    steps = ((one.wrong, "■ 有错"), (one.open, "○ 待填"), (one.unevidenced, "▲ 缺佐证"))
    return next((f"{said} {count} 项" for count, said in steps if count), "✓ 通过")


def conclusion_formula(opened: str, wrong: str, unevidenced: str) -> str:
    """``conclusion`` over the cells that hold the counts."""
    steps = ((wrong, "■ 有错 "), (opened, "○ 待填 "), (unevidenced, "▲ 缺佐证 "))
    asked = "".join(f'IF({count}>0,"{said}"&{count}&" 项",' for count, said in steps)
    return f'={asked}"✓ 通过"{")" * len(steps)}'


def signed(sign_off: SignOff) -> int:
    """How many fields of the sign-off are filled."""
    return sum(getattr(sign_off, field) not in (None, "") for field in SIGNED)


def signing(filled: int) -> str:
    """How far the sign-off is."""
    return f"{'✓' if filled == len(SIGNED) else '○'} 已填 {filled} / {len(SIGNED)}"


def signing_formula() -> str:
    """``signing`` over the cells of 签署."""
    return f'=IF({SIGNED_FORMULA}={len(SIGNED)},"✓ ","○ ")&"已填 "&{SIGNED_FORMULA}&" / {len(SIGNED)}"'


def overall(whole: Tally, filled: int) -> str:
    """Whether the ledger may be sent, else everything that is still in the way."""
    counts = (whole.open, whole.wrong, whole.unevidenced, len(SIGNED) - filled)
    told = [f"{word} {count} {unit}" for count, (word, unit) in zip(counts, _IN_THE_WAY, strict=True) if count]
    return NOT_READY + "，".join(told) if told else READY


def overall_formula(opened: str, wrong: str, unevidenced: str) -> str:
    """``overall`` over the cells that hold the counts of all forms."""
    counts = (opened, wrong, unevidenced, f"({len(SIGNED)}-{SIGNED_FORMULA})")
    told = "&".join(
        f'IF({count}>0,"，{word} "&{count}&" {unit}","")'
        for count, (word, unit) in zip(counts, _IN_THE_WAY, strict=True)
    )
    ready = ",".join(f"{count}=0" for count in counts)
    return f'=IF(AND({ready}),"{READY}","{NOT_READY}"&MID({told},2,200))'


_IN_THE_WAY = (("待填", "项"), ("有错", "项"), ("缺佐证", "项"), ("签署未填", "栏"))

"""核对: what a row of a ledger says about itself while it is being filled in.

Each rule stands once, as the condition a spreadsheet evaluates together with its outcome for an
answer, so the verdict stored in the file is the one Excel, WPS or LibreOffice will arrive at.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import inf

from learning_city.model.ledger import Answer
from learning_city.model.period import QUARTER
from learning_city.model.status import MISSING_TYPES, NEEDS_REASON
from learning_city.model.units import canonical, counts_whole_things, factor, is_share
from learning_city.prepare import kin_check
from learning_city.prepare.ledger_layout import MISSING, PREVIOUS, REASON, VALUE, ItemRow, Kin

PASSED, OPEN, FREE, WRONG = "通过", "待填", "选填", "有错"
_A_BATCH = 25
"""Conditions in one OR; the oldest spreadsheets take thirty."""
CHANGE = 0.3
"""Against last year, a change beyond this share asks for a reason."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A filled ledger as the rules see it: answers and last year's figures by ``ItemRow.position``."""

    answers: Sequence[Answer]
    previous: Sequence[float | None]

    def __call__(self, row: ItemRow) -> Answer:
        """The answer of a row."""
        return self.answers[row.position]


@dataclass(frozen=True, slots=True)
class Rule:
    """``condition`` is an Excel expression, ``broken`` its outcome; rules are asked in order."""

    condition: str
    broken: Callable[[Seen], bool]
    verdict: str


def rules(row: ItemRow, kin: Kin) -> tuple[Rule, ...]:
    """The rules of one row; the first that holds gives the verdict, none means 通过."""
    told = [*_filled_in(row)]
    if row.is_number:
        told += [*_number(row), *_with_kin(row, kin), *_with_rate(row, kin), *_with_last_year(row)]
    if row.item.type == "choice":
        told.append(_chosen(row))
    return tuple(told)


def kinds_of_missing(*, is_number: bool) -> tuple[str, ...]:
    """The missing types a row offers; a text or a choice is never zero."""
    return tuple(kind for kind in MISSING_TYPES if is_number or kind != "零")


def formula(asked: tuple[Rule, ...]) -> str:
    """The rules as one nested IF."""
    opened = "".join(f'IF({rule.condition},"{rule.verdict}",' for rule in asked)
    return f'={opened}"{PASSED}"{")" * len(asked)}'


def verdict(asked: tuple[Rule, ...], seen: Seen) -> str:
    """What ``formula`` evaluates to for these answers."""
    return next((rule.verdict for rule in asked if rule.broken(seen)), PASSED)


def number_of(answer: Answer) -> float | None:
    """The number in a value cell; None when it is blank or holds text."""
    return None if isinstance(answer.value, str) else answer.value


def _blank(of: Seen, row: ItemRow) -> bool:
    return of(row).value in (None, "")


def _mark(of: Seen, row: ItemRow) -> str:
    return of(row).missing_type


def _filled_in(row: ItemRow) -> Iterator[Rule]:
    value, missing = row.value_cell, row.cell(MISSING)
    yield Rule(
        f'AND({value}="",{missing}="")',
        lambda of: _blank(of, row) and not _mark(of, row),
        OPEN if row.item.required else FREE,
    )
    yield from _missing_type(row)
    yield Rule(
        f'AND({value}<>"",{missing}<>"",{missing}<>"零")',
        lambda of: not _blank(of, row) and _mark(of, row) not in ("", "零"),
        f"{WRONG}：两栏只填一栏",
    )
    yield Rule(
        f'AND({missing}="零",{value}<>"",{value}<>0)',
        lambda of: _mark(of, row) == "零" and not _blank(of, row) and of(row).value != 0,
        f"{WRONG}：与“零”矛盾",
    )
    yield from _reason(row)
    yield Rule(f'{value}=""', lambda of: _blank(of, row), PASSED)


def _missing_type(row: ItemRow) -> Iterator[Rule]:
    known = ("", *kinds_of_missing(is_number=row.is_number))
    unknown = ",".join(f'{row.cell(MISSING)}<>"{kind}"' for kind in known)
    yield Rule(f"AND({unknown})", lambda of: _mark(of, row) not in known, f"{WRONG}：无此缺数类型")


def _reason(row: ItemRow) -> Iterator[Rule]:
    kinds = [kind for kind in MISSING_TYPES if kind in NEEDS_REASON]
    unreasoned = ",".join(f'{row.cell(MISSING)}="{kind}"' for kind in kinds)
    yield Rule(
        f'AND(OR({unreasoned}),{row.cell(REASON)}="")',
        lambda of: _mark(of, row) in NEEDS_REASON and not of(row).reason,
        f"{WRONG}：请写明说明",
    )


def _chosen(row: ItemRow) -> Rule:
    """A choice that is none of its list, to the letter."""
    choices = row.item.choices
    same = [f'EXACT({row.value_cell},"{choice.replace(chr(34), chr(34) * 2)}")' for choice in choices]
    batches = [",".join(same[at : at + _A_BATCH]) for at in range(0, len(same), _A_BATCH)]
    return Rule(
        f"NOT(OR({','.join(f'OR({batch})' for batch in batches) or 'FALSE'}))",
        lambda of: as_text(of(row).value) not in choices,
        f"{WRONG}：不在可选范围",
    )


def as_text(value: float | str | None) -> str:
    """What a spreadsheet makes of a cell when it is taken for a text."""
    return f"{value:.15g}" if isinstance(value, float | int) else value or ""


def _number(row: ItemRow) -> Iterator[Rule]:
    value, unit = row.cell(VALUE), row.item.unit
    yield Rule(f"NOT(ISNUMBER({value}))", lambda of: number_of(of(row)) is None, f"{WRONG}：不是数")
    yield Rule(f"{value}<0", lambda of: _figure(of, row) < 0, f"{WRONG}：不应为负")
    if is_share(unit):
        whole = 100 if canonical(unit) == "%" else 1000
        yield Rule(f"{value}>{whole}", lambda of: _figure(of, row) > whole, f"{WRONG}：超过{whole}{unit}")
    if counts_whole_things(unit):
        yield Rule(
            f"{value}<>INT({value})",
            lambda of: not _figure(of, row).is_integer(),
            f"{WRONG}：应为整数",
        )


def _with_kin(row: ItemRow, kin: Kin) -> Iterator[Rule]:
    value, total = row.cell(VALUE), kin.total
    if total is not None and (times := factor(row.item.unit, total.item.unit)) is not None:
        whole, slack = total.cell(VALUE), kin_check.slack(total.item, [(row.item, times)], exact=times == 1)
        yield Rule(
            f"AND(ISNUMBER({whole}),ROUND({value}*{times:.10g}-{whole},9)>{slack:.10g})",
            lambda of: _over(of, row, times, total, slack),
            f"{WRONG}：大于合计",
        )
    shares = [(part, factor(part.item.unit, row.item.unit)) for part in kin.parts]
    known = [(part, times) for part, times in shares if times is not None]
    if known and len(known) == len(shares):
        slack = kin_check.slack(row.item, [(part.item, times) for part, times in known], exact=False)
        counted, added = kin_check.sum_of(known)
        yield Rule(
            f"AND({counted}={len(known)},ROUND(ABS({added}-{value}),9)>{slack:.10g})",
            lambda of: _does_not_add_up(of, row, known, slack),
            f"{WRONG}：不等于分项和",
        )


def _with_rate(row: ItemRow, kin: Kin) -> Iterator[Rule]:
    if kin.quotient is None or (check := kin_check.rate_check(row.item, *(part.item for part in kin.quotient))) is None:
        return
    top, bottom = kin.quotient
    yield Rule(
        check.condition(row.cell(VALUE), top.cell(VALUE), bottom.cell(VALUE)),
        lambda of: check.is_off(_figure(of, row), number_of(of(top)), number_of(of(bottom))),
        f"{WRONG}：与分子分母不符",
    )


def _with_last_year(row: ItemRow) -> Iterator[Rule]:
    value, previous, reason = row.cell(VALUE), row.cell(PREVIOUS), row.cell(REASON)
    if row.item.kind == "cumulative" and not QUARTER.match(row.item.period):
        yield Rule(
            f"AND(ISNUMBER({previous}),{value}<N({previous}))",
            lambda of: _figure(of, row) < _last_year(of, row, -inf),
            f"{WRONG}：累计数减少",
        )
    yield Rule(
        f'AND(N({previous})>0,{reason}="",ROUND(ABS({value}-N({previous}))-{CHANGE}*N({previous}),9)>0)',
        lambda of: not of(row).reason and _leaps(of, row),
        f"{WRONG}：变动大请说明",
    )


def _last_year(of: Seen, row: ItemRow, unknown: float) -> float:
    known = of.previous[row.position]
    return unknown if known is None else known


def _leaps(of: Seen, row: ItemRow) -> bool:
    before = _last_year(of, row, 0)
    return before > 0 and round(abs(_figure(of, row) - before) - CHANGE * before, 9) > 0


def _figure(of: Seen, row: ItemRow) -> float:
    """The row's number, after the rules before have seen that it is one."""
    return float(of(row).value or 0)


def _over(of: Seen, row: ItemRow, times: float, total: ItemRow, slack: float) -> bool:
    whole = number_of(of(total))
    return whole is not None and round(_figure(of, row) * times - whole, 9) > slack


def _does_not_add_up(of: Seen, row: ItemRow, parts: list[tuple[ItemRow, float]], slack: float) -> bool:
    figures = [_part(of(part)) for part, _ in parts]
    if any(figure is None for figure in figures):
        return False
    added = sum((figure or 0) * times for figure, (_, times) in zip(figures, parts, strict=True))
    return round(abs(added - _figure(of, row)), 9) > slack


def _part(answer: Answer) -> float | None:
    zero = answer.missing_type == "零" and answer.value in (None, "")
    return 0 if zero else number_of(answer)

"""Errors planted into answers: each kind as it happens in an office, with what a check should make of it."""

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass, replace

from learning_city.model.ledger import Answer, Ledger, LedgerItem, SignOff

NEARLY_ALIKE = 0.2
YEARBOOK_SLACK = 0.002
"""By how much (relative) a figure may differ from the yearbook's without a question."""
Answers = dict[tuple[str, str], Answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """One planted error: the definition (or sign-off field) it stands at, what stood there, what stands now.

    ``cause`` is what a check should name as the reason, empty where none can be told.
    """

    kind: str
    definition: str
    role: str
    original: str
    planted: str
    expect: str
    cause: str = ""


Fault = Callable[[LedgerItem, Answers, random.Random], list[Planted]]


def plant(
    ledger: Ledger, told: Answers, sign_off: SignOff, rate: float, chance: random.Random
) -> tuple[Answers, SignOff, list[Planted]]:
    """Plant errors into about ``rate`` of the items, never two in one block of rows that belong together."""
    told, planted = dict(told), []
    items = ledger.forms[0].items
    for block in {item.section for item in items}:
        mine = [item for item in items if item.section == block]
        if chance.random() < rate * len(mine):
            kind, at, fault, cause = chance.choice(FAULTS)
            planted += [replace(p, kind=_told(kind, p), cause=cause) for p in fault(mine[at], told, chance)]
    if chance.random() < rate:
        sign_off = replace(sign_off, seal="")
        planted.append(_said("no_seal", "seal", "signoff", "盖章扫描件.png", "", "block"))
    elif chance.random() < rate:
        sign_off = replace(sign_off, date=dt.date(2099, 1, 1))
        planted.append(_said("future_date", "date", "signoff", "", "2099-01-01", "block"))
    return told, sign_off, planted


def _told(kind: str, one: Planted) -> str:
    """The kind; what nobody could find is named apart: neighbours nearly alike, digits that change next to nothing."""
    if kind == "swapped" and _apart(one) < NEARLY_ALIKE:
        return "swapped_within_20_%"
    if kind == "digits_transposed" and _apart(one) < 2 * YEARBOOK_SLACK:
        return "digits_transposed_within_tolerance"
    return kind


def _apart(one: Planted) -> float:
    low, high = sorted((float(one.original), float(one.planted)))
    return high / low - 1


def _said(kind: str, definition: str, role: str, original: object, planted: object, expect: str) -> Planted:
    return Planted(
        kind=kind, definition=definition, role=role, original=str(original), planted=str(planted), expect=expect
    )


def _put(item: LedgerItem, told: Answers, expect: str, role: str = "value", **changes: object) -> list[Planted]:
    key = (item.form, item.definition)
    before = told[key]
    told[key] = replace(before, **changes)  # type: ignore[arg-type]
    name = next(iter(changes))
    return [_said("", item.definition, role, getattr(before, name), changes[name], expect)]


def _value(told: Answers, item: LedgerItem) -> float:
    return float(told[item.form, item.definition].value or 0)


def _times(factor: float, expect: str) -> Fault:
    def fault(item: LedgerItem, told: Answers, chance: random.Random) -> list[Planted]:
        del chance
        return _put(item, told, expect, value=round(_value(told, item) * factor, max(item.decimals, 4)))

    return fault


def _text(words: str) -> Fault:
    def fault(item: LedgerItem, told: Answers, chance: random.Random) -> list[Planted]:
        del chance
        return _put(item, told, "block", value=words.format(int(_value(told, item))))

    return fault


def _blank(item: LedgerItem, told: Answers, chance: random.Random) -> list[Planted]:
    del chance
    return _put(item, told, "ask", value=None)


def _no_reason(item: LedgerItem, told: Answers, chance: random.Random) -> list[Planted]:
    del chance
    return _put(item, told, "block", value=None, missing_type="暂缺", reason="")


def _both(item: LedgerItem, told: Answers, chance: random.Random) -> list[Planted]:
    del chance
    return _put(item, told, "block", missing_type="不适用")


def _evidence(item: LedgerItem, told: Answers, chance: random.Random) -> list[Planted]:
    del chance
    return _put(item, told, "ask", role="evidence", evidence="没有附上的名录.xlsx")


def _swap(item: LedgerItem, told: Answers, chance: random.Random) -> list[Planted]:
    """With the row below, which has the same unit."""
    del chance
    other = replace(item, definition=item.definition.replace("part1", "part2"))
    a, b = told[item.form, item.definition].value, told[other.form, other.definition].value
    return _put(item, told, "ask", value=b) + _put(other, told, "ask", value=a)


def _transposed(item: LedgerItem, told: Answers, chance: random.Random) -> list[Planted]:
    """Two neighbouring digits change places, far enough from the end to be more than rounding."""
    digits = list(str(int(_value(told, item))))
    places = [n for n in range(len(digits) - 2) if digits[n] != digits[n + 1] and (n or digits[1] != "0")]
    if not places:
        return []
    n = chance.choice(places)
    digits[n], digits[n + 1] = digits[n + 1], digits[n]
    return _put(item, told, "block" if not item.yearbook else "ask", value=float("".join(digits)))


def _repeated(item: LedgerItem, told: Answers, chance: random.Random) -> list[Planted]:
    del chance
    before = item.previous
    if before is None or abs(before / _value(told, item) - 1) < 2 * YEARBOOK_SLACK:
        return []
    return _put(item, told, "ask", value=before)


def _since(item: LedgerItem, told: Answers, chance: random.Random) -> list[Planted]:
    """The sum of last year and this one."""
    del chance
    if item.previous is None:
        return []
    return _put(item, told, "ask", value=round(_value(told, item) + item.previous, item.decimals))


FAULTS: tuple[tuple[str, int, Fault, str], ...] = (
    ("negative", 11, _times(-1, "block"), "sign_reversed"),
    ("share_over_100", 10, _times(6, "block"), ""),
    ("text_in_number", 11, _text("约{}"), "text_in_number_cell"),
    ("other_unit", 11, _text("{}人"), "text_in_number_cell"),
    ("blank", 9, _blank, ""),
    ("missing_without_reason", 9, _no_reason, ""),
    ("value_and_type", 9, _both, ""),
    ("part_over_total", 4, _times(12, "block"), ""),
    ("parts_differ", 0, _times(1.07, "block"), "parts_do_not_add_up"),
    ("parts_transposed", 0, _transposed, "digits_transposed"),
    ("rate_differs", 7, _times(0.93, "block"), "rate_differs_from_parts"),
    ("rate_as_fraction", 7, _times(0.01, "block"), "fraction_for_percent"),
    ("share_as_fraction", 10, _times(0.01, "ask"), "fraction_for_percent"),
    ("unit_slip", 9, _times(1000, "ask"), "unit_slip"),
    ("unit_slip_10000", 9, _times(10_000, "ask"), "unit_slip"),
    ("unit_slip_down", 11, _times(0.0001, "ask"), "unit_slip"),
    ("decimal_shift", 9, _times(10, "ask"), "decimal_shift"),
    ("decimal_shift_down", 9, _times(0.1, "ask"), "decimal_shift"),
    ("swapped", 1, _swap, "swapped_with_neighbour"),
    ("cumulative_fall", 8, _times(0.8, "ask"), ""),
    ("jump", 9, _times(3, "ask"), "large_change"),
    ("yearbook_differs", 11, _times(1.1, "ask"), "differs_from_yearbook"),
    ("digits_transposed", 11, _transposed, "digits_transposed"),
    ("last_year_repeated", 11, _repeated, "last_year_repeated"),
    ("since_for_year_book", 11, _since, "cumulative_for_annual"),
    ("since_for_year", 9, _since, "cumulative_for_annual"),
    ("evidence_absent", 8, _evidence, ""),
)
"""(kind, position of the item within its block, fault, its likely cause)"""

"""What the sample's departments answer: the real figure where there is one, else a marked synthetic one or a typed missing value."""

import random
from collections.abc import Collection, Mapping

from learning_city.model.ledger import Answer, LedgerForm, LedgerItem
from learning_city.model.status import SYNTHETIC_MARK
from learning_city.samples.facts import bounds, sums

YEARLY_DRIFT = 0.03
"""Synthetic figures move by at most this share from one year to the next."""
_NOT_COLLECTED = Answer(missing_type="暂缺", reason="当年没有这项统计，无原始记录")


def answers(
    form: LedgerForm, real: Mapping[str, float], *, known: Collection[str], synthetic: bool, seed: int = 2017
) -> dict[tuple[str, str], Answer]:
    """(form, definition) -> answer for one form.

    ``real``: definition -> real figure. ``known``: definitions of which this place has a real figure for any year, in
    any document: no synthetic one is put beside those. Everything else is synthetic and says so, or 暂缺 with its
    reason; totals hold their parts and rates follow from numerator and denominator.
    """
    values = {item.definition: _figure(item, seed) for item in form.items}
    _consistent(form, values, real)
    told = {}
    for item in form.items:
        if item.definition in real:
            answer = Answer(value=real[item.definition])
        elif synthetic and not _touches_real(item, form, known):
            answer = Answer(value=values[item.definition], reason=f"{SYNTHETIC_MARK} 样例数据，非真实统计")
        else:
            answer = _NOT_COLLECTED
        told[item.form, item.definition] = answer
    return told


def _figure(item: LedgerItem, seed: int) -> float:
    """A figure that is the same at every run, close to its neighbours in time, and rising slowly."""
    low, high = bounds().get(item.definition, (10.0, 100.0))
    place = random.Random(f"{seed}/{item.place}/{item.definition}")  # noqa: S311 - samples, not secrets
    level = low + (high - low) * place.uniform(0.2, 0.8)
    steps = int(item.period[:4]) - 2010
    grown = level * (1 + place.uniform(0.2, 1.0) * YEARLY_DRIFT) ** steps
    if item.unit == "%":
        grown = min(grown, 99.0)
    return round(grown, item.decimals)


def _consistent(form: LedgerForm, values: dict[str, float], real: Mapping[str, float]) -> None:
    """Parts stay within their totals and rates follow from their parts."""
    by_measure = {item.measure: item.definition for item in form.items}
    known = {**values, **real}
    for parent in {item.parent for item in form.items if item.parent}:
        total = known[by_measure[parent]]
        parts = [item for item in form.items if item.parent == parent]
        if parts[0].parts == "all":
            whole = sum(values[item.definition] for item in parts)
            for item in parts[1:]:
                values[item.definition] = round(total * values[item.definition] / max(whole, 1e-9), item.decimals)
            rest = sum(values[item.definition] for item in parts[1:])
            values[parts[0].definition] = round(total - rest, parts[0].decimals)
        for item in parts:
            values[item.definition] = round(min(values[item.definition], total * 0.9), item.decimals)
        known |= values
        known |= real
    _add_up(form, values, known)
    for item in form.items:
        if item.numerator and item.unit == "%":
            top, bottom = known[by_measure[item.numerator]], known[by_measure[item.denominator]]
            values[item.definition] = round(100 * top / bottom, item.decimals) if bottom else 0.0


def _add_up(form: LedgerForm, values: dict[str, float], known: Mapping[str, float]) -> None:
    """Definitions that are the sum of others by a bridge agree with them."""
    for item in form.items:
        parts = sums().get(item.definition, ())
        if parts and all(part in known for part in parts):
            values[item.definition] = round(sum(known[part] for part in parts), item.decimals)


def _touches_real(item: LedgerItem, form: LedgerForm, known: Collection[str]) -> bool:
    """A synthetic figure is never mixed into a total, a rate or a series with real ones: those stay missing."""
    if item.definition in known:
        return True
    measures = {other.measure for other in form.items if other.definition in known}
    family = {item.parent, item.numerator, item.denominator, item.measure} - {""}
    children = {
        other.measure for other in form.items if item.measure in (other.parent, other.numerator, other.denominator)
    }
    return bool(measures & (family | children))

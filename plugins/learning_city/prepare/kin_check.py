"""核对 of rows that belong together: totals and parts, a rate and what it is made of, as far as rounding allows."""

from dataclasses import dataclass
from itertools import groupby

from learning_city.model.ledger import LedgerItem
from learning_city.model.units import canonical, counts_whole_things, factor
from learning_city.prepare.ledger_layout import MISSING, VALUE, ItemRow


@dataclass(frozen=True, slots=True)
class RateCheck:
    """What rounding allows: half-units of numerator (in the denominator's unit), denominator and rate."""

    times: float
    top: float
    bottom: float
    own: float

    def condition(self, rate: str, numerator: str, denominator: str) -> str:
        """The Excel expression that is true when the rate cannot come from its parts; never divides by zero."""
        top = f"N({numerator})*{self.times:.10g}"
        low = f"100*({top}-{self.top:.10g})/(N({denominator})+{self.bottom:.10g})"
        high = f"100*({top}+{self.top:.10g})/MAX(N({denominator})-{self.bottom:.10g},0.000000001)"
        gap = f"ROUND(MAX({low}-{rate}-{self.own:.10g},{rate}-{self.own:.10g}-{high}),7)"
        return f"AND(ISNUMBER({numerator}),N({denominator})>0,{gap}>0)"

    def is_off(self, rate: float, numerator: float | None, denominator: float | None) -> bool:
        """What ``condition`` evaluates to."""
        if numerator is None or denominator is None or denominator <= 0:
            return False
        low = 100 * (numerator * self.times - self.top) / (denominator + self.bottom)
        high = 100 * (numerator * self.times + self.top) / max(denominator - self.bottom, 1e-9)
        return round(max(low - rate - self.own, rate - self.own - high), 7) > 0


def rate_check(rate: LedgerItem, numerator: LedgerItem, denominator: LedgerItem) -> RateCheck | None:
    """The check of a rate in %; None for another unit, or where the parts count different things."""
    times = factor(numerator.unit, denominator.unit)
    if canonical(rate.unit) != "%" or times is None:
        return None
    top, bottom, own = (0.5 * 10.0**-item.decimals for item in (numerator, denominator, rate))
    return RateCheck(times, top * times, bottom, own)


def slack(total: LedgerItem, parts: list[tuple[LedgerItem, float]], *, exact: bool) -> float:
    """How far rounding to the printed decimals may take total and parts apart, in the total's unit."""
    whole = all(counts_whole_things(item.unit) for item in (total, *(part for part, _ in parts)))
    if exact or (whole and all(times == 1 for _, times in parts)):
        return 0.0
    steps = 10.0**-total.decimals + sum(times * 10.0**-part.decimals for part, times in parts)
    return steps / 2


def sum_of(parts: list[tuple[ItemRow, float]]) -> tuple[str, str]:
    """Excel expressions: how many parts are known, and their sum in the total's unit."""
    counted, added = [], []
    numbered = [(part.number - turn, times, part) for turn, (part, times) in enumerate(parts)]
    for (_, times), run in groupby(numbered, key=lambda entry: entry[:2]):
        rows = [part for *_, part in run]
        values = f"{rows[0].cell(VALUE)}:{rows[-1].cell(VALUE)}"
        marks = f"{rows[0].cell(MISSING)}:{rows[-1].cell(MISSING)}"
        counted.append(f'COUNT({values})+SUMPRODUCT(({marks}="零")*({values}=""))')
        added.append(f"SUM({values})*{times:.10g}")
    return "+".join(counted), "+".join(added)

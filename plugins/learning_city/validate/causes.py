"""Numbers that jump, and the likeliest reason: a slipped unit, a shifted point, a fraction for a percent, a swap."""

import numpy as np
import pandas as pd

NEAR = 0.25
"""How close (relative) the mended value must come to the reference to explain a slip."""
JUMP = 1.5
"""A change beyond this factor, up or down, is asked about when nothing explains it."""
FEW = 20.0
"""Below this size a ratio says little; a change of less than this is not asked about."""
SWAP_NEAR = 0.10
SWAP_APART = 0.20


def prepare(items: pd.DataFrame) -> pd.DataFrame:
    """Add ``slip`` ``decimal`` ``swap`` ``change`` (null where all is well), ``would_be`` and ``cause``.

    The reference of a value is the yearbook's figure for the same period, else last year's accepted value.
    """
    reference = items["yearbook"].where(items["yearbook"].notna(), items["previous"])
    value = items["value"]
    ratio = (value / reference).where((reference > 0) & (value > 0))
    power = np.log10(ratio).round()
    mended = value / 10.0**power
    near = ((mended / reference - 1).abs() <= NEAR) & (power != 0)
    fraction = near & (items["unit"] == "%") & (power == -2) & (value <= 1)
    items["decimal"] = ratio.where(near & (power.abs() == 1))
    items["slip"] = ratio.where(near & (power.abs() >= 2))
    swapped, partner = _swaps(items)
    items["swap"] = partner.where(swapped)
    explained = near | swapped
    change = (value / items["previous"]).where((items["previous"] > 0) & value.notna() & (items["kind"] != "rate"))
    large = (value - items["previous"]).abs() >= FEW
    items["change"] = change.where(large & ~explained)
    items["would_be"] = mended.where(near).fillna(partner.where(swapped)).round(6)
    items["cause"] = np.select(
        [fraction, near & (power.abs() == 1), near, swapped],
        ["fraction_for_percent", "decimal_shift", "unit_slip", "swapped_with_neighbour"],
        default="",
    )
    return items


def _swaps(items: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Neighbouring rows whose values fit each other's last year, and not their own."""
    same = (items["n"] == items["n"].shift(-1)) & (items["form"] == items["form"].shift(-1))
    same &= items["unit"] == items["unit"].shift(-1)
    a, b = items["value"], items["value"].shift(-1)
    pa, pb = items["previous"], items["previous"].shift(-1)
    fits = ((a / pb - 1).abs() <= SWAP_NEAR) & ((b / pa - 1).abs() <= SWAP_NEAR)
    odd = ((a / pa - 1).abs() > SWAP_APART) & ((b / pb - 1).abs() > SWAP_APART)
    first = same & fits & odd
    second = first.shift(fill_value=False)
    partner = b.where(first).fillna(items["value"].shift(1).where(second))
    return first | second, partner

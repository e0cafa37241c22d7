"""Figures that a slip explains: powers of ten, a share typed as a fraction, swapped neighbours, another definition."""

import numpy as np
import pandas as pd

from learning_city.validate.rows import marked

BAND = 0.25
"""Decades around a power of ten within which last year's figure still explains a slip: a growth of 1.8."""
CLOSE = 0.003
"""How near it must come to exact evidence, beside rounding."""
SWAP_APART, SWAP_NEAR = 0.18, 0.5
"""Two neighbours are swapped when both are at least this far (natural logarithm) from their own last year's figure,
and at most this share as far from each other's."""
SWAP_FAR = 0.5
"""However different two neighbours are, this far from the other's last year nothing fits."""
SURE_BAND = 0.03
"""The same as BAND against the yearbook, which speaks of the very year."""
FEW = 3
"""Steps of the last decimal that say nothing of a small number."""
STEPS = 20
"""Neighbours that differ by fewer steps of the last decimal are swapped only where they fit exactly."""


def add_swaps(items: pd.DataFrame) -> None:
    """``swap``: the neighbour's value, where two neighbours fit each other's reference and not their own."""
    known = (
        items["yearbook"].where(items["yearbook"] > 0, items["before"]).where(items["is_figure"] & (items["value"] > 0))
    )
    same = (items["n"] == items["n"].shift(-1)) & (items["sheet"] == items["sheet"].shift(-1))
    a, b, own, other = (
        items["value"],
        items["value"].shift(-1),
        known.where(known > 0),
        known.where(known > 0).shift(-1),
    )
    few = FEW * 2 * items["tolerance"]
    apart = np.minimum(_distance(a, own, few), _distance(b, other, few.shift(-1)))
    fits = np.maximum(_distance(a, other, few.shift(-1)), _distance(b, own, few))
    steps = (a - b).abs() / (2 * np.maximum(items["tolerance"], items["tolerance"].shift(-1)))
    exact = (fits < 1e-9) & (steps >= 3)
    near = (fits <= np.minimum(SWAP_NEAR * apart, SWAP_FAR)) & (steps >= STEPS)
    first = same & (apart >= SWAP_APART) & (near | exact)
    first &= ~first.shift(fill_value=False)  # a third row is not swapped with the second, too
    second = first.shift(fill_value=False)
    items["swap"] = b.where(first).fillna(a.shift(1).where(second))


def _distance(value: pd.Series, known: pd.Series, few: pd.Series) -> pd.Series:
    """How far (natural logarithm) a number is from what is known; a few steps more or less are nothing."""
    return np.log((value.where(value > 0) + few) / (known + few)).abs()


def add_powers(items: pd.DataFrame) -> None:
    """``slip``, ``decimal``: how many times the reference a figure is, where a power of ten explains it."""
    sure = items["yearbook"].where(items["yearbook_gap"] > 0)
    reference = sure.where(sure > 0, items["expected_by_peers"])
    ratio = (items["value"] / reference).where((reference > 0) & (items["value"] > 0) & items["is_figure"])
    exponent = np.log10(ratio)
    power = exponent.round()
    near = (exponent - power).abs() <= np.where(sure.notna(), SURE_BAND, BAND)
    asked = near & (items["is_large"] | sure.notna()) & ~items["is_confirmed"] & items["swap"].isna()
    rest = np.log10((items["value"] / items["rest"]).where(items["value"] > 0))
    by_rest = (
        items["is_figure"] & ((rest - rest.round()).abs() <= CLOSE / 2) & (rest.round() != 0) & items["swap"].isna()
    )
    ratio, power, asked = (
        10.0 ** rest.where(by_rest, np.log10(ratio)),
        rest.round().where(by_rest, power),
        asked | by_rest,
    )
    items["decimal"] = ratio.where(asked & (power.abs() == 1))
    items["slip"] = ratio.where(asked & (power.abs() >= 2))
    value, digits = items["value"], items["decimals"].astype("float64")
    whole = value * 10.0 ** (digits + 2)
    rough, fine = (value * 10.0**digits - (value * 10.0**digits).round()).abs(), (whole - whole.round()).abs()
    percent = (items["unit"] == "%") & (value > 0) & (value <= 1) & items["is_figure"] & ~items["is_confirmed"]
    known = items["expected_by_peers"]
    unlike = np.log10((100 * value / known).where(percent & (known > 0))).abs() > BAND
    items["as_fraction"] = value.where(percent & (rough > 1e-6) & (fine < 1e-6) & items["slip"].isna() & ~unlike)
    items["slip"] = items["slip"].fillna(items["as_fraction"] / value * 0.01)


def add_other_definitions(items: pd.DataFrame) -> None:
    """``other_definition``: a figure that is exactly what the same measure is under another definition on the sheet."""
    group = items.loc[items["is_figure"] & (items["before"] > 0), ["n", "place", "period", "measure", "unit"]]
    twice = group[group.duplicated(keep=False)]
    items["other_definition"] = marked(items["is_figure"] & False, items["label"])
    if twice.empty:
        return
    rows = items.loc[twice.index, ["n", "place", "period", "measure", "unit", "value", "before", "label", "definition"]]
    pairs = rows.reset_index().merge(
        rows, on=["n", "place", "period", "measure", "unit", "value"], suffixes=("", "_theirs")
    )
    pairs = pairs[pairs["definition"] != pairs["definition_theirs"]]
    own = np.abs(np.log(pairs["value"] / pairs["before"]))
    theirs = np.abs(np.log(pairs["value"] / pairs["before_theirs"]))
    taken = pairs[(pairs["value"] > 0) & (own > theirs)].drop_duplicates("index").set_index("index")
    items.loc[taken.index, "other_definition"] = taken["label_theirs"].astype(str)

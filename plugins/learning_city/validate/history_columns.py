"""Figures against earlier years, other places and their neighbours: what jumps, and beyond which bounds.

A change counts only where it is large beside the row's own precision: one school more among three says nothing.
"""

import numpy as np
import pandas as pd

from learning_city.model import units
from learning_city.validate.rows import codes, marked

RISE, FALL = 1.6, 0.58
"""The rule's own bounds of a year's change, where fewer than LONG values are known."""
WIDEST = 3.0
"""However restless a series was, a change beyond this factor is asked about."""
LEAST = 0.3
"""However calm it was, a change (relative) below this is not."""
SINCE_RISE = 3.0
"""A number counted since a start grows in leaps at first."""
PEER_RISE, PEER_FALL = 1.45, 0.6
"""Bounds within which a place may differ from how its peers moved, however alike those are."""
LONG = 5
"""Values a series needs before its own past says what is usual (domain)."""
ROBUST = 6.0
"""Robust standard deviations from the median; the few values of a series leave the deviation itself uncertain."""
STEPS = 20
"""A change of fewer steps of the last decimal is not asked about."""
POINTS = 5.0
"""A share that moved by fewer percentage points is not asked about."""
PLACES = 20
"""Places a comparison among peers needs (Hidiroglou-Berthelot)."""
SIZE, SPREAD = 0.5, 7.0
"""Exponent of size and multiple of the quartile distance of Hidiroglou-Berthelot."""
LEVEL = 1.7
"""Decades from the middle of its peers at which a figure without history is asked about."""
LONG_NUMBER = 10_000
"""Steps from which the same figure two years running is no coincidence."""
_TO_SIGMA = 1.4826


def add_growth(items: pd.DataFrame) -> None:
    """``before`` (comparable value a year earlier), ``expected`` (what peers' growth makes of it), ``ratio``, ``is_large``."""
    figure, value = items["is_figure"], items["value"]
    before = items["previous"].where(figure & (items["is_break"] != True))  # noqa: E712 - true, false and nothing
    group = pd.Series(codes(items, "form", "definition", "period"), items.index)
    ratio = (value / before).where((before > 0) & (value > 0))
    seen = ratio.groupby(group).transform("count")
    usual = ratio.groupby(group).transform("median").where(seen >= PLACES).clip(0.5, 2.0).fillna(1.0)
    items["before"], items["expected_by_peers"], items["ratio"] = before, before * usual, ratio / usual
    shift = np.minimum((value - items["expected_by_peers"]).abs(), (value - before).abs())
    items["is_large"] = shift >= STEPS * 2 * items["tolerance"]
    items["is_confirmed"] = (items["yearbook_gap"] <= 0) | (items["rate_gap"] <= 0)
    _add_peers(items, group, seen >= PLACES)


def add_changes(items: pd.DataFrame) -> None:
    """``change``, ``outlier`` (own history), ``peer`` (among places), ``level``: null where all is well or explained."""
    fits = items["swap"].isna() & items["slip"].isna() & items["decimal"].isna()
    few_points = items["is_share"] & ((items["value"] - items["before"]).abs() < POINTS)
    asked = items["is_figure"] & fits & items["is_large"] & ~items["is_confirmed"] & ~few_points
    ratio = (items["value"] / items["expected_by_peers"]).where((items["expected_by_peers"] > 0) & asked)
    low, high = _own_bounds(items)
    is_long = low.notna()
    rise = np.where(items["kind"] == "cumulative", SINCE_RISE, RISE)
    items["change"] = ratio.where(~is_long & ((ratio > rise) | (ratio < FALL)))
    items["own_low"], items["own_high"] = low * items["before"], high * items["before"]
    growth = (items["value"] / items["before"]).where((items["before"] > 0) & asked)
    items["outlier"] = growth.where((growth < low) | (growth > high))
    unsaid = items["change"].isna() & items["outlier"].isna()
    apart = (ratio > PEER_RISE) | (ratio < PEER_FALL)
    items["peer"] = items["peer"].where(asked & unsaid & apart & (items["kind"] != "cumulative"))
    items["level"] = items["level"].where(fits & ~items["is_confirmed"])
    _add_repeats(items)


def _own_bounds(items: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Lowest and highest usual growth by median and MAD of the growths of at least LONG earlier values."""
    if "past_values" not in items:
        nothing = pd.Series(np.nan, items.index)
        return nothing, nothing
    middle, mad = items["growth_median"], items["growth_mad"].mask(items["growth_mad"] == 0)
    wide = ROBUST * _TO_SIGMA * mad.fillna(0.01 * middle)
    is_long = (items["past_values"] >= LONG) & (middle > 0)
    low = np.minimum(middle - wide, middle * (1 - LEAST)).clip(lower=middle / WIDEST)
    high = np.maximum(middle + wide, middle * (1 + LEAST)).clip(upper=middle * WIDEST)
    return low.where(is_long), high.where(is_long)


def _add_peers(items: pd.DataFrame, group: pd.Series, enough: pd.Series) -> None:
    """Hidiroglou-Berthelot on the change since last year; on the level where no earlier figure is known."""
    ratio = items["ratio"].where(enough)
    distance = np.where(ratio < 1, 1 - 1 / ratio, ratio - 1)
    effect = pd.Series(distance * np.maximum(items["value"], items["expected_by_peers"]) ** SIZE, items.index)
    items["peer"] = ratio.where(_is_far(effect, group, 0.05))
    known = items["previous"].notna() | items["yearbook"].notna() | items["is_share"]
    level = np.log10(items["value"].where(items["is_figure"] & (items["value"] > 0) & ~known))
    seen = level.groupby(group).transform("count")
    level = level.where(seen >= PLACES)
    middle = level.groupby(group).transform("median")
    mad = (level - middle).abs().groupby(group).transform("median")
    far = (level - middle).abs() > np.maximum(LEVEL, ROBUST * _TO_SIGMA * mad)
    items["peer_middle"] = 10.0**middle
    items["level"] = (items["value"] / items["peer_middle"]).where(far)


def _is_far(effect: pd.Series, group: pd.Series, least: float) -> pd.Series:
    """Whether an effect lies SPREAD quartile distances beyond the middle of its group."""
    if not effect.notna().any():
        return pd.Series(data=False, index=effect.index)
    grouped = effect.groupby(group)
    low, middle, high = (group.map(grouped.quantile(share)) for share in (0.25, 0.5, 0.75))
    floor = (least * middle).abs()
    down, up = np.maximum(middle - low, floor), np.maximum(high - middle, floor)
    return (effect < middle - SPREAD * down) | (effect > middle + SPREAD * up)


def _add_repeats(items: pd.DataFrame) -> None:
    """A long figure that is exactly last year's, where most of the workbook's other long figures moved."""
    steps = items["before"] / (2 * items["tolerance"])
    names = items["unit"].unique()
    land = items["unit"].isin([name for name in names if units.UNITS.get(units.canonical(name), ("",))[0] == "面积"])
    long = (steps >= LONG_NUMBER) & ~items["is_share"] & ~land & (items["kind"] == "actual")
    same = (items["value"] == items["before"]) & long
    moved = (long & ~same).groupby(items["n"]).transform("sum")
    repeats = same.groupby(items["n"]).transform("sum")
    items["repeated"] = marked(same & (moved > 2 * repeats) & ~items["is_confirmed"], items["text"])

"""Totals against their parts and rates against theirs, on a sheet and across the forms of a workbook."""

import numpy as np
import pandas as pd

from learning_city.model import units
from learning_city.validate.rows import Kin, beyond, scale

MANY_PARTS = 10
"""More than so many roundings rarely add up to their worst case."""


def add_parts(items: pd.DataFrame, kin: Kin) -> None:
    """Parts that should add up (``all``), and parts that may not exceed their total (``some`` and ``all``).

    Sets ``over_total`` and ``total_of_part`` at parts; ``parts_sum``, ``parts_gap``, ``parts_rounding`` at totals;
    ``parent_row`` (row number, -1 for none). A total with a part that is missing is only held against going below it.
    """
    value, tolerance = items["value"].to_numpy(), items["tolerance"].to_numpy()
    parent = kin.find(items["parent"])
    items["parent_row"] = parent
    rows = np.flatnonzero(parent >= 0)
    to = parent[rows]
    factor = scale(items["unit"].iloc[rows], items["unit"].iloc[to])
    part, slack = value[rows] * factor, tolerance[rows] * factor
    over, total = np.full(len(items), np.nan), np.full(len(items), np.nan)
    over[rows], total[rows] = part - value[to] - slack - tolerance[to], value[to]
    items["over_total"], items["total_of_part"] = beyond(pd.Series(over, items.index), items["value"]), total
    whole = (items["parts"].iloc[rows] == "all").to_numpy()
    summed = pd.DataFrame(
        {"to": to, "part": part, "slack": slack, "least": (slack / 0.5) ** 2 / 12, "known": ~np.isnan(part)}
    )[whole]
    _add_sums(
        items, summed.groupby("to").agg({"part": "sum", "slack": "sum", "least": "sum", "known": ["sum", "size"]})
    )


def _add_sums(items: pd.DataFrame, sums: pd.DataFrame) -> None:
    sums.columns = pd.Index(["part", "slack", "least", "known", "asked"])
    sums.index = items.index[sums.index.to_numpy(dtype="int64")]
    sums = sums.reindex(items.index)
    complete = sums["known"] == sums["asked"]
    items["parts_sum"] = sums["part"].where(sums["known"] > 0)
    apart = items["value"] - items["parts_sum"]
    apart = apart.abs().where(complete, -apart)
    items["parts_gap"] = beyond(apart - sums["slack"] - items["tolerance"], items["value"])
    usual = 3 * np.sqrt(sums["least"] + (2 * items["tolerance"]) ** 2 / 12)
    odd = complete & (sums["asked"] > MANY_PARTS) & (items["parts_gap"] <= 0)
    items["parts_rounding"] = beyond((apart - usual).where(odd), items["value"])
    _add_rest(items)


def _add_rest(items: pd.DataFrame) -> None:
    """``rest``: what a total that differs from its parts leaves to this part when the others are taken off."""
    parent = items["parent_row"].to_numpy()
    total = items[["value", "parts_sum", "parts_gap"]].to_numpy()[np.maximum(parent, 0)]
    rest = total[:, 0] - total[:, 1] + items["value"].to_numpy()
    apart = (parent >= 0) & (total[:, 2] > 0) & (items["parts"] == "all").to_numpy() & (rest > 0)
    same_unit = items["unit"].to_numpy() == items["unit"].to_numpy()[np.maximum(parent, 0)]
    items["rest"] = np.where(apart & same_unit, rest, np.nan)


def add_rates(items: pd.DataFrame, kin: Kin) -> None:
    """A rate against its numerator and denominator, by interval arithmetic: ``rate_from_parts``, ``rate_gap``."""
    top, bottom = kin.find(items["numerator"]), kin.find(items["denominator"])
    rows = np.flatnonzero((top >= 0) & (bottom >= 0))
    top, bottom = top[rows], bottom[rows]
    factor = _per(items["unit"].iloc[rows], items["unit"].iloc[top], items["unit"].iloc[bottom])
    value, tolerance = items["value"].to_numpy(), items["tolerance"].to_numpy()
    below = np.where(value[bottom] > 0, value[bottom], np.nan)
    rate = factor * value[top] / below
    low = factor * (value[top] - tolerance[top]) / (below + tolerance[bottom])
    high = factor * (value[top] + tolerance[top]) / np.maximum(below - tolerance[bottom], 1e-12)
    own, slack = value[rows], tolerance[rows]
    for name, column in (("rate_from_parts", rate), ("rate_gap", np.maximum(low - own - slack, own - slack - high))):
        items[name] = pd.Series(column, index=items.index[rows]).reindex(items.index)
    items["rate_gap"] = beyond(items["rate_gap"], items["value"])
    items["top_row"] = pd.Series(top, index=items.index[rows]).reindex(items.index, fill_value=-1)
    items["bottom_row"] = pd.Series(bottom, index=items.index[rows]).reindex(items.index, fill_value=-1)


_WHOLE = {"%": 100.0, "‰": 1000.0}


def _per(rate: pd.Series, top: pd.Series, bottom: pd.Series) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """What the quotient of two numbers is to be multiplied by; NaN where the units make no such rate."""
    said = list(zip(rate, top, bottom, strict=True))
    known = {each: _factor(*each) for each in set(said)}
    return np.array([known[each] for each in said], dtype="float64")


def _factor(rate: str, top: str, bottom: str) -> float:
    plain = units.canonical(rate)
    if plain in _WHOLE:
        return _WHOLE[plain] * (units.factor(top, bottom) or np.nan)
    over, _, under = plain.partition("/")
    return (units.factor(top, over) or np.nan) / (units.factor(bottom, under) or np.nan) if under else np.nan

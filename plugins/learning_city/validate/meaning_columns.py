"""Figures that are not what they say: another year's, another definition's, in another unit, added up; jumps at a break.

One figure alone proves little: where a whole column says the same, one finding stands at its first cell and counts the
figures that fit.
"""

import numpy as np
import pandas as pd

from learning_city.validate.known import ITEM, attach
from learning_city.validate.rows import codes, marked, scale

SHARE, FEW = 0.8, 3
"""Share of a column's known figures that must fit, and how many, where nothing contradicts their own meaning."""
LONG = 100
"""Steps of the last decimal below which two figures are equal by chance."""
BAND = 0.12
"""Decades within which a figure is a power of ten times what is known."""
APART = 0.03
"""Relative distance from what is known of its own meaning beyond which a figure contradicts it."""
RISE, FALL = 1.6, 0.58
KNOWN = ("before", "known", "known_before", "known_since")
BREAK = ("break_zh", "break_en")
COLUMNS = ("other_year", "fits_year", "other_scale", "scale_would_be", "accumulated", "since_would_be", "at_break")


def add_known(items: pd.DataFrame, known: pd.DataFrame) -> None:
    """Attach what ``checks/elsewhere`` says, in each row's own unit: null where another thing is counted."""
    attach(items, known, ITEM)
    factor = scale(items["definition_unit"], items["unit"])
    for name in ("known", "known_before", "known_since"):
        items[name] = items[name].astype("float64") * factor


def add_breaks(items: pd.DataFrame, breaks: pd.DataFrame) -> None:
    """``break_zh``, ``break_en``: why the series of a row's definition breaks in its period, everywhere or at its place."""
    everywhere = breaks["place"].isna()
    attach(items, breaks[everywhere].drop(columns="place"), ("definition", "period"))
    if not everywhere.all():
        attach(items, breaks[~everywhere], ITEM, over=BREAK)


def add_columns(items: pd.DataFrame) -> None:
    """COLUMNS, each null but where its finding stands."""
    for name in [name for name in KNOWN if name not in items]:
        items[name] = np.nan
    _other_year(items)
    _other_scale(items)
    _accumulated(items)
    add_jumps(items, items["known_before"])


def add_jumps(items: pd.DataFrame, before: pd.Series) -> None:
    """``at_break``: how many times last year's figure one is, beyond the usual, in a period in which its series breaks."""
    for name in [name for name in BREAK if name not in items]:
        items[name] = None
    ratio = (items["value"] / before).where((before > 0) & (items["value"] > 0))
    items["at_break"] = ratio.where(items["break_zh"].notna() & ((ratio > RISE) | (ratio < FALL)))


def _equal(items: pd.DataFrame, known: pd.Series) -> pd.Series:
    """Whether a figure, long enough not to be equal by chance, is what is known, within its rounding."""
    steps = items["value"].abs() / (2 * items["tolerance"])
    return ((items["value"] - known).abs() <= 1.0001 * items["tolerance"]) & (steps >= LONG)


def _contradicts(items: pd.DataFrame) -> pd.Series:
    """Whether a figure is far from what is known of its own meaning."""
    own = items["known"].fillna(items["known_before"])
    return (items["value"] - own).abs() > APART * own.abs()


def _first(group: np.ndarray, holds: pd.Series) -> pd.Series:
    """The first row of each group in which something holds."""
    first = ~pd.Series(group, holds.index).where(holds).duplicated()
    return holds & first


def _other_year(items: pd.DataFrame) -> None:
    """A column whose figures are those of the year before: a book's own year taken for the year of its data."""
    fits = _equal(items, items["known_before"]) & ~_equal(items, items["known"])
    group = codes(items, "n", "sheet", "period")
    by = pd.Series(group, items.index)
    many = fits.groupby(by).transform("sum")
    told = (items["known_before"].notna() & items["value"].notna()).groupby(by).transform("sum")
    here = _first(group, fits & (many >= FEW) & (many >= SHARE * told))
    items["other_year"] = marked(here, items["before"].astype(object))
    items["fits_year"] = marked(here, many.astype(int).astype(str) + "/" + told.astype(int).astype(str))


def _other_scale(items: pd.DataFrame) -> None:
    """A column a power of ten off: a heading that says 万平方米 over figures in 平方米."""
    reference = items["known"].fillna(items["known_before"])
    ratio = np.log10((items["value"] / reference).where((reference > 0) & (items["value"] > 0)))
    power = ratio.round()
    group = codes(items, "n", "sheet", "definition", "unit")
    by = pd.Series(group, items.index)
    usual = power.groupby(by).transform("median")
    fits = ((ratio - usual).abs() <= BAND) & (usual != 0)
    enough = fits.groupby(by).transform("sum") >= SHARE * ratio.notna().groupby(by).transform("sum")
    here = _first(group, fits & enough)
    items["other_scale"] = (10.0**usual).where(here)
    items["scale_would_be"] = (items["value"] / 10.0**usual).round(8).where(here)


def _accumulated(items: pd.DataFrame) -> None:
    """A figure of one year that is all earlier years and one more."""
    own = items["value"] - items["known_since"]
    like = (own > FALL * items["known_before"]) & (own < RISE * items["known_before"])
    holds = like & (items["value"] > RISE * items["known_before"]) & (items["kind"] == "actual")
    items["accumulated"] = items["known_since"].where(holds)
    items["since_would_be"] = own.round(8).where(holds)


def other_meanings(items: pd.DataFrame, meanings: pd.DataFrame) -> pd.DataFrame:
    """Rows whose figures are those of another definition of their measure, at the first cell of each column.

    Index: labels of ``items``; columns ``meant_zh``, ``meant_en``, ``facet_zh``, ``facet_en``, ``fits_meaning``. A figure that contradicts
    what is known of its own definition is enough; FEW where nothing is known of it.
    """
    columns = ["meant_zh", "meant_en", "facet_zh", "facet_en", "fits_meaning"]
    keyed = items.reset_index(names="row")[["row", *ITEM, "n", "sheet", "unit", "value", "tolerance"]]
    pairs = keyed.astype(dict.fromkeys(ITEM, object)).merge(meanings.astype(dict.fromkeys(ITEM, object)), on=list(ITEM))
    pairs["meant"] *= scale(pairs["meant_unit"], pairs["unit"])
    pairs = pairs[_equal(pairs, pairs["meant"])]
    if pairs.empty:
        return pd.DataFrame(columns=columns)
    pairs["contradicts"] = _contradicts(items).reindex(pairs["row"]).to_numpy()
    by = ["n", "sheet", "definition", "period", "other_zh"]
    many = pairs.groupby(by, observed=True)["row"].transform("size")
    proof = pairs.groupby(by, observed=True)["contradicts"].transform("any")
    found = pairs[proof | ((many >= FEW) & items["known"].reindex(pairs["row"]).isna().to_numpy())]
    found = found.assign(fits_meaning=many).sort_values("row").drop_duplicates(["n", "sheet", "definition", "period"])
    return found.rename(columns={"other_zh": "meant_zh", "other_en": "meant_en"}).set_index("row")[columns]

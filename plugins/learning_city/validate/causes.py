"""The likeliest reason why a number is wrong, and what it would be: one deciding function, strongest evidence first.

Exact evidence (the yearbook, another department, a rate's own parts, what the other parts leave of a total) must agree
within rounding; last year's figure only has to come near. Whatever explains nothing is not named.
"""

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from learning_city.validate import history_columns, slip_columns
from learning_city.validate.slip_columns import BAND, CLOSE

Column = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
NEAR = 0.03
"""How near (relative) a mended number must come to last year's, where many mendings are tried."""
FEW_DIGITS = 12
RULE_COLUMNS = (
    "slip", "decimal", "swap", "change", "outlier", "peer", "level", "repeated", "other_definition", "broken_whole",
)  # fmt: skip
GAPS = ("fall", "yearbook_gap", "department_gap", "rate_gap", "parts_gap", "over_total")


def prepare(items: pd.DataFrame) -> pd.DataFrame:
    """Add the columns of ``history_columns``, ``slip`` ``decimal`` ``swap`` ``other_definition``, ``would_be``, ``cause``."""
    history_columns.add_growth(items)
    slip_columns.add_swaps(items)
    slip_columns.add_powers(items)
    history_columns.add_changes(items)
    slip_columns.add_other_definitions(items)
    _add_proposals(items)
    items["cause"], items["would_be"] = "", np.nan
    doubtful = items[_is_doubtful(items)]
    if not doubtful.empty:
        cause, would_be = decide(items, doubtful)
        items.loc[doubtful.index, "cause"], items.loc[doubtful.index, "would_be"] = cause, would_be
        _blame_parts(items)
    return items


def _is_doubtful(items: pd.DataFrame) -> pd.Series:
    value = items["value"]
    wrong = (value < 0) | (items["share_value"] > 100) | (value < items["low"]) | (value > items["high"])
    wrong |= items["rest"].notna()
    return wrong | items[list(RULE_COLUMNS)].notna().any(axis=1) | (items[list(GAPS)] > 0).any(axis=1)


def decide(items: pd.DataFrame, rows: pd.DataFrame) -> tuple[list[str], Column]:
    """Cause and likely value of each doubtful row; the first explanation that holds is kept."""
    cause = np.full(len(rows), "", dtype=object)
    would_be = np.full(len(rows), np.nan)
    for name, holds, mended in _explanations(items, rows):
        free = holds & (cause == "")
        cause[free], would_be[free] = name, np.round(mended[free], FEW_DIGITS - 4)
    return list(cause), would_be


def _explanations(items: pd.DataFrame, rows: pd.DataFrame) -> Iterator[tuple[str, Flags, Column]]:
    """(cause, rows it holds for, what they would be), in the order of their strength."""
    value, nothing = rows["value"].to_numpy(), np.full(len(rows), np.nan)
    swapped = rows["swap"].notna().to_numpy()
    yield "swapped_with_neighbour", swapped, np.where(swapped, rows["swap"], nothing).astype("float64")
    exact = _exact(rows)
    for mend, close in ((_power, CLOSE), (_sign, CLOSE), (_digits, 0.0)):
        for target, slack in exact:
            yield from mend(rows, target, _agrees(target, slack, close))
    other = rows["other_definition"].notna().to_numpy()
    yield "other_definition", other, nothing
    rise = _rise_of_same(items, rows)
    odd = rows[["slip", "decimal", "change", "outlier", "peer"]].notna().any(axis=1).to_numpy()
    yield "cumulative_for_annual", odd & ~np.isnan(rise), rise
    expected = rows["expected_by_peers"].to_numpy()
    yield from _power(rows, expected, _in_band(rows, expected))
    yield from _sign(rows, expected, _near(expected, 0.45))
    jumps = (rows[["change", "outlier", "peer"]].notna().any(axis=1) | (rows["yearbook_gap"] > 0)).to_numpy()
    for target, slack in exact:
        repeats = (value == rows["previous"].to_numpy()) & ~np.isnan(target) & (np.abs(value - target) > 2 * slack)
        yield "last_year_repeated", repeats & (target > 0), target
        added = value - rows["before"].to_numpy()
        yield "cumulative_for_annual", _agrees(target, slack)(added) & (rows["kind"] == "actual").to_numpy(), added
    yield "last_year_repeated", rows["repeated"].notna().to_numpy(), nothing
    yield from _as_fraction(rows)
    yield from _broken(rows, expected)
    ratio = rows["ratio"].to_numpy()
    flow = ((rows["kind"] == "actual") & ~rows["is_share"]).to_numpy() & jumps
    yield "cumulative_for_annual", flow & (ratio > 1.65) & (ratio < 2.3), value - rows["before"].to_numpy()
    yield from ((name, holds & jumps, mended) for name, holds, mended in _digits(rows, expected, _near(expected, NEAR)))


def _rise_of_same(items: pd.DataFrame, rows: pd.DataFrame) -> Column:
    """By how much a cumulative figure of the workbook rose that says exactly what this row says; NaN where none does."""
    since = items[(items["kind"] == "cumulative") & items["is_figure"] & (items["value"] > 0)]
    rise = pd.Series((since["value"] - since["previous"]).to_numpy(), index=[since["n"], since["value"]])
    said = pd.MultiIndex.from_arrays([rows["n"], rows["value"]])
    found = rise[~rise.index.duplicated()].reindex(said).to_numpy("float64")
    return np.where((rows["kind"] == "actual").to_numpy() & (found >= 0), found, np.nan)


def _exact(rows: pd.DataFrame) -> list[tuple[Column, Column]]:
    """Numbers the value ought to equal, and by how much rounding lets it miss them."""
    own = rows["tolerance"]
    found = [
        (rows["rate_would_be"], own),
        (rows["yearbook"], own + rows["yearbook_tolerance"]),
        (rows["other_value"], own + rows["other_tolerance"]),
        (rows["parts_sum"].where(rows["parts_gap"] > 0), 2 * own),
        (rows["rest"], 2 * own),
    ]
    return [(target.to_numpy("float64"), slack.to_numpy("float64")) for target, slack in found]


def _agrees(target: Column, slack: Column, close: float = CLOSE) -> Callable[[Column], Flags]:
    return lambda mended: np.abs(mended - target) <= slack + close * np.abs(target)


def _near(target: Column, share: float) -> Callable[[Column], Flags]:
    return lambda mended: np.abs(mended - target) <= share * np.abs(target)


def _in_band(rows: pd.DataFrame, target: Column) -> Callable[[Column], Flags]:
    """Near a power of ten of last year's figure; a tenth or tenfold only where the change is large."""
    large = rows["is_large"].to_numpy()

    def holds(mended: Column) -> Flags:
        with np.errstate(all="ignore"):
            found: Flags = large & (np.abs(np.log10(mended / target)) <= BAND)
        return found

    return holds


def _power(rows: pd.DataFrame, target: Column, holds: Callable[[Column], Flags]) -> Iterator[tuple[str, Flags, Column]]:
    """Off by a power of ten."""
    value = rows["value"].to_numpy()
    with np.errstate(all="ignore"):
        power = np.round(np.log10(value / target))
        mended = value / 10.0**power
    found = holds(mended) & (np.abs(power) >= 1) & (np.abs(power) <= 8)
    percent = (rows["unit"] == "%").to_numpy() & (power == -2) & (value <= 1)
    yield "fraction_for_percent", found & percent, mended
    yield "decimal_shift", found & (np.abs(power) == 1), mended
    yield "unit_slip", found, mended


def _sign(rows: pd.DataFrame, target: Column, holds: Callable[[Column], Flags]) -> Iterator[tuple[str, Flags, Column]]:
    del target
    value = rows["value"].to_numpy()
    yield "sign_reversed", (value < 0) & holds(-value), -value


def _digits(
    rows: pd.DataFrame, target: Column, holds: Callable[[Column], Flags]
) -> Iterator[tuple[str, Flags, Column]]:
    """Two neighbouring digits changed places."""
    step = 2 * rows["tolerance"].to_numpy()
    steps = np.nan_to_num(np.round(rows["value"].to_numpy() / step), nan=0.0, posinf=0.0, neginf=0.0)
    steps = np.clip(steps, 0, 1e15).astype("int64")
    best, distance = np.full(len(rows), np.nan), np.full(len(rows), np.inf)
    for place in range(FEW_DIGITS):
        low, high = steps // 10**place % 10, steps // 10 ** (place + 1) % 10
        mended = (steps + (low - high) * (10 ** (place + 1) - 10**place)) * step
        apart = np.where((low != high) & (steps >= 10 ** (place + 1)), np.abs(mended - target), np.inf)
        nearer = apart < distance
        best, distance = np.where(nearer, mended, best), np.where(nearer, apart, distance)
    yield "digits_transposed", holds(best) & (steps >= 10), best


def _broken(rows: pd.DataFrame, expected: Column) -> Iterator[tuple[str, Flags, Column]]:
    """A part of a whole thing: the smallest power of ten that makes it whole again, if that is not far from last year."""
    broken, value = rows["broken_whole"].notna().to_numpy(), rows["value"].to_numpy()
    whole = np.zeros(len(rows), dtype=bool)
    for power in range(1, 5):
        mended = np.round(value * 10.0**power, 6)
        now = broken & ~whole & (mended == np.round(mended)) & _near(expected, 0.7)(mended)
        yield "decimal_shift" if power == 1 else "unit_slip", now, mended
        whole |= now


def _as_fraction(rows: pd.DataFrame) -> Iterator[tuple[str, Flags, Column]]:
    """A share up to 1 with two decimals more than the form asks for is a percentage that was typed as it is stored."""
    yield "fraction_for_percent", rows["as_fraction"].notna().to_numpy(), 100 * rows["value"].to_numpy()


def _add_proposals(items: pd.DataFrame) -> None:
    """``rate_would_be``, ``parts_would_be``: what a rate or total follows from, unless a part of it is itself in doubt."""
    suspect = items[["slip", "decimal", "swap", "change", "outlier", "peer"]].notna().any(axis=1).to_numpy()
    top, bottom = items["top_row"].to_numpy(), items["bottom_row"].to_numpy()
    theirs = ((top >= 0) & suspect[top]) | ((bottom >= 0) & suspect[bottom]) & ~suspect
    theirs |= items["is_share"].to_numpy() & (items["rate_from_parts"] > 100).to_numpy()
    items["rate_would_be"] = items["rate_from_parts"].where((items["rate_gap"] > 0) & ~theirs)
    parent = items["parent_row"].to_numpy()
    child = suspect & (parent >= 0) & (items["parts"] == "all").to_numpy()
    blamed = np.zeros(len(items), dtype=bool)
    blamed[parent[child]] = True
    items["parts_would_be"] = items["parts_sum"].where((items["parts_gap"] > 0) & ~(blamed & ~suspect))


def _blame_parts(items: pd.DataFrame) -> None:
    """A total that one mended part makes right is not itself wrong: it takes that part's cause and proposes nothing."""
    parent = items["parent_row"].to_numpy()
    guilty = np.flatnonzero((items["cause"] != "").to_numpy() & items["rest"].notna().to_numpy())
    blamed = pd.Series(items["cause"].to_numpy()[guilty], index=items.index[parent[guilty]])
    blamed = blamed[~blamed.index.duplicated()]
    blamed = blamed[items.loc[blamed.index, "cause"] == ""]
    items.loc[blamed.index, "cause"] = blamed

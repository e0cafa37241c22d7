"""Where the rows of a batch stand to each other: same sheet, same workbook, same item; found by whole columns."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from learning_city.model import units

Numbers = npt.NDArray[np.int64]
SHEET = ("n", "form", "place", "period")
"""Items of one form in one workbook: parts, totals and rates meet here."""
WORKBOOK = ("n", "place", "period")
"""All forms of one department: what is not on the sheet is looked for here."""


def codes(frame: pd.DataFrame, *columns: str) -> Numbers:
    """One number per distinct combination of the columns."""
    combined = np.zeros(len(frame), dtype="int64")
    for column in columns:
        code, names = pd.factorize(frame[column])
        combined = combined * (len(names) + 1) + code + 1
    return combined


class Kin:
    """Finds the row of a measure on the same sheet, else in the same workbook."""

    def __init__(self, items: pd.DataFrame) -> None:
        measure, names = pd.factorize(items["measure"])
        self._measures = pd.Index(np.asarray(names, dtype=object))
        self._scopes = []
        for columns in (SHEET, WORKBOOK):
            scope = codes(items, *columns) * len(self._measures)
            rows = pd.Series(np.arange(len(items)), index=scope + measure)
            self._scopes.append((scope, rows[~rows.index.duplicated()]))

    def find(self, names: pd.Series) -> Numbers:
        """Row number of the measure each row names; -1 where it names none, or none that is there."""
        found = np.full(len(names), -1, dtype="int64")
        for scope, rows in self._scopes:
            asking = np.flatnonzero((names != "").to_numpy() & (found < 0))
            measure = self._measures.get_indexer(pd.Index(names.iloc[asking])).astype("int64")
            at = rows.index.get_indexer(pd.Index(scope[asking] + measure))
            there = (measure >= 0) & (at >= 0)
            found[asking[there]] = rows.to_numpy()[at[there]]
        return np.where(found == np.arange(len(names)), -1, found)


def scale(left: pd.Series, right: pd.Series) -> npt.NDArray[np.float64]:
    """Factor from the left unit to the right one, row by row; NaN when they count different things."""
    a, from_units = pd.factorize(left)
    b, to_units = pd.factorize(right)
    table = np.array(
        [[units.factor(x, y) or np.nan for y in map(str, to_units)] for x in map(str, from_units)] or [[np.nan]]
    )
    known = (a >= 0) & (b >= 0)
    return np.where(known, table[np.maximum(a, 0), np.maximum(b, 0)] if table.size else np.nan, np.nan)


def marked(condition: "pd.Series | npt.NDArray[np.bool_]", shown: pd.Series | str) -> pd.Series:
    """A column that is null but where the condition holds; there it says ``shown``."""
    index = shown.index if isinstance(shown, pd.Series) else condition.index  # type: ignore[union-attr]
    column = pd.Series(None, index=index, dtype="object")
    column[condition] = shown[condition] if isinstance(shown, pd.Series) else shown
    return column


def beyond(gap: pd.Series, size: pd.Series) -> pd.Series:
    """A gap that floating point alone explains is no gap."""
    return gap.where(gap > size.abs() * 1e-9 + 1e-9, np.minimum(gap, 0.0))

"""What is known of the items of a batch beside what their workbooks say: joined by key, in a few whole columns."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from sqlalchemy import Connection

from learning_city.validate.fetch import fetch
from learning_city.validate.rows import Numbers

ITEM = ("definition", "place", "period")


def attach(items: pd.DataFrame, known: pd.DataFrame, on: Sequence[str], *, over: Sequence[str] = ()) -> None:
    """Add the columns of ``known`` to the items with the same keys; those named in ``over`` replace where they are known."""
    at = _rows_of(items, known, on)
    there = at >= 0
    for name in [name for name in known if name not in on]:
        is_text = not pd.api.types.is_numeric_dtype(known[name])  # frames of several years share no categories
        column = np.full(len(items), None if is_text else np.nan, dtype=object if is_text else "float64")
        column[there] = known[name].to_numpy(dtype=column.dtype)[at[there]]
        added = pd.Series(column, items.index)
        items[name] = added.where(added.notna(), items[name]) if name in over and name in items else added


def _rows_of(items: pd.DataFrame, known: pd.DataFrame, on: Sequence[str]) -> Numbers:
    """The row of ``known`` with each item's keys; -1 where there is none."""
    ours, theirs = np.zeros(len(items), dtype="int64"), np.zeros(len(known), dtype="int64")
    missing = np.zeros(len(items), dtype=bool)
    for name in on:
        names = pd.Index(known[name].astype(object).unique())
        theirs = theirs * (len(names) + 1) + names.get_indexer(pd.Index(known[name].astype(object)))
        own = items[name].astype("category")
        number = names.get_indexer(own.cat.categories.astype(object))[own.cat.codes]
        ours, missing = ours * (len(names) + 1) + number, missing | (number < 0)
    index = pd.Index(theirs)
    first = ~index.duplicated()
    at = index[first].get_indexer(pd.Index(ours))
    rows = np.flatnonzero(first)
    return np.where(missing | (at < 0), -1, rows[at] if len(rows) else -1).astype("int64")


def ledger_items(connection: Connection, ids: Sequence[int], submissions: pd.DataFrame) -> pd.DataFrame:
    """The items of workbooks with label, bounds, choices, history, yearbook and other departments' figures."""
    items = fetch(connection, "checks/items", ids=list(ids))
    of = submissions.set_index("n")[["department", "file"]]
    for name in of:
        items[name] = items["n"].map(of[name]).astype("category")
    if items.empty:
        return items.assign(label=None, low=None, high=None, choices=None)
    wanted = {f"{name}s": sorted(map(str, items[name].unique())) for name in ITEM}
    attach(items, fetch(connection, "checks/asked", periods=wanted["periods"]), ("period", "form", "definition"))
    attach(items, fetch(connection, "checks/places", periods=wanted["periods"]), ("period", "place"))
    items["label"] = items["label"].fillna(items["definition"].astype(object)).astype("category")
    is_city = items["is_city"] == 1
    items["low"], items["high"] = items["low"].where(is_city), items["high"].where(is_city)
    items["is_break"] = (items["is_new_definition"] == 1) | (items["is_new_place"] == 1)
    _add_history(connection, items, wanted)
    book = fetch(connection, "checks/book", **wanted)
    others = fetch(connection, "checks/others", ids=list(ids), **wanted)
    for known in (book, others):
        if not known.empty:
            attach(items, known, ITEM, over=("yearbook",))
    return items.drop(columns=["is_city", "is_new_definition", "is_new_place"])


def _add_history(connection: Connection, items: pd.DataFrame, wanted: dict[str, list[str]]) -> None:
    """Reconciled values of earlier years, else what last year's workbooks said, else what the workbook itself says."""
    keys = {name: wanted[name] for name in ("definitions", "places")}
    unit = items.pop("previous_unit")
    reported, past = [], []
    for period in wanted["periods"]:
        reported.append(fetch(connection, "checks/reported", period=period, **keys).assign(period=period))
        past.append(fetch(connection, "checks/history", period=period, **keys).assign(period=period))
    own = items["previous"].copy()
    attach(items, pd.concat(reported), ITEM, over=("previous",))
    reconciled = pd.concat(past)
    attach(items, reconciled.drop(columns="previous"), ITEM)
    attach(
        items,
        reconciled.loc[reconciled["previous"].notna(), [*ITEM, "previous"]].assign(before=1.0),
        ITEM,
        over=("previous",),
    )
    is_reconciled = items.pop("before") == 1
    items["previous_unit"] = unit.where(is_reconciled, items["previous_unit"].where(items["previous"].ne(own)))

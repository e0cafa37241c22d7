"""What the ledger rules look at, prepared once per batch: a column is null where its rule does not apply."""

import numpy as np
import pandas as pd

from learning_city.model import units
from learning_city.model.ledger import UNCALCULATED
from learning_city.model.status import MISSING_TYPES, NEEDS_REASON, SYNTHETIC_MARK
from learning_city.validate import kin_columns
from learning_city.validate.rows import Kin, beyond, codes, marked, scale

NOT_EVIDENCE = ("packed", "program", "other")
"""Kinds of files that prove nothing: nobody can look into them without unpacking or running them."""
YEAR_OF_MANY = 0.4
"""A cumulative figure that fell below this share of last year's is probably the year's own."""
TEXTS = ("text", "missing_type", "reason", "evidence", "parent", "parts", "numerator", "denominator")
KNOWN = ("choices", "previous_unit", "yearbook_unit", "yearbook_decimals", "is_break", "aggregation",
         "other_value", "other_unit", "other_decimals", "other_department")  # fmt: skip
"""What only a database or a catalogue knows of an item; without them there is nothing to be said about it."""


def prepare(items: pd.DataFrame, evidence: pd.DataFrame, *, is_demo: bool = False) -> pd.DataFrame:
    """All rule columns beside the items.

    ``items``: the columns of ``intake.item`` with ``n`` (workbook), ``file``, ``department``, ``low``, ``high`` (bounds
    or null), and where they are known those of KNOWN. ``evidence``: n, name, kind. Numbers are in each row's unit, but
    ``previous``, ``yearbook`` and ``other_value`` in theirs where that is named; tolerances are half-units of ``decimals``.
    """
    items = items.reset_index(drop=True)
    items = items.reindex(columns=[*items.columns, *(column for column in KNOWN if column not in items)])
    for column in ("value", "previous", "yearbook", "low", "high", "other_value"):
        items[column] = items[column].astype("float64")
    for column in TEXTS:
        items[column] = items[column].astype(object).where(items[column].notna(), "")
    items["tolerance"] = 0.5 * 10.0 ** -items["decimals"].astype("float64")
    _in_own_unit(items)
    _completeness(items)
    _type_and_unit(items)
    kin = Kin(items)
    kin_columns.add_parts(items, kin)
    kin_columns.add_rates(items, kin)
    _cumulative(items)
    _yearbook(items)
    _evidence(items, evidence)
    _departments(items)
    _twice(items)
    items["synthetic_here"] = marked(items["is_synthetic"].astype(bool) & (not is_demo), items["text"])
    return items


def _twice(items: pd.DataFrame) -> None:
    keys = codes(items, "n", "form", "definition", "place", "period")
    items["twice"] = marked(pd.Series(keys, items.index).duplicated(keep=False), items["text"])


def _in_own_unit(items: pd.DataFrame) -> None:
    """What is known of an item elsewhere, in the row's own unit; null where another thing is counted there."""
    for name in ("previous", "yearbook", "other"):
        known, unit = "other_value" if name == "other" else name, items[f"{name}_unit"]
        theirs = np.flatnonzero((unit.notna() & items[known].notna()).to_numpy())
        factor = np.ones(len(items))
        factor[theirs] = scale(unit.iloc[theirs], items["unit"].iloc[theirs])
        items[known] *= factor
        if f"{name}_decimals" in items:
            half = 0.5 * 10.0 ** -items[f"{name}_decimals"].astype("float64") * factor
            items[f"{name}_tolerance"] = half.fillna(items["tolerance"])


def _completeness(items: pd.DataFrame) -> None:
    items["is_written"] = items["value"].notna()
    silent = ~items["is_written"]
    items.loc[silent, "is_written"] = items.loc[silent, "text"].str.strip() != ""
    typed, value = items["missing_type"] != "", items["value"].notna()
    written = items["is_written"]
    told = ~items["reason"].isin([reason for reason in items["reason"].unique() if not _is_told(reason)])
    items["blank"] = marked(items["required"].astype(bool) & ~typed & ~written, pd.Series("—", items.index))
    both = typed & written & ~((items["missing_type"] == "零") & (items["value"] == 0))
    items["value_and_type"] = marked(both, items["text"] + " + " + items["missing_type"])
    items["untold"] = marked(items["missing_type"].isin(NEEDS_REASON) & ~told, items["missing_type"])
    items["unknown_type"] = marked(typed & ~items["missing_type"].isin(list(MISSING_TYPES)), items["missing_type"])
    items["is_figure"] = value & ~typed & (items["type"] == "number")


def _is_told(reason: object) -> bool:
    return str(reason).replace(SYNTHETIC_MARK, "").strip() != ""


def _type_and_unit(items: pd.DataFrame) -> None:
    number = items["type"] == "number"
    formula = items["text"] == UNCALCULATED
    unread = number & items["value"].isna() & items["is_written"] & ~formula
    items["unread"] = marked(unread, items["text"])
    items["uncalculated"] = marked(formula, items["text"])
    _choices(items)
    names = items["unit"].unique()
    share = items["unit"].isin([unit for unit in names if units.is_share(unit)])
    whole = items["unit"].isin([unit for unit in names if units.counts_whole_things(unit)]) & (items["decimals"] == 0)
    value = items["value"]
    items["is_share"] = share
    items["count_value"] = value.where(~share)
    items["share_value"] = value.where(share & (items["unit"] != "‰"))
    impossible = (value < 0) | (items["share_value"] > 100)
    items.loc[impossible, ["low", "high"]] = float("nan")
    items["broken_whole"] = marked(whole & (value != value.round()) & value.notna(), items["text"])


def _choices(items: pd.DataFrame) -> None:
    """An answer to a choice that is none of its choices; where those are unknown nothing is said."""
    asked = items.loc[(items["type"] == "choice") & items["choices"].notna(), ["text", "choices"]]
    wrong = [
        said.strip() not in ("", *known.split(";")) for said, known in zip(asked["text"], asked["choices"], strict=True)
    ]
    items["no_choice"] = asked["text"][wrong].astype(object).reindex(items.index)


def _cumulative(items: pd.DataFrame) -> None:
    """A series since a start never falls; a quarter counts from January anew and is not held against last year's."""
    fall = items["previous"] - items["value"] - 2 * items["tolerance"]
    quarters = [period for period in items["period"].unique() if "-Q" in str(period)]
    counts = (items["kind"] == "cumulative") & items["is_figure"]
    items["year_and_before"] = (items["value"] + items["previous"]).where(
        items["value"] <= YEAR_OF_MANY * items["previous"]
    )
    items["fall"] = beyond(fall.where(counts & ~items["period"].isin(quarters)), items["value"])


def _yearbook(items: pd.DataFrame) -> None:
    """Against the yearbook: what rounding explains on both sides, and two parts in a thousand."""
    gap = (items["value"] - items["yearbook"]).abs() - items["tolerance"] - items["yearbook_tolerance"]
    gap -= 0.002 * items["yearbook"].abs()
    items["yearbook_gap"] = beyond(gap.where(items["is_figure"]), items["yearbook"])


def _evidence(items: pd.DataFrame, evidence: pd.DataFrame) -> None:
    named = items.loc[items["evidence"] != "", ["n", "evidence"]]
    distinct = named.drop_duplicates()
    names = distinct.assign(name=distinct["evidence"].str.split("[;；]")).explode("name")
    names["name"] = names["name"].str.strip()
    names = names[names["name"] != ""]
    there = names.merge(evidence[["n", "name", "kind"]], on=["n", "name"], how="left", indicator="found")
    for column, wrong in (
        ("absent_evidence", there["found"] == "left_only"),
        ("odd_evidence", there["kind"].isin(NOT_EVIDENCE)),
    ):
        said = there[wrong].groupby(["n", "evidence"])["name"].agg("; ".join)
        hit = named.join(said, on=["n", "evidence"])["name"] if len(said) else pd.Series(dtype=object)
        items[column] = hit.astype(object).where(hit.notna(), None).reindex(items.index)


def _departments(items: pd.DataFrame) -> None:
    """The same item of the same place and period from two departments, in this batch or known, with other values."""
    item, department = codes(items, "definition", "place", "period"), codes(items, "department")
    here = pd.DataFrame({"item": item, "department": department})[items["is_figure"].to_numpy()]
    asked = here.drop_duplicates()
    several = here[here["item"].isin(asked.loc[asked["item"].duplicated(), "item"])]
    _others_here(items, several)
    gap = (items["value"] - items["other_value"]).abs() - items["tolerance"] - items["other_tolerance"]
    items["department_gap"] = beyond(gap.where(items["is_figure"]), items["value"])


def _others_here(items: pd.DataFrame, several: pd.DataFrame) -> None:
    """Beside each figure of an item that several departments of the batch report: the first that differs, in its unit."""
    mine = several.reset_index()
    pairs = mine.merge(mine, on="item", suffixes=("", "_other"))
    pairs = pairs[pairs["department"] != pairs["department_other"]]
    rows, others = pairs["index"].to_numpy(), pairs["index_other"].to_numpy()
    factor = scale(items["unit"].iloc[others], items["unit"].iloc[rows])
    theirs, slack = (items[name].to_numpy()[others] * factor for name in ("value", "tolerance"))
    apart = np.abs(items["value"].to_numpy()[rows] - theirs)
    found = pd.DataFrame({"row": rows, "value": theirs, "slack": slack, "apart": apart}).dropna()
    found = found.sort_values("apart", ascending=False).drop_duplicates("row")
    items.loc[found["row"], ["other_value", "other_tolerance"]] = found[["value", "slack"]].to_numpy()

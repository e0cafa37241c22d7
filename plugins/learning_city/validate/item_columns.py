"""What the ledger rules look at, prepared once per batch: a column is null where its rule does not apply."""

import numpy as np
import pandas as pd

from learning_city.model import units
from learning_city.model.ledger import UNCALCULATED
from learning_city.model.status import MISSING_TYPES, NEEDS_REASON, SYNTHETIC_MARK

SHEET = ["n", "form", "place", "period"]
"""Items of one form in one workbook: parts, totals and rates meet here."""

NOT_EVIDENCE = ("packed", "program", "other")
"""Kinds of files that prove nothing: nobody can look into them without unpacking or running them."""


def prepare(items: pd.DataFrame, evidence: pd.DataFrame, *, is_demo: bool = False) -> pd.DataFrame:
    """All rule columns beside the items.

    ``items``: the columns of ``intake.item`` with ``n`` (workbook), ``file``, ``department``, and ``low``, ``high``
    (bounds or null). ``evidence``: n, name, kind. Numbers are in each row's unit; tolerances are half-units of ``decimals``.
    """
    items = items.reset_index(drop=True)
    if "choices" not in items:
        items["choices"] = None
    for column in ("value", "previous", "yearbook", "low", "high"):
        items[column] = items[column].astype("float64")
    items["tolerance"] = 0.5 * 10.0 ** -items["decimals"].astype("float64")
    for column in ("text", "missing_type", "reason", "evidence", "parent", "parts", "numerator", "denominator"):
        items[column] = items[column].fillna("")
    _completeness(items)
    _type_and_unit(items)
    _parts(items)
    _rates(items)
    _cumulative(items)
    _yearbook(items)
    _evidence(items, evidence)
    _departments(items)
    items["synthetic_here"] = _where(items["is_synthetic"].astype(bool) & (not is_demo), items["text"])
    return items


def _completeness(items: pd.DataFrame) -> None:
    typed, value = items["missing_type"] != "", items["value"].notna()
    written = items["text"].str.strip() != ""
    told = items["reason"].str.replace(SYNTHETIC_MARK, "", regex=False).str.strip() != ""
    empty = items["required"].astype(bool) & ~typed & ~written
    items["blank"] = _where(empty, "—")
    both = typed & written & ~((items["missing_type"] == "零") & (items["value"] == 0))
    items["value_and_type"] = _where(both, items["text"] + " + " + items["missing_type"])
    items["untold"] = _where(items["missing_type"].isin(NEEDS_REASON) & ~told, items["missing_type"])
    known = items["missing_type"].isin(list(MISSING_TYPES))
    items["unknown_type"] = _where(typed & ~known, items["missing_type"])
    items["is_explained"] = told & value


def _type_and_unit(items: pd.DataFrame) -> None:
    number = items["type"] == "number"
    formula = items["text"] == UNCALCULATED
    unread = number & items["value"].isna() & (items["text"].str.strip() != "") & ~formula
    items["unread"] = _where(unread, items["text"])
    items["uncalculated"] = _where(formula, items["text"])
    _choices(items)
    names = items["unit"].unique()
    share = items["unit"].isin([unit for unit in names if units.is_share(unit)])
    whole = items["unit"].isin([unit for unit in names if units.counts_whole_things(unit)]) & (items["decimals"] == 0)
    value = items["value"]
    items["count_value"] = value.where(~share)
    items["share_value"] = value.where(share)
    impossible = (items["count_value"] < 0) | (items["share_value"] < 0) | (items["share_value"] > 100)
    items.loc[impossible, ["low", "high"]] = float("nan")
    items["broken_whole"] = _where(whole & (value != value.round()) & value.notna(), items["text"])


def _choices(items: pd.DataFrame) -> None:
    """An answer to a choice that is none of its choices; where those are unknown nothing is said."""
    asked = items.loc[(items["type"] == "choice") & items["choices"].notna(), ["text", "choices"]]
    wrong = [
        said.strip() not in ("", *known.split(";")) for said, known in zip(asked["text"], asked["choices"], strict=True)
    ]
    items["no_choice"] = asked["text"][wrong].reindex(items.index)


def _parts(items: pd.DataFrame) -> None:
    """Parts that should add up (``all``), and parts that may not exceed their total (``some`` and ``all``)."""
    keys = [*SHEET, "measure"]
    totals = items.loc[items["value"].notna(), [*keys, "value", "tolerance", "unit"]].drop_duplicates(keys)
    totals.columns = pd.Index([*SHEET, "parent", "total", "total_tolerance", "total_unit"])
    part = items.loc[items["parent"] != "", [*SHEET, "parent", "parts", "value", "tolerance", "unit", "status"]]
    part = part.reset_index().merge(totals, on=[*SHEET, "parent"], how="inner").set_index("index")
    part[["value", "tolerance"]] = part[["value", "tolerance"]].mul(_scale(part["unit"], part["total_unit"]), axis=0)
    over = part["value"] - part["total"] - part["tolerance"] - part["total_tolerance"]
    items["over_total"] = over.reindex(items.index)
    items["total_of_part"] = part["total"].reindex(items.index)
    whole = part[part["parts"] == "all"].assign(
        value=lambda p: p["value"].mask(p["status"].isin(["M", "K"]) & p["value"].isna(), 0.0)
    )
    sums = whole.groupby([*SHEET, "parent"]).agg(
        parts_sum=("value", "sum"), known=("value", "count"), asked=("parent", "size"), slack=("tolerance", "sum")
    )
    sums = sums[sums["known"] == sums["asked"]].reset_index().rename(columns={"parent": "measure"})
    joined = items[[*keys, "value", "tolerance"]].reset_index().merge(sums, on=keys).set_index("index")
    items["parts_sum"] = joined["parts_sum"].reindex(items.index)
    gap = (joined["value"] - joined["parts_sum"]).abs() - joined["slack"] - joined["tolerance"]
    items["parts_gap"] = _beyond(gap, joined["value"]).reindex(items.index)


def _rates(items: pd.DataFrame) -> None:
    """A rate in % against its numerator and denominator on the same sheet, by interval arithmetic."""
    keys = [*SHEET, "measure"]
    known = items.loc[items["value"].notna(), [*keys, "value", "tolerance", "unit"]].drop_duplicates(keys)
    rate = items.loc[(items["numerator"] != "") & (items["unit"] == "%"), [*SHEET, "numerator", "denominator"]]
    rate = rate.reset_index()
    for side in ("numerator", "denominator"):
        named = known.rename(columns={c: f"{side}_{c}" for c in ("value", "tolerance", "unit")})
        rate = rate.merge(named.rename(columns={"measure": side}), on=[*SHEET, side])
    rate = rate.set_index("index")
    rate = rate[rate["denominator_value"] > 0]
    scale = _scale(rate["numerator_unit"], rate["denominator_unit"])
    top, bottom = rate["numerator_value"] * scale, rate["denominator_value"]
    low = 100 * (top - rate["numerator_tolerance"] * scale) / (bottom + rate["denominator_tolerance"])
    high = (
        100 * (top + rate["numerator_tolerance"] * scale) / (bottom - rate["denominator_tolerance"]).clip(lower=1e-12)
    )
    own, slack = items["value"].reindex(rate.index), items["tolerance"].reindex(rate.index)
    items["rate_from_parts"] = (100 * top / bottom).reindex(items.index)
    gap = np.maximum(low - own - slack, own - slack - high)
    items["rate_gap"] = _beyond(gap, own).reindex(items.index)


def _scale(left: pd.Series, right: pd.Series) -> pd.Series:
    """Factor from the left unit to the right one; null when they count different things."""
    pairs = {pair: units.factor(*pair) for pair in set(zip(left, right, strict=True))}
    return pd.Series([pairs[pair] for pair in zip(left, right, strict=True)], index=left.index, dtype="float64")


def _beyond(gap: pd.Series, size: pd.Series) -> pd.Series:
    """A gap that floating point alone explains is no gap."""
    return gap.where(gap > size.abs() * 1e-9 + 1e-9, np.minimum(gap, 0.0))


def _cumulative(items: pd.DataFrame) -> None:
    """A series since a start never falls; a quarter counts from January anew and is not held against last year's."""
    fall = items["previous"] - items["value"] - 2 * items["tolerance"]
    items["fall"] = fall.where((items["kind"] == "cumulative") & ~items["period"].str.contains("-Q"))


def _yearbook(items: pd.DataFrame) -> None:
    gap = (items["value"] - items["yearbook"]).abs() - 2 * items["tolerance"] - 0.002 * items["yearbook"].abs()
    items["yearbook_gap"] = _beyond(gap, items["yearbook"])


def _evidence(items: pd.DataFrame, evidence: pd.DataFrame) -> None:
    named = items.loc[items["evidence"] != "", ["n", "evidence"]]
    names = named.assign(name=named["evidence"].str.split("[;；]")).explode("name")
    names["name"] = names["name"].str.strip()
    names = names[names["name"] != ""].reset_index()
    there = names.merge(evidence[["n", "name", "kind"]], on=["n", "name"], how="left", indicator="found")
    for column, wrong in (
        ("absent_evidence", there["found"] == "left_only"),
        ("odd_evidence", there["kind"].isin(NOT_EVIDENCE)),
    ):
        items[column] = there[wrong].groupby("index")["name"].agg("; ".join).reindex(items.index)


def _departments(items: pd.DataFrame) -> None:
    """The same item of the same place and period from two departments, with values that differ."""
    asked = items[items["value"].notna()]
    keys = ["definition", "place", "period"]
    group = asked.groupby(keys)
    several = asked[(group["department"].transform("nunique") > 1)]
    apart = several.groupby(keys)["value"].transform(np.ptp) if len(several) else several["value"]
    items["department_gap"] = (apart - 2 * several["tolerance"]).reindex(items.index)


def _where(condition: pd.Series, shown: pd.Series | str) -> pd.Series:
    column = pd.Series(None, index=condition.index, dtype="object")
    column[condition] = shown[condition] if isinstance(shown, pd.Series) else shown
    return column

"""From the text of a cell to a number: what is understood is recorded as repaired, what is not stays text."""

import math
import re
import unicodedata

import pandas as pd
import pyarrow as pa

from learning_city.model import units

_NUMBER = re.compile(r"^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$")
_GROUPED = re.compile(r"^[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?$")


def number(text: str, unit: str) -> float | None:
    """The number a text means in its row's unit, or None when it means none.

    Full-width characters, spaces, thousands separators and the row's own unit are understood;
    another unit is not: 「12人」 in a row counted in 个 is no number.
    """
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).replace("−", "-")
    own = unicodedata.normalize("NFKC", units.canonical(unit))
    if own and own != "—" and plain.endswith(own):
        plain = plain[: -len(own)]
    if _GROUPED.match(plain):
        plain = plain.replace(",", "")
    meant = float(plain) if _NUMBER.match(plain) else math.inf
    return meant if math.isfinite(meant) else None


def asks_number(items: pd.DataFrame) -> pd.Series:
    """Whether each item asks for a number, by its ``type`` (number | text | choice)."""
    return ~items["type"].isin(["text", "choice"])


def coerce(items: pd.DataFrame) -> pd.DataFrame:
    """Add ``value`` (float), ``repaired`` (the text as it stood, where it had to be understood).

    ``items`` has ``text``, ``typed`` (number | text | empty | formula), ``unit`` and ``type``: where a
    text or a choice is asked, the answer is its text and never a number. Typed numbers are taken as
    they are; only distinct texts are looked at.
    """
    values = pd.Series(float("nan"), index=items.index, dtype="float64")
    asked = asks_number(items)
    typed = asked & (items["typed"] == "number")
    values[typed] = pa.array(items.loc[typed, "text"], pa.string()).cast(pa.float64()).to_numpy(zero_copy_only=False)
    texts = items.loc[asked & (items["typed"] == "text"), ["text", "unit"]]
    known = {pair: number(*pair) for pair in set(zip(texts["text"], texts["unit"], strict=True))}
    understood = pd.Series(
        [known[pair] for pair in zip(texts["text"], texts["unit"], strict=True)], index=texts.index, dtype="float64"
    ).dropna()
    values[understood.index] = understood
    repaired = pd.Series(None, index=items.index, dtype="object")
    repaired[understood.index] = items.loc[understood.index, "text"]
    return items.assign(value=values, repaired=repaired)

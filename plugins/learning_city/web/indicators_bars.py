"""Bars of one indicator in every city: on one scale from zero, none where nothing may be compared."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from learning_city.web.indicators_spark import Row

LENGTH = 1000
"""Length of the longest bar in units of the drawing."""


def bars(rows: Sequence[Row], targets: Mapping[str, Row]) -> dict[str, Any]:
    """By place: where its bar begins, how long it is and where its targets stand, on one scale from zero.

    What is not comparable or missing has no bar, and its size does not stretch the scale.
    """
    values = {row["place"]: row["value"] for row in rows if row["value"] is not None and row["verdict"] != "不可比"}
    marks = {
        place: [target[side] for side in ("value", "low", "high") if target[side] is not None]
        for place, target in targets.items()
    }
    every = [0.0, *values.values(), *(mark for found in marks.values() for mark in found)]
    low, high = min(every), max(every)
    scale = LENGTH / (high - low) if high > low else 0.0
    zero = -low * scale
    drawn = {}
    for row in rows:
        value = values.get(row["place"])
        drawn[row["place"]] = {
            "x": None if value is None else zero + min(value, 0.0) * scale,
            "width": None if value is None else abs(value) * scale,
            "marks": [zero + mark * scale for mark in marks.get(row["place"], ())],
        }
    return {"bars": drawn, "zero": zero}


def left_out(rows: Sequence[Row]) -> dict[str, int]:
    """Why how many cities have no rank: ``missing``, ``incomparable``, ``conflict``; each city once."""
    why = Counter(
        "missing" if row["value"] is None else "incomparable" if row["verdict"] == "不可比" else "conflict"
        for row in rows if not row["is_comparable"]
    )  # fmt: skip
    return dict(why)

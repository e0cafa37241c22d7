"""The interval of a computed number, and numbers and moments as JSON has them."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, text

from learning_city.catalogue import formulas
from learning_city.reports.proof_read import Row

MOST_CORNERS = 10
"""Intervals are taken at every corner of the inputs' intervals: 2^10 evaluations at most."""


def interval(
    connection: Connection, named: Row | None, value: Row, inputs: list[Row], counted: Row | None
) -> list[float] | None:
    """[low, high] of the value: the formula at every corner of its inputs' intervals, by the database that computed it.

    None where the value is missing, an input has no interval, or the indicator counts places.
    """
    expression = (named or {}).get("formula", {}).get("expression", "")
    bounded = [one for one in inputs if one.get("low") is not None and one.get("high") is not None]
    is_open = value["value"] is None or len(bounded) < len(inputs) or len(inputs) > MOST_CORNERS
    if counted or is_open or not expression or formulas.problems(expression):
        return None
    turns = range(len(inputs))
    corners = " CROSS JOIN ".join(f"(VALUES (cast(:l{at} AS float8)), (:h{at})) AS t{at} (v{at})" for at in turns)
    names = ", ".join(f'v{at} AS "{one["definition"]["code"]}"' for at, one in enumerate(inputs))
    rendered = formulas.rendered(expression)
    asked = f"SELECT min(x), max(x) FROM (SELECT {rendered} AS x FROM (SELECT {names} FROM {corners}) AS i) AS o"  # noqa: S608 - a checked tree
    ends = {f"{end}{at}": one[name] for at, one in enumerate(inputs) for end, name in (("l", "low"), ("h", "high"))}
    low, high = connection.execute(text(asked), ends).one()
    return None if low is None else [low, high]


def plain(said: Any) -> Any:
    """The same as JSON has it: moments and days as ISO text; what is not a number is nothing."""
    if isinstance(said, Mapping):
        return {str(name): plain(inner) for name, inner in said.items()}
    if isinstance(said, list | tuple):
        return [plain(inner) for inner in said]
    if isinstance(said, datetime):
        return said.isoformat(sep=" ")
    if isinstance(said, date):
        return said.isoformat()
    return None if isinstance(said, float) and said != said else said

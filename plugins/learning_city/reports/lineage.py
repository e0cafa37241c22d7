"""Where every number of a report comes from, down to the cell: one frame, read set by set and joined here."""

import io
from typing import Any

import pandas as pd
import pyarrow as pa
from pyarrow import csv
from sqlalchemy import Connection

from learning_city.warehouse.engine import driver
from learning_city.warehouse.statements import load

WINNER, LOSER, NOTHING = "winner", "loser", "nothing"
_KEY = ["place", "definition"]
_TYPES = {
    **dict.fromkeys(("value", "low", "high", "candidate_value", "observed_value"), pa.float64()),
    **dict.fromkeys(("formula_version", "edition", "rank", "obs_id", "submission_id"), pa.int64()),
    "is_conflict": pa.bool_(),
}
"""Whatever is not listed is text; moments and lists of observations too."""
UNSTEADY = ["obs_id", "submission_id", "recorded_at"]
"""Columns that differ between two databases that say the same: numbers given in turn, and moments."""


def lineage(connection: Connection, framework: str, period: str, places: tuple[str, ...]) -> pd.DataFrame:
    """A row per indicator, place, definition read and observation that could have been taken, best first.

    A definition without a value has one row whose ``role`` is ``nothing``. ``places`` empty means all of them.
    """
    said = {"framework": framework, "period": period, "places": list(places), "everywhere": not places}

    def frame(name: str, **more: Any) -> pd.DataFrame:
        return _copied(connection, name, said | more)

    formulas = frame("formulas")
    definitions = sorted(formulas["definition"].unique())
    found = frame("reconciled", definitions=definitions)
    heard = frame("candidates", definitions=definitions)
    known = found.merge(heard, on=_KEY, how="left", sort=False)
    known["role"] = [
        NOTHING if pd.isna(number) else WINNER if taken == parts else LOSER
        for number, taken, parts in zip(known["rank"], known.pop("winner"), known.pop("obs_ids"), strict=True)
    ]
    joined = formulas.merge(known, on=_KEY, how="left", sort=False)
    return joined.assign(role=joined["role"].fillna(NOTHING), period=period)


def _copied(connection: Connection, name: str, said: dict[str, Any]) -> pd.DataFrame:
    """What a statement gives, by COPY: a hundred thousand rows of thirty columns take a third of what rows one by one take."""
    statement = str(load(f"reports/{name}").compile(dialect=connection.dialect)).rstrip().rstrip(";")
    encoded = io.BytesIO()
    with (
        driver(connection).cursor() as cursor,
        cursor.copy(f"COPY ({statement}) TO STDOUT (FORMAT csv, HEADER)", said) as source,
    ):
        for piece in source:
            encoded.write(piece)
    names = encoded.getvalue().split(b"\n", 1)[0].decode().split(",")
    types = {one: _TYPES.get(one, pa.string()) for one in names}
    options = csv.ConvertOptions(
        column_types=types, strings_can_be_null=True, quoted_strings_can_be_null=False, null_values=[""],
        true_values=["t"], false_values=["f"],
    )  # fmt: skip
    encoded.seek(0)
    table = csv.read_csv(encoded, parse_options=csv.ParseOptions(newlines_in_values=True), convert_options=options)
    return table.to_pandas()


def sources(lineage: pd.DataFrame) -> dict[tuple[str, str], str]:
    """The sources behind each (indicator, place), by name."""
    taken = lineage[lineage["role"] == WINNER].dropna(subset=["source_zh"])
    named = taken.groupby(["indicator", "place"])["source_zh"].unique()
    return {key: "；".join(sorted(names)) for key, names in named.items()}

"""Every indicator of a random world, worked out again by plain Python over the reconciled values."""

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import Connection, Engine, text

from learning_city.indicators.compute import compute_in
from learning_city.warehouse import ref

PERIODS = ("2011", "2012", "2013", "2017")
ORDER = "BDFEIPWKQNLMOA"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_indicator_is_what_plain_python_makes_of_the_same_values(engine: Engine, seed: int) -> None:
    with engine.connect() as connection:
        edition = ref.current(connection)
        values = world(connection, edition, seed)
        compute_in(connection, list(PERIODS))
        stored = connection.execute(text(_STORED)).mappings().all()
        said = {(row["formula"], row["version"]): row for row in formulas(connection, edition)}
        for row in stored:
            here = values.get((row["place"], row["period"]), {})
            formula = said[row["formula"], row["formula_version"]]
            value, status, kind = plain(formula["expression"], here)
            if value is not None and formula["version"] > 1 and f"{formula['valid_from']:%Y}" == row["period"]:
                status = "B"
            assert (row["value"], row["status"], row["kind"]) == (value, status, kind), row["formula"]
        assert len(stored) > 8 * len(PERIODS) * 44
        assert sum(row["value"] is not None for row in stored) > len(stored) / 2
        connection.rollback()


def plain(expression: str, here: Mapping[str, tuple[float, str, str]]) -> tuple[object, str, str]:
    """(value, status, kind) of an expression over the figures of a place and year."""
    names = set(re.findall(r"[a-z_][a-z0-9_]*", expression)) - {"nullif"}
    known = [here[name] for name in names if name in here]
    kind = "synthetic" if any(one[2] == "synthetic" for one in known) else "actual"
    if len(known) < len(names):
        return None, "O", kind
    try:
        figures = {name: here[name][0] for name in names}
        value = eval(expression, {"nullif": lambda a, b: None if a == b else a}, figures)  # noqa: S307 - our own formulas
    except TypeError:
        return None, "O", kind
    status = min((one[1] for one in known), key=ORDER.index)
    return pytest.approx(value, rel=1e-12), status, kind


def world(connection: Connection, edition: int, seed: int) -> dict[tuple[str, str], dict[str, tuple[float, str, str]]]:
    """Figures of cities and years: some missing, some zero, of any status and kind; (place, period) -> definition -> figure."""
    chance = np.random.default_rng(seed)
    definitions = connection.execute(text("SELECT DISTINCT definition, measure FROM ref.definition")).all()
    places = ref.frame(connection, "place", edition).query("level == 'city'")["place"]
    keys = [(place, period, *one) for place in places for period in PERIODS for one in definitions]
    frame = pd.DataFrame(keys, columns=["place", "period", "definition", "measure"])
    frame["value"] = np.where(chance.random(len(frame)) < 0.02, 0, chance.uniform(1, 9000, len(frame)).round(2))
    frame["status"] = chance.choice(list("AAAAAAPEB"), len(frame))
    frame["kind"] = chance.choice(["actual"] * 9 + ["synthetic"], len(frame))
    frame = frame[chance.random(len(frame)) > 0.05]
    for period in PERIODS:
        connection.execute(text("SELECT warehouse.ensure_period(:period)"), {"period": period})
    connection.execute(text(_VALUE), frame.to_dict("records"))
    found: dict[tuple[str, str], dict[str, tuple[float, str, str]]] = {}
    for row in frame.to_dict("records"):
        here = found.setdefault((row["place"], row["period"]), {})
        here[row["definition"]] = (row["value"], row["status"], row["kind"])
    return found


def formulas(connection: Connection, edition: int) -> list[dict[str, Any]]:
    return ref.frame(connection, "formula", edition).to_dict("records")


_VALUE = """
INSERT INTO warehouse.reconciled_value (period, place, measure, definition, value, low, high, status, verdict, method, kind,
                                        winner, candidates, is_conflict)
VALUES (:period, :place, :measure, :definition, :value, :value, :value, :status, '可比', 'direct', :kind, '{}', 1, false)
"""
_STORED = """
SELECT v.* FROM warehouse.indicator_value AS v
JOIN ref.formula AS f ON f.formula = v.formula AND f.version = v.formula_version AND f.edition = v.edition
WHERE f.counts IS NULL AND v.aggregated = '{}'
"""

"""Figures of a test: a workbook in a line, without a file, put through the ledger rules."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from learning_city.model.finding import Finding
from learning_city.validate.check import Batch, check_ledgers

PLAIN: dict[str, Any] = {
    **dict.fromkeys(("form", "sheet"), "f"),
    "n": 1,
    "place": "110000",
    "period": "2017",
    "unit": "人",
    "decimals": 0,
    "required": True,
    "kind": "actual",
    **dict.fromkeys(("previous", "yearbook", "low", "high", "value"), None),
    **dict.fromkeys(("parent", "parts", "numerator", "denominator", "missing_type", "missing_cell"), ""),
    **dict.fromkeys(("reason", "reason_cell", "evidence", "evidence_cell"), ""),
    "type": "number",
    "status": "A",
    "repaired": None,
    "is_synthetic": False,
    "choices": None,
}
Row = Mapping[str, Any]


def row(measure: str, value: float | None, previous: float | None = None, **said: Any) -> Row:
    """One item; its cell is its measure, so that findings are told apart by it."""
    text = "" if value is None else f"{value:.12g}"
    names = dict.fromkeys(("measure", "definition", "label", "cell"), measure)
    return PLAIN | names | {"value": value, "previous": previous, "text": text} | said


def found(*rows: Row) -> list[Finding]:
    """The findings of these items."""
    items = pd.DataFrame([{"department": f"d{one['n']}", "file": f"{one['n']}.xlsx", **one} for one in rows])
    items["item_no"] = range(1, len(items) + 1)
    submissions = pd.DataFrame(
        [
            {"n": n, "file": f"{n}.xlsx", "round": "", "department": "d", "place": "110000", "period": "2017",
             "identity": "{}", "signoff": "{}", "problem": None, "problem_detail": None}
            for n in sorted(set(items["n"]))
        ]
    )  # fmt: skip
    nothing = pd.DataFrame(columns=["n", "name", "kind"])
    batch = Batch(submissions=submissions, items=items, evidence=nothing)
    return [one.finding for one in check_ledgers(batch, place_names={}, today=pd.Timestamp("2018-05-01").date())]


def told(*rows: Row) -> list[tuple[str, str, str, float | None]]:
    """(rule, cell, cause, would_be) of the findings."""
    return [(one.rule_id, one.cell, one.cause, one.would_be) for one in found(*rows)]

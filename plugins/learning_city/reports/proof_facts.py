"""Everything a proof card says, as one document: value, formula, inputs, candidates, decisions, findings, cells, hashes."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, text

from learning_city.errors import NeedsAPerson
from learning_city.reports.proof_interval import interval, plain
from learning_city.reports.proof_read import NOTHING, WINNER, Row, Stands, every, one

FORMAT = "lcm-proof/1"
COLUMNS_BESIDE = 7
_METHODS = ("direct", "unit", "sum", "difference", "average", "merge", "coefficient", "splice", "split", "proxy")
_OBSERVED = (
    "value", "unit", "definition", "place", "period", "status",
)  # fmt: skip
Place = tuple[int, str, str]
"""submission, sheet, cell"""


def facts(connection: Connection, stands: Stands) -> dict[str, Any]:
    """The document of a cell: values as numbers, moments and days as ISO text, everything else as text."""
    cell, value = stands.cell, stands.value
    said = {"indicator": cell.indicator, "place": cell.place, "period": cell.period, "framework": cell.framework}
    edition = value["edition"]
    if not value["formula"]:
        raise NeedsAPerson(
            f"{cell.indicator} 没有公式（定性指标或未算出），没有可证明的数。 "
            f"{cell.indicator} has no formula (qualitative, or not computed): there is nothing to prove."
        )
    named = one(connection, "proof_named", **said, **_of(value, "formula", "edition"), version=value["formula_version"])
    about = _About(connection, stands)
    inputs = [about.input(definition) for definition in dict.fromkeys(value["inputs"])]
    counted = _counted(connection, stands, (named or {})["formula"]["counts"]) if named else None
    chain = one(connection, "proof_chain", period=cell.period)
    document: dict[str, Any] = plain({
        "format": FORMAT,
        **(named or {}),
        "period": cell.period,
        **_of(value, "value", "status", "verdict", "is_synthetic"),
        "interval": interval(connection, named, value, inputs, counted),
        "inputs": inputs,
        "counted": counted,
        "missing": list(value["missing"] or ()),
        "build": stands.build,
        "chain": (stands.build or {}).get("chain") or (chain or {}).get("chain"),
        "edition_number": edition,
    })  # fmt: skip
    return document


def _of(row: Mapping[str, Any], *names: str) -> Row:
    return {name: row[name] for name in names}


class _About:
    """What the database knows of the rows a value stands on, each kind asked once for all of them."""

    def __init__(self, connection: Connection, stands: Stands) -> None:
        cell = stands.cell
        self._rows = stands.lineage
        observed = [row for row in stands.lineage if row.get("submission_id") is not None]
        places = sorted({_place(row) for row in observed})
        at = {
            "submissions": [one_[0] for one_ in places],
            "sheets": [one_[1] for one_ in places],
            "cells": [one_[2] for one_ in places],
        }
        routes = [str(row["route"]) for row in stands.lineage if row.get("route")]
        definitions = {*stands.value["inputs"], *(row["observed_definition"] for row in observed)}
        said = {"edition": stands.value["edition"], "period": cell.period, "place": cell.place,
                "definitions": sorted(definitions), "steps": sorted({name for one_ in routes for name in steps(one_)}),
                **at}  # fmt: skip
        known = {row["step"]: row["said"] for row in every(connection, "proof_steps", **said)}
        for bridge in known.values():
            definitions |= {part["definition"] for part in bridge["parts"]} | {bridge["to"]}
        said["definitions"] = sorted(definitions)
        self.definitions = {row["definition"]: row["said"] for row in every(connection, "proof_definitions", **said)}
        self._ranks = {row["source"]: row["rank"] for row in connection.execute(text(_RANKS), said).mappings()}
        self._steps = {name: self._in_words(bridge) for name, bridge in known.items()}
        self._files = {row["submission_id"]: row["said"] for row in every(connection, "proof_files", **said)}
        self._around = {key: _sheet(rows) for key, rows in _by_place(every(connection, "proof_around", **said)).items()}
        self._findings = _by_place(every(connection, "proof_findings", **said))
        decided = every(connection, "proof_decisions", **said)
        self._forms = _by_place(row for row in decided if row["about"] == "form")
        self._rulings = [row for row in decided if row["about"] == "conflict"]
        self._summed = _summed(connection, stands)

    def _in_words(self, bridge: Row) -> Row:
        """A bridge with the names of the definitions it joins; a place event keeps its places' codes."""
        name = {code: said["name_zh"] for code, said in self.definitions.items()}
        parts = [{**part, "name_zh": name.get(part["definition"])} for part in bridge["parts"]]
        return {**bridge, "to_zh": name.get(bridge["to"]), "parts": parts}

    def input(self, definition: str) -> Row:
        """One definition read: its words, its value, every candidate, and what was ruled."""
        rows = [row for row in self._rows if row["definition"] == definition]
        first = rows[0] if rows else {"role": NOTHING}
        heard = [row for row in rows if row["role"] != NOTHING]
        ranked = [list(found) for _, found in groupby(heard, key=lambda row: row["rank"])]
        best = next((found for found in ranked if found[0]["role"] == WINNER), None)
        names = ("value", "low", "high", "unit", "status", "verdict", "facet", "method", "kind", "is_conflict")
        return {
            "definition": self.definitions.get(definition, {"code": definition, "name_zh": definition}),
            **{name: first.get(name) for name in names},
            **self._summed.get(definition, {}),
            "candidates": [self._candidate(found, best) for found in ranked],
            "rulings": [row["said"] for row in self._rulings if row["definition"] == definition],
        }

    def _candidate(self, rows: list[Row], best: list[Row] | None) -> Row:
        first = rows[0]
        return {
            **_of(first, "role", "route"),
            "rank": int(first["rank"]),
            "method": first["candidate_method"],
            "value": first["candidate_value"],
            "why": why_lost(rows, best, self._ranks),
            "steps": [self._steps.get(name, {"step": name}) for name in steps(first["route"] or "")],
            "observations": [self._observation(row) for row in rows],
        }

    def _observation(self, row: Row) -> Row:
        key = _place(row) if row.get("submission_id") is not None else (0, "", "")
        definition = self.definitions.get(row["observed_definition"], {})
        corrected = _of(row, "corrected_by", "corrected_why", "corrected_basis") if row["corrected_by"] else None
        return {
            **{name: row[f"observed_{name}"] for name in _OBSERVED},
            "definition_zh": definition.get("name_zh"), "definition_en": definition.get("name_en"),
            "source": row["source_zh"] or row["source"], "recorded_at": row["recorded_at"],
            **_of(row, "sheet", "cell", "cell_text"), "corrected": corrected,
            "file": self._files.get(key[0]), "around": self._around.get(key),
            "findings": [one_["said"] for one_ in self._findings.get(key, ())],
            "decisions": [one_["said"] for one_ in self._forms.get(key, ())],
        }  # fmt: skip


def steps(route: str) -> list[str]:
    """The bridges and place events a route names, the one taken first first."""
    return list(dict.fromkeys(reversed(re.findall(r"([^(),\s]+)\(", route))))


def why_lost(rows: list[Row], best: list[Row] | None, ranks: Mapping[str, int]) -> str:
    """ruling, method, source (its rank) or order (what was recorded later goes first); empty for the winner."""
    first = rows[0]
    if first["role"] == WINNER or best is None:
        return ""
    if first["rank"] < best[0]["rank"]:
        return "ruling"
    if first["candidate_method"] != best[0]["candidate_method"]:
        return "method"
    worst, taken = (max(ranks.get(row["source"], 0) for row in found) for found in (rows, best))
    return "source" if worst != taken else "order"


def _place(row: Row) -> Place:
    return int(row["submission_id"]), str(row["sheet"]), str(row["cell"])


def _by_place(rows: Iterable[Row]) -> dict[Place, list[Row]]:
    found = defaultdict(list)
    for row in rows:
        found[_place(row)].append(row)
    return dict(found)


def _sheet(rows: list[Row]) -> Row:
    """The rows around a cell as a small table: the columns beside it that hold anything."""
    at = rows[0]["column_no"]
    near = range(max(1, at - COLUMNS_BESIDE), at + COLUMNS_BESIDE + 1)
    held = [no for no in near if no == at or any(len(row["cells"]) >= no and row["cells"][no - 1] for row in rows)]
    return {
        "columns": held,
        "column": at,
        "row": int(re.sub(r"\D", "", rows[0]["cell"])),
        "rows": [
            {
                "row": row["row_no"],
                "cells": [(row["cells"][no - 1] if len(row["cells"]) >= no else "") or "" for no in held],
            }
            for row in rows
        ],
    }


def _summed(connection: Connection, stands: Stands) -> dict[str, Row]:
    """Inputs that the place did not report and that were summed from the places below it, part by part."""
    lacking = [row["definition"] for row in stands.lineage if row["role"] == NOTHING]
    said = {"period": stands.cell.period, "place": stands.cell.place, "edition": stands.value["edition"]}
    found = connection.execute(text(_AGGREGATED), {**said, "definitions": lacking}).mappings() if lacking else ()
    totals = {row["definition"]: dict(row) for row in found}
    parts = every(connection, "proof_parts", **said, definitions=sorted(totals), level=None) if totals else []
    return {
        name: {
            **total,
            "method": "sum_of_places",
            "parts": [part for part in parts if part["definition"] == name and part["place"] in total["parts"]],
        }
        for name, total in totals.items()
    }


_RANKS = "SELECT source, rank FROM ref.source WHERE edition = :edition"
_AGGREGATED = """
SELECT a.definition, a.value, a.status, a.verdict, a.kind, a.parts, d.unit FROM warehouse.aggregated_value AS a
LEFT JOIN LATERAL (SELECT x.unit FROM ref.definition AS x WHERE x.edition = :edition AND x.definition = a.definition
  ORDER BY x.valid_from DESC LIMIT 1) AS d ON true
WHERE a.period = :period AND a.place = :place AND a.definition = ANY(:definitions)
"""


def _counted(connection: Connection, stands: Stands, level: str | None) -> Row | None:
    """For an indicator that counts places: every place below with the values its condition reads."""
    if not level:
        return None
    said = {"period": stands.cell.period, "place": stands.cell.place, "edition": stands.value["edition"]}
    rows = every(connection, "proof_parts", **said, definitions=list(stands.value["inputs"]), level=level)
    places = [
        {"place": place, "name_zh": found[0]["name_zh"], "name_en": found[0]["name_en"],
         "values": {row["definition"]: row["value"] for row in found if row["definition"]}}
        for place, found in ((key, list(group)) for key, group in groupby(rows, key=lambda row: row["place"]))
    ]  # fmt: skip
    return {"level": level, **_of(stands.value, "places_met", "places_all", "places_unknown"), "places": places}

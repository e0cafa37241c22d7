"""Where a chosen number comes from: formula, inputs, candidates that lost, decisions, and the cells of the files."""

from collections.abc import Sequence
from typing import Any

from learning_city.web import database, sheet
from learning_city.web.indicators_scope import MINE, Scope, Wanted
from learning_city.web.indicators_spark import Row

CANDIDATES, PARTS = 6, 60
"""Candidates shown of an input, and places that it is summed from; the page says how many more there are."""
_FORMULA = """
SELECT expression, valid_from, note FROM ref.formula
WHERE edition = :edition AND formula = :formula AND version = :version
"""
_INPUTS = """
SELECT i.definition, d.name_zh, d.name_en, d.unit, coalesce(v.value, a.value) AS value, v.method, v.winner, v.period,
  coalesce(v.verdict, a.verdict) AS verdict, coalesce(v.kind, a.kind) = 'synthetic' AS is_synthetic, a.parts
FROM unnest(CAST(:definitions AS text[])) WITH ORDINALITY AS i (definition, turn)
LEFT JOIN LATERAL (
  SELECT x.name_zh, x.name_en, x.unit FROM ref.definition AS x WHERE x.definition = i.definition
  ORDER BY x.edition DESC, x.valid_from DESC LIMIT 1
) AS d ON true
LEFT JOIN warehouse.reconciled_value AS v
  ON v.period = :period AND v.place = :place AND v.definition = i.definition
LEFT JOIN warehouse.aggregated_value AS a
  ON a.period = :period AND a.place = :place AND a.definition = i.definition AND v.definition IS NULL
ORDER BY i.turn
"""
_CANDIDATES = """
SELECT k.definition AS of_definition, k.rank, k.value AS reached, k.method, k.obs_ids, k.many, o.obs_id, o.value, o.unit,
  o.definition, o.place, o.period, o.source, src.name_zh AS source_zh, src.name_en AS source_en, o.kind, o.sheet, o.cell,
  x.text AS cell_text, o.recorded_at, s.submission_id, s.file_name, s.sha256,
  f.action, f.who, f.decided_at
FROM (
  SELECT c.*, count(*) OVER (PARTITION BY c.definition) AS many FROM warehouse.candidate AS c
  WHERE c.period = :period AND c.place = :place AND c.definition = ANY(CAST(:definitions AS text[]))
) AS k
CROSS JOIN LATERAL unnest(k.obs_ids) WITH ORDINALITY AS part (obs_id, turn)
JOIN warehouse.observation AS o ON o.obs_id = part.obs_id
LEFT JOIN intake.submission AS s ON s.submission_id = o.submission_id
LEFT JOIN ref.source AS src ON src.source = o.source AND src.edition = (SELECT max(edition) FROM ref.edition)
LEFT JOIN intake.cell AS x ON x.submission_id = o.submission_id AND x.sheet = o.sheet AND x.cell = o.cell
LEFT JOIN quality.form_decision AS f ON f.submission_id = o.submission_id AND o.source = 'ledger_' || f.form
WHERE k.rank <= :most ORDER BY k.definition, k.rank, part.turn
"""
_PARTS = """
SELECT p.place, p.value, p.kind = 'synthetic' AS is_synthetic FROM warehouse.reconciled_value AS p
WHERE p.period = :period AND p.definition = :definition AND p.place = ANY(CAST(:parts AS text[]))
ORDER BY p.place LIMIT :most
"""
_RULINGS = """
SELECT r.definition, r.who, r.why, r.state, r.confirmed_by, r.decided_at
FROM quality.conflict_ruling AS r
WHERE r.period = :period AND r.place = :place AND r.definition = ANY(CAST(:definitions AS text[])) AND r.state <> 'undone'
ORDER BY r.decision_id
"""
_OPEN = """
SELECT definition FROM warehouse.conflict
WHERE period = :period AND place = :place AND definition = ANY(CAST(:definitions AS text[])) AND state = 'open'
"""
_CELL = f"""
SELECT s.submission_id, s.kind, s.supersedes, s.file_name, x.sheet, x.cell
FROM intake.submission AS s JOIN (SELECT CAST(:sheet AS text) AS sheet, CAST(:cell AS text) AS cell) AS x ON true
WHERE s.submission_id = :submission AND {MINE}
"""  # noqa: S608 - constants


def lineage(scope: Scope, wanted: Wanted, cells: Sequence[Row]) -> dict[str, Any] | None:
    """The chosen cell with everything below it; None when nothing, or nothing he may see, is chosen."""
    key = (wanted.indicator, wanted.place)
    chosen = next((cell for cell in cells if (cell["indicator"], cell["place"]) == key), None)
    if chosen is None or not chosen["formula"]:
        return (
            {"cell": chosen, "formula": None, "inputs": [], "missing": [], "window": None, "at": None}
            if chosen
            else None
        )
    asked = {"period": chosen["period"], "place": chosen["place"], "definitions": chosen["inputs"] or []}
    inputs = _inputs(asked)
    version = {"edition": chosen["edition"], "formula": chosen["formula"], "version": chosen["formula_version"]}
    figures = [figure for one in inputs for figure in one["candidates"]]
    at = next((figure for figure in figures if figure["obs_id"] == wanted.cell), None)
    return {
        "cell": chosen, "inputs": inputs, "formula": database.row(_FORMULA, **version), "at": at,
        "missing": [one for one in inputs if one["definition"] in (chosen["missing"] or [])],
        "window": _window(scope, at) if at else None,
    }  # fmt: skip


def _inputs(asked: dict[str, Any]) -> list[dict[str, Any]]:
    """Each input with its candidates, the one in use first, with what was ruled, and with the places it is summed from."""
    found = database.rows(_CANDIDATES, **asked, most=CANDIDATES)
    rulings = database.rows(_RULINGS, **asked)
    disputed = {row["definition"] for row in database.rows(_OPEN, **asked)}
    inputs = []
    for row in database.rows(_INPUTS, **asked):
        mine = [dict(figure) for figure in found if figure["of_definition"] == row["definition"]]
        for figure in mine:
            figure["wins"] = row["winner"] is not None and set(figure["obs_ids"]) == set(row["winner"])
        mine.sort(key=lambda figure: (not figure["wins"], figure["rank"]))
        shown = len({figure["rank"] for figure in mine})
        inputs.append({
            **row, "candidates": mine, "more": mine[0]["many"] - shown if mine else 0,
            "rulings": [ruling for ruling in rulings if ruling["definition"] == row["definition"]],
            "is_disputed": row["definition"] in disputed, "summed": _summed(asked["period"], row),
        })  # fmt: skip
    return inputs


def _summed(period: str, row: Row) -> Sequence[Row]:
    if not row["parts"]:
        return ()
    return database.rows(_PARTS, period=period, definition=row["definition"], parts=row["parts"], most=PARTS)


def _window(scope: Scope, at: Row) -> dict[str, Any] | None:
    """The rows around the cell, where he may look at the whole file."""
    asked = {"submission": at["submission_id"], "sheet": at["sheet"], "cell": at["cell"]}
    found = database.row(_CELL, **asked, mine=scope.mine)
    return sheet.window(found) if found else None

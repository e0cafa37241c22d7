"""What the warehouse and the catalogue know of a conflict: candidates, what was heard beside them, rulings, precedents."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import RowMapping

from learning_city.web import database
from learning_city.web.definitions_paths import PLACE, names
from learning_city.web.rights import Right, Viewer

CANDIDATES, HEARD = 12, 8
"""Columns of candidates, and of figures that do not reach; the page says how many more there are."""
PRECEDENTS, INDICATORS = 5, 12
Row = Mapping[Any, Any]
_EDITION = """(SELECT coalesce((SELECT r.edition FROM warehouse.resolved AS r WHERE r.period = :period),
  (SELECT max(e.edition) FROM ref.edition AS e)))"""
_FIGURE = """o.obs_id, o.definition, o.place, o.period, o.value, o.unit, o.decimals, o.kind, o.status, o.source, o.sheet,
  o.cell, o.submission_id, o.recorded_at"""
_CANDIDATES = f"""
WITH wanted AS (
  SELECT * FROM unnest(CAST(:periods AS text[]), CAST(:places AS text[]), CAST(:definitions AS text[]))
    AS w (period, place, definition)
)
SELECT w.period AS of_period, w.place AS of_place, w.definition AS of_definition, k.rank, k.method, k.route,
  k.source_rank, k.value AS reached, k.low, k.high, k.status AS reached_status, k.obs_ids, k.others, k.many,
  {_FIGURE}, s.file_name
FROM wanted AS w
CROSS JOIN LATERAL (
  SELECT c.*, count(*) OVER () AS many FROM warehouse.candidate AS c
  WHERE c.period = w.period AND c.place = w.place AND c.definition = w.definition ORDER BY c.rank LIMIT {CANDIDATES}
) AS k
CROSS JOIN LATERAL (
  SELECT array_agg(DISTINCT l.heard_period) || w.period AS periods FROM warehouse.leaf AS l
  WHERE l.period = w.period AND l.to_definition = w.definition
) AS told
CROSS JOIN LATERAL unnest(k.obs_ids) WITH ORDINALITY AS part (obs_id, turn)
JOIN warehouse.observation AS o ON o.obs_id = part.obs_id AND o.period = ANY(told.periods)
LEFT JOIN intake.submission AS s ON s.submission_id = o.submission_id
ORDER BY w.period DESC, w.place, w.definition, k.rank, part.turn
"""  # noqa: S608 - constants
_HEARD = f"""
SELECT {_FIGURE}, src.rank AS source_rank, s.file_name, u.factor IS NOT NULL AS converts, count(*) OVER () AS many
FROM (SELECT DISTINCT d.definition FROM ref.definition AS d WHERE d.measure = :measure) AS d
JOIN warehouse.observation AS o ON o.definition = d.definition AND o.place = :place
LEFT JOIN ref.source AS src ON src.edition = {_EDITION} AND src.source = o.source
LEFT JOIN intake.submission AS s ON s.submission_id = o.submission_id
LEFT JOIN warehouse.unit_factor AS u ON u.from_unit = o.unit AND u.to_unit = :unit
WHERE o.value IS NOT NULL AND (o.period = :period OR intake.last_day(o.period) IS NULL)
  AND o.obs_id <> ALL(CAST(:known AS bigint[]))
  AND NOT EXISTS (SELECT FROM warehouse.superseded AS old WHERE old.obs_id = o.obs_id)
  AND NOT EXISTS (SELECT FROM warehouse.uncounted AS gone WHERE gone.obs_id = o.obs_id AND gone.period = o.period)
ORDER BY o.period <> :period, src.rank, o.definition, o.obs_id LIMIT {HEARD}
"""  # noqa: S608
_DEFINITIONS = f"""
SELECT DISTINCT ON (d.definition) d.definition, d.measure, d.name_zh, d.name_en, d.unit, d.decimals, d.aggregation, d.kind,
  d.population, d.time, d.boundary, d.scope, d.threshold, d.counting, d.text_zh, d.text_en
FROM ref.definition AS d
WHERE d.edition = {_EDITION} AND (d.measure = :measure OR d.definition = ANY(CAST(:also AS text[])))
ORDER BY d.definition, d.valid_from DESC
"""  # noqa: S608
_FACETS = f"""
SELECT f.facet, f.code, f.name_zh, f.name_en FROM ref.facet AS f WHERE f.edition = {_EDITION}
UNION ALL
SELECT DISTINCT 'threshold', h.threshold, h.name_zh, h.name_en FROM ref.threshold AS h WHERE h.edition = {_EDITION}
"""  # noqa: S608
_BRIDGES = f"""
SELECT b.bridge AS name, min(b.type) AS type, min(b.to_definition) AS to_definition, max(b.error) AS error,
  min(b.source) AS source, CASE WHEN count(*) = 1 THEN min(b.factor) END AS factor
FROM ref.bridge AS b WHERE b.edition = {_EDITION} AND b.bridge = ANY(CAST(:steps AS text[])) GROUP BY b.bridge
"""  # noqa: S608
_EVENTS = f"""
SELECT DISTINCT ON (e.new_place) '{PLACE}' || e.new_place AS name, e.date, e.type, e.source FROM ref.place_event AS e
WHERE e.edition = {_EDITION} AND '{PLACE}' || e.new_place = ANY(CAST(:steps AS text[]))
  AND e.date > intake.last_day(:period)
ORDER BY e.new_place, e.date
"""  # noqa: S608
_LEADS = """
SELECT DISTINCT w.from_definition, w.to_definition FROM (
  SELECT l.from_definition, l.to_definition FROM warehouse.leaf AS l JOIN warehouse.route AS r USING (period, route)
  WHERE l.period = :period AND r.measure = :measure AND l.from_definition <> l.to_definition
    AND (l.to_place IS NULL OR l.to_place = :place)
  GROUP BY l.from_definition, l.to_definition, l.route, l.slots HAVING count(DISTINCT l.slot) = l.slots
) AS w
"""
_RULINGS = """
SELECT r.decision_id, r.who, r.why, r.code, r.state, r.confirmed_by, to_char(r.decided_at, 'YYYY-MM-DD HH24:MI') AS decided,
  r.picked, EXISTS (SELECT FROM quality.outbox AS o JOIN quality.decision AS d USING (decision_id)
    WHERE o.applied_at IS NULL AND r.decision_id IN (d.decision_id, d.earlier)) AS waits
FROM quality.conflict_ruling AS r
WHERE r.period = :period AND r.place = :place AND r.definition = :definition AND r.state <> 'undone'
ORDER BY r.decision_id DESC LIMIT 1
"""
_RULED = """
SELECT DISTINCT ON (r.period, r.place, r.definition) r.period, r.place, r.definition, r.who, r.why, r.code, r.state,
  r.confirmed_by, r.picked, to_char(r.decided_at, 'YYYY-MM-DD HH24:MI') AS decided
FROM quality.conflict_ruling AS r
JOIN unnest(CAST(:periods AS text[]), CAST(:places AS text[]), CAST(:definitions AS text[]))
  AS w (period, place, definition) USING (period, place, definition)
WHERE r.state <> 'undone' ORDER BY r.period, r.place, r.definition, r.decision_id DESC
"""
_PRECEDENTS = f"""
SELECT r.period, r.place, r.definition, r.who, r.why, r.code, r.state, r.confirmed_by,
  CASE WHEN v.winner = r.picked THEN v.value END AS value
FROM quality.conflict_ruling AS r
LEFT JOIN warehouse.reconciled_value AS v USING (period, place, definition)
WHERE r.state = 'in_force' AND (r.period, r.place, r.definition) <> (:period, :place, :definition)
  AND (CAST(:seen AS text[]) IS NULL OR r.place = ANY(CAST(:seen AS text[])))
  AND (r.place = :place OR EXISTS (
    SELECT FROM ref.definition AS d WHERE d.definition = r.definition AND d.measure = :measure))
ORDER BY r.definition <> :definition, r.decision_id DESC LIMIT {PRECEDENTS}
"""  # noqa: S608
_INDICATORS = f"""
SELECT i.framework, f.name_zh AS framework_zh, f.name_en AS framework_en, i.indicator, i.name_zh, i.name_en, i.unit,
  i.decimals, v.value
FROM ref.indicator AS i
JOIN ref.framework AS f USING (edition, framework)
JOIN warehouse.indicator_value AS v USING (framework, indicator)
WHERE i.edition = {_EDITION} AND v.place = :place AND v.period = :period AND :definition = ANY(v.inputs)
  AND daterange(i.valid_from, i.valid_to) @> intake.last_day(:period)
ORDER BY i.framework, i.position LIMIT {INDICATORS}
"""  # noqa: S608
_MEASURE = f"SELECT m.name_zh, m.name_en FROM ref.measure AS m WHERE m.edition = {_EDITION} AND m.measure = :measure"  # noqa: S608
_ASKED = {
    "measure": _MEASURE, "heard": _HEARD, "definitions": _DEFINITIONS, "facets": _FACETS, "bridges": _BRIDGES, "events": _EVENTS,
    "leads": _LEADS, "rulings": _RULINGS, "precedents": _PRECEDENTS, "indicators": _INDICATORS,
}  # fmt: skip


def candidates(conflicts: Sequence[Row]) -> Sequence[RowMapping]:
    """The candidates of conflicts, best first, a row for each figure they are made of."""
    said = {f"{name}s": [row[name] for row in conflicts] for name in ("period", "place", "definition")}
    return database.rows(_CANDIDATES, **said)


def around(viewer: Viewer, conflict: Row, found: Sequence[Row], unit: str) -> dict[str, list[dict[str, Any]]]:
    """Everything that stands beside the candidates of one conflict; ``unit`` is that of its definition."""
    key = {name: conflict[name] for name in ("period", "place", "definition", "measure")}
    known = {number for row in found for number in (*row["obs_ids"], *row["others"])}
    return database.together(
        _ASKED, **key, unit=unit, known=sorted(known), also=sorted({row["definition"] for row in found}),
        steps=names([row["route"] for row in found]), seen=viewer.places(Right.LOOK),
    )  # fmt: skip


def rulings(conflicts: Sequence[Row]) -> Sequence[RowMapping]:
    """The newest ruling on each of many conflicts that was not taken back."""
    said = {f"{name}s": [row[name] for row in conflicts] for name in ("period", "place", "definition")}
    return database.rows(_RULED, **said)


def definitions(conflicts: Sequence[Row], found: Sequence[Row]) -> dict[str, list[dict[str, Any]]]:
    """The definitions of many conflicts and of what their candidates were heard under, and what facets are called."""
    also = {row["definition"] for row in (*conflicts, *found)}
    statements = {name: _ASKED[name] for name in ("definitions", "facets")}
    return database.together(statements, period="", measure="", also=sorted(also))


def unit_of(definition: str) -> str:
    """The unit of a definition, as the newest edition that knows it says."""
    found = database.row(_UNIT, definition=definition)
    return str(found["unit"]) if found else ""


_UNIT = """
SELECT unit FROM ref.definition WHERE definition = :definition ORDER BY edition DESC, valid_from DESC LIMIT 1
"""

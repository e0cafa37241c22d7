"""Many findings of one rule accepted together: what would happen, then one decision for all of them."""

from typing import Any

from learning_city.web import database, page
from learning_city.web.queue import Wanted
from learning_city.web.rights import Right

LIMIT = 5000
"""Findings of one bulk decision; the preview says so when there are more."""
SHOWN = 8
_OF_RULE = """
FROM quality.finding AS f JOIN intake.submission AS s USING (submission_id)
WHERE f.round = :round AND f.rule_id = :rule AND f.severity = 'ask' AND f.state IN ('open', 'explained')
  AND f.awaits IS NULL AND s.state NOT IN ('superseded', 'withdrawn')
  AND (CAST(:places AS text[]) IS NULL OR f.place = ANY(CAST(:places AS text[])))
  AND (:place = '' OR f.place = :place) AND (:department = '' OR f.department = :department)
"""
_COUNTS = f"""
SELECT count(*) FILTER (WHERE NOT f.moves) AS many, count(*) FILTER (WHERE f.moves) AS left_out,
  count(DISTINCT f.place) FILTER (WHERE NOT f.moves) AS places,
  count(DISTINCT (f.submission_id, f.form)) FILTER (WHERE NOT f.moves) AS forms, coalesce(max(f.finding_id), 0) AS upto
{_OF_RULE}
"""
_IDS = f"SELECT f.finding_id {_OF_RULE} AND NOT f.moves AND f.finding_id <= :upto ORDER BY f.finding_id LIMIT {LIMIT}"
_FIRST = f"""
SELECT f.finding_id, f.cell, f.found, f.place, f.definition {_OF_RULE} AND NOT f.moves
ORDER BY f.effect DESC, f.finding_id DESC LIMIT {SHOWN}
"""


def _said(around: page.Frame, wanted: Wanted) -> dict[str, Any]:
    return {
        "round": around.round, "places": around.viewer.places(Right.ACCEPT), "rule": wanted.rule, "place": wanted.place,
        "department": wanted.department,
    }  # fmt: skip


def preview(around: page.Frame, wanted: Wanted) -> dict[str, Any] | None:
    """How many questions of the rule the viewer could accept together, where, and what is left out; None without a rule.

    What moves a rank is never part of it.
    """
    if not wanted.rule:
        return None
    said = _said(around, wanted)
    found = dict(database.row(_COUNTS, **said) or {})
    first = around.names.named(database.rows(_FIRST, **said))
    return {**found, "many": min(found["many"], LIMIT), "first": first}


def chosen(around: page.Frame, wanted: Wanted, upto: int) -> list[int]:
    """The findings that the preview counted, as long as they are still open."""
    return [row["finding_id"] for row in database.rows(_IDS, **_said(around, wanted), upto=upto)]

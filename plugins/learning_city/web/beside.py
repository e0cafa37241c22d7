"""What stands beside a cell: its earlier years, other sources, other places, what was decided of the same question."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from learning_city.web import database
from learning_city.web.names import Named, Names

YEARS = 6
PEERS = 7
_HISTORY = f"""
SELECT v.period, v.value FROM warehouse.reconciled_value AS v
WHERE v.definition = :definition AND v.place = :place AND v.period < :period AND v.period ~ :like
ORDER BY v.period DESC LIMIT {YEARS - 1}
"""  # noqa: S608 - a constant
_ITEM = """
SELECT i.value, i.previous, i.yearbook, i.unit, i.decimals, i.type FROM intake.item AS i
WHERE i.submission_id = :submission AND i.form = :form AND i.definition = :definition AND i.place = :place
  AND i.period = :period LIMIT 1
"""
_OTHERS = """
SELECT o.value, o.unit, s.source, s.kind, o.definition, o.definition <> :definition AS is_other
FROM mart.observation_current AS o
JOIN intake.submission AS s USING (submission_id)
WHERE o.place = :place AND o.period = :period AND o.submission_id <> :submission AND o.value IS NOT NULL
  AND o.definition IN (SELECT r.definition FROM ref.definition AS r
    WHERE r.edition = (SELECT max(edition) FROM ref.edition) AND r.measure = (
      SELECT m.measure FROM ref.definition AS m WHERE m.definition = :definition ORDER BY m.edition DESC LIMIT 1))
ORDER BY is_other, s.kind DESC, o.source LIMIT 5
"""
_DEPARTMENTS = """
WITH others AS MATERIALIZED (
  SELECT s.submission_id, s.department FROM intake.submission AS s JOIN intake.submission AS mine USING (round, place)
  WHERE mine.submission_id = :submission AND s.submission_id <> :submission
    AND s.kind = 'ledger' AND s.state IN ('parsed', 'validated', 'in_review')
)
SELECT i.value, i.text, i.unit, others.department FROM others JOIN intake.item AS i USING (submission_id)
WHERE i.definition = :definition AND i.place = :place AND i.period = :period AND i.value IS NOT NULL LIMIT 3
"""
_PEERS = f"""
SELECT v.place, v.value FROM (
  SELECT v.place, v.value, abs(ln(greatest(v.value, 1e-9)) - ln(greatest(CAST(:near AS double precision), 1e-9))) AS apart
  FROM warehouse.reconciled_value AS v
  WHERE v.definition = :definition AND v.period = :period AND v.place <> :place AND v.value IS NOT NULL
    AND right(v.place, 2) = right(:place, 2)
  ORDER BY apart, v.place LIMIT {PEERS}
) AS v ORDER BY v.value DESC, v.place
"""  # noqa: S608 - a constant
_PRECEDENTS = """
SELECT d.action, d.who, d.why, d.code, d.old_value, d.new_value, d.decided_at, f.period, f.found
FROM quality.finding AS f JOIN quality.decision_state AS d ON d.finding_id = f.finding_id
WHERE f.definition = :definition AND f.place = :place AND f.rule_id = :rule AND f.finding_id <> :id
  AND d.action IN ('accept_finding', 'correct_value') AND d.state = 'in_force'
ORDER BY d.decision_id DESC LIMIT 3
"""
_SAID = """
SELECT text, who, code, valid_until, to_char(recorded_at, 'YYYY-MM-DD HH24:MI') AS said_at
FROM quality.explanation WHERE finding_id = :id ORDER BY recorded_at
"""


_QUESTIONS = {
    "said": _SAID, "item": _ITEM, "history": _HISTORY, "others": _OTHERS, "departments": _DEPARTMENTS,
    "precedents": _PRECEDENTS,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """Everything the finding is judged by, in the order it is read."""

    item: Named | None
    history: Sequence[Named]
    others: Sequence[Named]
    departments: Sequence[Named]
    peers: Sequence[Named]
    precedents: Sequence[Named]
    said: Sequence[Named]
    line: dict[str, Any] | None
    bars: list[dict[str, Any]]


def beside(one: Mapping[Any, Any], names: Names) -> Beside:
    """What the warehouse knows of the figure a finding stands at; little of it where it stands at none."""
    if not one["definition"] or not one["period"]:
        said = database.together({"said": _SAID}, id=one["finding_id"])["said"]
        return Beside(item=None, history=(), others=(), departments=(), peers=(), precedents=(), said=said, line=None, bars=[])  # fmt: skip
    key = {name: one[name] for name in ("definition", "place", "period")}
    known = database.together(
        _QUESTIONS, **key, submission=one["submission_id"], form=one["form"], rule=one["rule_id"], id=one["finding_id"],
        like="-Q" + one["period"][-1] if "-Q" in one["period"] else "^[0-9]{4}$",
    )  # fmt: skip
    item = next(iter(known["item"]), None)
    value = item["value"] if item else None
    history = known["history"][::-1]
    near = history[-1]["value"] if history else (item["previous"] if item and item["previous"] else value)
    peers = names.named(database.rows(_PEERS, **key, near=near or 0))
    return Beside(
        item=item,
        history=history,
        others=names.named(known["others"]),
        departments=names.named(known["departments"]),
        peers=peers,
        precedents=known["precedents"],
        said=known["said"],
        line=_line(history, one["period"], value, one["would_be"]),
        bars=_bars(peers, value),
    )


WIDTH, HEIGHT, LEFT, TOP = 176, 48, 16, 20


def _line(
    history: Sequence[Mapping[Any, Any]], period: str, value: float | None, would_be: float | None
) -> dict[str, Any] | None:
    """Points of the line of years in a box of 208 x 104, the line itself in 176 x 48: accepted years, what was delivered, what it would be."""
    years = [(row["period"], row["value"]) for row in history]
    known = [value for _, value in years] + [v for v in (value, would_be) if v is not None]
    if not years or not known:
        return None
    low, high = min(known), max(known)
    step = WIDTH / len(years)

    def at(turn: int, figure: float) -> tuple[float, float]:
        share = (figure - low) / (high - low) if high > low else 0.5
        return round(LEFT + turn * step, 1), round(TOP + HEIGHT * (1 - share), 1)

    points = [{"period": name, "value": figure, "at": at(n, figure)} for n, (name, figure) in enumerate(years)]
    return {
        "points": points,
        "path": "M" + " L".join(f"{x} {y}" for x, y in (point["at"] for point in points)),
        "last": points[-1]["at"],
        "period": period,
        "value": {"value": value, "at": at(len(years), value)} if value is not None else None,
        "would_be": {"value": would_be, "at": at(len(years), would_be)} if would_be is not None else None,
        "x": round(LEFT + len(years) * step, 1),
    }


def _bars(peers: Sequence[Mapping[Any, Any]], value: float | None) -> list[dict[str, Any]]:
    """A bar a peer, the finding's own place among them (``place`` empty); widths of at most 100."""
    rows = [dict(row) for row in peers]
    if not rows:
        return []
    if value is not None:
        rows.append({"place": "", "place_zh": "", "place_en": "", "value": value})
    most = max(abs(row["value"]) for row in rows) or 1
    rows.sort(key=lambda row: -row["value"])
    return [{**row, "width": round(max(row["value"], 0) / most * 100, 1), "y": n * 19} for n, row in enumerate(rows)]

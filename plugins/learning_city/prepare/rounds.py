"""Open a round: what the calendar and the responsibilities say is owed, and what need not be asked again."""

from dataclasses import dataclass

import pandas as pd
from sqlalchemy import Connection, Engine, text

from learning_city.errors import NeedsAPerson
from learning_city.model import units
from learning_city.model.period import last_day
from learning_city.warehouse import ref
from learning_city.warehouse.copy import copy
from learning_city.warehouse.statements import load

MINUTES = 6.0
"""What filling in one item takes where the form does not say (an assumption, stated wherever minutes are shown)."""
CONFIRM = 1.0
"""What confirming a pre-filled item takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spared:
    """What asking once saved one department in one round; ``minutes`` over all its places."""

    round: str
    department: str
    items: int
    dropped: int
    prefilled: int
    minutes: float


def open_round(engine: Engine, round_id: str) -> int:
    """Create a round of the calendar and its obligations; twice gives the same. Returns how many are owed.

    A round keeps the edition it was handed out under; until a workbook was handed out it follows the edition in use.
    Raises NeedsAPerson when the calendar of the current edition does not have the round.
    """
    with engine.begin() as connection:
        edition = ref.current(connection)
        said = {"edition": edition, "round": round_id}
        if connection.execute(text(_NOT_HANDED_OUT), said).scalar():
            for statement in _FORGET:
                connection.execute(text(statement), said)
        connection.execute(text(_OPEN), said)
        known = connection.execute(text("SELECT period FROM intake.round WHERE round = :round"), said).scalar()
        if known is None:
            raise NeedsAPerson(
                f"日历（版次 {edition}）没有轮次 {round_id}：请在目录的“日历”表中添加该轮次的数据期、各表的下发日和截止日，"
                f"再导入。 The calendar (edition {edition}) has no round {round_id}: add it (round, period, form, opens, "
                "due) and import the catalogue again."
            )
        lay_out(connection, round_id)
        connection.execute(load("prepare/obligations"), said)
        _ask_once(connection, round_id, str(known))
        return int(connection.execute(text(_OWED), said).scalar() or 0)


def rounds_of(connection: Connection, period: str) -> list[str]:
    """The rounds that the calendar in use has for a period: a data year (school years included) or a quarter."""
    found = connection.execute(text(_ROUNDS_OF), {"edition": ref.current(connection), "period": period})
    return [str(row) for row in found.scalars()]


def known_rounds(connection: Connection, wanted: list[str]) -> list[str]:
    """Those of ``wanted`` that the calendar in use has, in its order."""
    found = connection.execute(text(_KNOWN), {"edition": ref.current(connection), "wanted": wanted})
    return [str(row) for row in found.scalars()]


def lay_out(connection: Connection, round_id: str) -> None:
    """Make the temporary table ``round_item`` (form, definition, place, department) of a round that was opened."""
    connection.execute(text("SET LOCAL enable_nestloop = off"))  # dates as ranges mislead the planner
    connection.execute(text("DROP TABLE IF EXISTS pg_temp.round_item"))
    connection.execute(load("prepare/round_item"), {"round": round_id})
    connection.execute(text("ANALYZE round_item"))


def spared(connection: Connection, round_id: str) -> list[Spared]:
    """What asking once saved, by department of a round."""
    return [Spared(**row) for row in connection.execute(text(_SPARED), {"round": round_id}).mappings()]


def dropped(connection: Connection, round_id: str) -> list[tuple[str, str, str, int]]:
    """Items that are asked elsewhere: definition, the form that does not ask it, the form that does, at how many places."""
    return [tuple(row) for row in connection.execute(text(_DROPPED), {"round": round_id})]


def _ask_once(connection: Connection, round_id: str, period: str) -> None:
    """Record what obligations that were not handed out yet need not ask; later runs keep what was recorded."""
    if last_day(period) is None:
        return
    seen = connection.execute(text(_UNITS), {"round": round_id}).scalars().all()
    pairs = [(a, b, units.factor(a, b)) for a in seen for b in seen]
    connection.execute(text("DROP TABLE IF EXISTS pg_temp.unit_pair"))
    connection.execute(
        text("CREATE TEMP TABLE unit_pair (from_unit text, to_unit text, factor double precision) ON COMMIT DROP")
    )
    copy(
        connection,
        "pg_temp.unit_pair",
        pd.DataFrame(pairs, columns=["from_unit", "to_unit", "factor"]).astype({"factor": "float64"}).dropna(),
    )
    said = {"round": round_id, "period": period, "minutes": MINUTES, "confirm": CONFIRM}
    connection.execute(load("prepare/ask_once"), said)
    connection.execute(load("prepare/nothing_left"), said)
    connection.execute(text("ANALYZE intake.asked_once, intake.obligation"))


_OPEN = """
INSERT INTO intake.round (round, period, data_year, name_zh, edition)
SELECT c.round, min(c.period), min(c.data_year),
       CASE WHEN c.round ~ '^[0-9]{4}$' THEN c.round || '年度'
            WHEN c.round ~ '^[0-9]{4}-Q[1-4]$' THEN substr(c.round, 1, 4) || '年' || substr(c.round, 7) || '季度'
            ELSE c.round END, :edition
FROM ref.calendar AS c WHERE c.edition = :edition AND c.round = :round GROUP BY c.round
ON CONFLICT DO NOTHING
"""
_NOT_HANDED_OUT = """
SELECT EXISTS (SELECT FROM intake.round WHERE round = :round AND edition <> :edition)
  AND NOT EXISTS (SELECT FROM intake.submission WHERE round = :round)
  AND NOT EXISTS (
    SELECT FROM intake.obligation AS o LEFT JOIN intake.obligation_event AS e USING (obligation_id)
    WHERE o.round = :round AND (o.state NOT IN ('未下发', '豁免') OR e.who <> 'rule'))
  AND NOT EXISTS (SELECT FROM intake.form_exception WHERE round = :round)
"""
_FORGET = (
    "DELETE FROM intake.asked_once WHERE round = :round",
    """DELETE FROM intake.obligation_event WHERE obligation_id IN (
         SELECT obligation_id FROM intake.obligation WHERE round = :round)""",
    "DELETE FROM intake.obligation WHERE round = :round",
    "DELETE FROM intake.round WHERE round = :round",
)
_OWED = "SELECT count(*) FROM intake.obligation WHERE round = :round"
_ROUNDS_OF = """
SELECT DISTINCT round FROM ref.calendar WHERE edition = :edition AND period = :period ORDER BY round
"""
_KNOWN = """
SELECT DISTINCT round FROM ref.calendar WHERE edition = :edition AND round = ANY(:wanted) ORDER BY round
"""
_UNITS = """
SELECT DISTINCT unit FROM (
  SELECT edition, unit FROM ref.form_item UNION SELECT edition, unit FROM ref.definition
) AS u JOIN intake.round AS rd USING (edition) WHERE rd.round = :round
"""
_DROPPED = """
SELECT definition, form, detail, count(*)::integer FROM intake.asked_once
WHERE round = :round AND action = 'dropped' GROUP BY definition, form, detail ORDER BY form, definition
"""
_SPARED = """
SELECT round, department, sum(items)::integer AS items, sum(dropped)::integer AS dropped,
       sum(prefilled)::integer AS prefilled, sum(minutes) AS minutes
FROM mart.asked_once WHERE round = :round GROUP BY round, department ORDER BY minutes DESC, department
"""

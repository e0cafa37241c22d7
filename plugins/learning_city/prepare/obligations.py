"""Exempt (豁免), extend (延期) or resume an obligation: always a person, a reason, and an end date."""

from collections.abc import Sequence
from datetime import date
from typing import Literal

from sqlalchemy import Connection, Engine, text

from learning_city.errors import NeedsAPerson
from learning_city.model.plain_text import plain
from learning_city.warehouse import answering

Action = Literal["exempt", "extend", "resume"]
STATE = {"exempt": "豁免", "extend": "延期", "resume": "已下发"}


def decide(
    engine: Engine, obligation_ids: Sequence[int], action: Action, *, until: date | None, who: str, why: str
) -> int:
    """Exempt or extend obligations until a day, or resume them; returns how many.

    An exemption or extension that has ended is owed again. What came after the lock date and waits is taken in
    once its obligation is extended. Raises NeedsAPerson without a person, a reason or an end date after today, for an
    extension that ends before the due date, and for obligations that were answered already.
    """
    if not plain(who) or not plain(why):
        raise NeedsAPerson("豁免、延期须写明经办人和理由。 A person and a reason are required.")
    said: dict[str, object] = {
        "ids": list(obligation_ids),
        "action": action,
        "until": until,
        "who": who,
        "why": plain(why),
    }
    with engine.begin() as connection:
        _refuse(connection, said)
        changed = connection.execute(text(_DECIDE), {**said, "state": STATE[action]}).rowcount
        if action == "extend":
            _take_in_waiting(connection, list(obligation_ids))
    return int(changed)


def _refuse(connection: Connection, said: dict[str, object]) -> None:
    if said["action"] != "resume":
        if said["until"] is None:
            raise NeedsAPerson("请写明截止到哪一天。 An end date is required.")
        if connection.execute(text("SELECT CAST(:until AS date) < app.today()"), said).scalar():
            raise NeedsAPerson(f"{said['until']} 已经过去，请填今天或以后的日期。 The end date has passed.")
    wrong = connection.execute(text(_WRONG), said).all()
    if wrong:
        listed = "；".join(f"{row.place} {row.department} {row.form}（{row.state}）" for row in wrong[:5])
        raise NeedsAPerson(f"这些任务现在不能这样处理：{listed}。 Not possible in their present state.")


def _take_in_waiting(connection: Connection, ids: list[int]) -> None:
    """Packages that came after the lock date and wait take part again."""
    waiting = [int(row) for row in connection.execute(text(_WAITING), {"ids": ids}).scalars()]
    answering.unlock(connection, waiting)


_WRONG = """
SELECT place, department, form, state FROM intake.obligation WHERE obligation_id = ANY(:ids) AND (
  state IN ('已报送', '审核中', '已通过')
  OR (:action = 'resume') <> (state IN ('豁免', '延期'))
  OR (:action = 'extend' AND CAST(:until AS date) <= due))
ORDER BY place, department, form
"""
_DECIDE = """
WITH decided AS (
  INSERT INTO intake.obligation_event (obligation_id, action, until, who, why)
  SELECT obligation_id, :action, CAST(:until AS date), :who, :why FROM intake.obligation
  WHERE obligation_id = ANY(:ids) ORDER BY obligation_id RETURNING obligation_id
)
UPDATE intake.obligation AS o SET state = :state, until = CAST(:until AS date), why = :why, changed_at = now()
FROM decided AS d WHERE o.obligation_id = d.obligation_id
"""
_WAITING = """
SELECT DISTINCT s.submission_id FROM intake.submission AS s
JOIN intake.obligation AS o USING (round, department, place)
WHERE o.obligation_id = ANY(:ids) AND s.state = 'unclaimed' AND s.problem = 'locked'
"""

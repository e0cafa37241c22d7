"""Reminders (催报): one per obligation, kind and day, written down before anything is sent."""

import csv
from datetime import date
from pathlib import Path

from sqlalchemy import Engine, text

DAYS_BEFORE = 7
"""From so many days before the due date on, a department is reminded."""


def remind(engine: Engine, out: Path, day: date) -> int:
    """Record the reminders of a day and write them to ``out/<day>.csv``; returns how many are new.

    Obligations that are due within a week, late (nothing came) or returned are reminded; each once a day.
    """
    with engine.begin() as connection:
        new = connection.execute(text(_REMIND), {"day": day, "days": DAYS_BEFORE}).rowcount
        rows = connection.execute(text(_OF_DAY), {"day": day}).all()
    if new:
        out.mkdir(parents=True, exist_ok=True)
        with (out / f"{day}.csv").open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([("地区", "部门", "表", "种类", "内容"), *rows])
    return int(new)


_REMIND = """
INSERT INTO intake.reminder (obligation_id, kind, day, message)
SELECT o.obligation_id,
       CASE WHEN o.state = '已退回' THEN 'returned' WHEN o.due < :day THEN 'late' ELSE 'due' END, :day,
       r.place_name || r.department_name || '：' || r.form_name || CASE
         WHEN o.state = '已退回' THEN '已打回，请更正后重新报送。'
         WHEN o.due < :day THEN '应于' || o.due || '报送，已逾期' || (CAST(:day AS date) - o.due) || '天。'
         ELSE '应于' || o.due || '报送。' END
FROM intake.obligation AS o
JOIN mart.reporting_status AS r ON r.obligation_id = o.obligation_id
JOIN intake.round AS rd ON rd.round = o.round AND rd.state = 'open'
WHERE o.state IN ('已下发', '已退回') AND o.due <= CAST(:day AS date) + CAST(:days AS integer)
ON CONFLICT DO NOTHING
"""
_OF_DAY = """
SELECT r.place_name, r.department_name, r.form_name, m.kind, m.message FROM intake.reminder AS m
JOIN mart.reporting_status AS r ON r.obligation_id = m.obligation_id WHERE m.day = :day
ORDER BY r.place, r.department, r.form
"""

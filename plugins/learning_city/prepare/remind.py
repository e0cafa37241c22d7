"""Reminders (催报): one per obligation, kind and day, written down before anything is sent."""

import csv
import smtplib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import Engine, RowMapping, text

from learning_city.prepare.mail import Mailbox
from learning_city.warehouse.statements import load

DAYS_BEFORE = 7
"""From so many days before the due date on, a department is reminded."""
KINDS = {"due": "将到期", "late": "已逾期", "never": "宽限期后仍未报", "returned": "已打回"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminded:
    """What one run did: reminders that are new, sent (by mail or into the file), and failed."""

    new: int
    sent: int
    failed: int


def remind(engine: Engine, out: Path, day: date, mailbox: Mailbox | None = None) -> Reminded:
    """Write down the reminders of a day, then send every one that waits, old retries included.

    Obligations of open rounds that are due within a week, late, past their grace date with nothing received (never), or
    returned are reminded, each once a day and kind. With a mailbox, a department whose contact has an address gets one
    mail that lists its reminders; all others stand in ``out/<day>.csv`` for a clerk to pass on. A mail that fails is
    recorded with its error and waits for a person (``retry``).
    """
    with engine.begin() as connection:
        new = connection.execute(load("prepare/remind"), {"day": day, "days": DAYS_BEFORE}).rowcount
    with engine.connect() as connection:
        waiting = connection.execute(load("prepare/waiting_reminders"), {"day": day}).mappings().all()
    by_mail: dict[str, list[RowMapping]] = defaultdict(list)
    for row in waiting:
        by_mail[row["email"] if mailbox and row["email"] else ""].append(row)
    to_file = by_mail.pop("", [])
    failed = 0
    for address, rows in by_mail.items():
        failed += _mail(engine, mailbox, address, rows) if mailbox else 0
    if to_file:
        _write(out / f"{day}.csv", to_file)
        _record(engine, to_file, state="sent", channel="file")
    return Reminded(new=int(new), sent=len(waiting) - failed, failed=failed)


def retry(engine: Engine, reminders: Sequence[tuple[int, str, date]], *, who: str) -> int:
    """Let failed reminders (obligation, kind, day) be sent again by the next run; returns how many."""
    said = [{"obligation": o, "kind": kind, "day": day, "who": who} for o, kind, day in reminders]
    with engine.begin() as connection:
        return sum(connection.execute(text(_RETRY), one).rowcount for one in said)


def _mail(engine: Engine, mailbox: Mailbox, address: str, rows: list[RowMapping]) -> int:
    """Send one mail; returns how many reminders failed with it."""
    lines = "\n".join(f"· {row['message']}" for row in rows)
    body = (
        f"{rows[0]['contact']}：\n\n{lines}\n\n工作簿请连同佐证材料、盖章扫描件一并报送。\n学习型城市监测数据办公室\n"
    )
    try:
        mailbox.send(address, f"催报：{len(rows)} 张表", body)
    except (OSError, smtplib.SMTPException, ValueError) as problem:
        _record(engine, rows, state="failed", channel="mail", address=address, error=str(problem)[:500])
        return len(rows)
    _record(engine, rows, state="sent", channel="mail", address=address)
    return 0


def _write(path: Path, rows: list[RowMapping]) -> None:
    """Append to the day's list, which opens in Excel."""
    path.parent.mkdir(parents=True, exist_ok=True)
    is_new = not path.exists()
    with path.open("a", encoding="utf-8-sig" if is_new else "utf-8", newline="") as file:
        sheet = csv.writer(file)
        if is_new:
            sheet.writerow(("地区", "部门", "表", "种类", "内容", "联系人", "电话"))
        for row in rows:
            said = (row["place_name"], row["department_name"], row["form_name"], KINDS[row["kind"]], row["message"])
            sheet.writerow([_plain(cell) for cell in (*said, row["contact"], row["phone"])])


def _plain(cell: str | None) -> str:
    """Text that a spreadsheet takes for text, never for a formula."""
    return f"'{cell}" if cell and cell[0] in "=+-@\t\r" else cell or ""


def _record(
    engine: Engine, rows: Sequence[RowMapping], *, state: str, channel: str, address: str = "", error: str = ""
) -> None:
    keys = [{"obligation": row["obligation_id"], "kind": row["kind"], "day": row["day"]} for row in rows]
    said = {"state": state, "channel": channel, "address": address or None, "error": error or None}
    with engine.begin() as connection:
        connection.execute(text(_RECORD), [{**key, **said} for key in keys])


_RECORD = """
UPDATE intake.reminder SET state = :state, channel = :channel, address = :address, error = :error,
  sent_at = CASE WHEN :state = 'sent' THEN now() END
WHERE obligation_id = :obligation AND kind = :kind AND day = :day
"""
_RETRY = """
UPDATE intake.reminder SET state = 'pending', retried_by = :who
WHERE obligation_id = :obligation AND kind = :kind AND day = :day AND state = 'failed'
"""

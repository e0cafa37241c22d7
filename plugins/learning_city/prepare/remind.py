"""Reminders (催报): one per obligation, kind and day, written down before anything is sent."""

import csv
import smtplib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import Engine, RowMapping, text

from learning_city.prepare.letter import Letter, whose
from learning_city.prepare.mail import Mailbox
from learning_city.warehouse.statements import load

DAYS_BEFORE = 7
"""From so many days before the due date on, a department is reminded."""
KINDS = {"due": "将到期", "late": "已逾期", "never": "宽限期后仍未报", "returned": "已退回"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminded:
    """What one run did: reminders that are new, sent (by mail or into the file), and failed."""

    new: int
    sent: int
    failed: int


def remind(
    engine: Engine, out: Path, day: date, mailbox: Mailbox | None = None, *, only_waiting: bool = False
) -> Reminded:
    """Write down the reminders of a day, then send every one that waits, old retries included.

    ``only_waiting`` writes nothing down: it sends what a person asked for. What he can still take back stays.

    Obligations of open rounds that are due within a week, late, past their grace date with nothing received (never), or
    returned are reminded, each once a day and kind. With a mailbox, a department whose contact has an address gets one
    mail that lists its reminders; all others stand in ``out/<day>.csv`` for a clerk to pass on. A mail that fails is
    recorded with its error and waits for a person (``retry``).
    """
    new = 0 if only_waiting else _write_down(engine, day)
    with engine.connect() as connection:
        waiting = connection.execute(load("prepare/waiting_reminders"), {"day": day}).mappings().all()
    by_mail: dict[tuple[str, tuple[str, str] | None], list[RowMapping]] = defaultdict(list)
    to_file: list[RowMapping] = []
    for row in waiting:
        if mailbox and row["email"]:
            by_mail[row["email"], whose(row) if row["batch_id"] else None].append(row)
        else:
            to_file.append(row)
    failed = sum(_mail(engine, mailbox, Letter(rows)) for rows in by_mail.values()) if mailbox else 0
    if to_file:
        _write(out / f"{day}.csv", to_file)
        _record(engine, to_file, state="sent", channel="file")
    return Reminded(new=new, sent=len(waiting) - failed, failed=failed)


def retry(engine: Engine, reminder_ids: Sequence[int], *, who: str) -> int:
    """Let failed reminders be sent again by the next run; returns how many."""
    with engine.begin() as connection:
        return int(connection.execute(text(_RETRY), {"ids": list(reminder_ids), "who": who}).rowcount)


def _write_down(engine: Engine, day: date) -> int:
    with engine.begin() as connection:
        return int(connection.execute(load("prepare/remind"), {"day": day, "days": DAYS_BEFORE}).rowcount)


def _mail(engine: Engine, mailbox: Mailbox, letter: Letter) -> int:
    """Send one mail; returns how many reminders failed with it."""
    address = letter.first["email"]
    told = {"channel": "mail", "address": address, "copied_to": letter.copy_to}
    try:
        mailbox.send(address, letter.subject, letter.body, copy_to=letter.copy_to)
    except (OSError, smtplib.SMTPException, ValueError) as problem:
        _record(engine, letter.rows, state="failed", error=str(problem)[:500], **told)
        return len(letter.rows)
    _record(engine, letter.rows, state="sent", **told)
    return 0


def _write(path: Path, rows: list[RowMapping]) -> None:
    """Append to the day's list, which opens in Excel."""
    path.parent.mkdir(parents=True, exist_ok=True)
    is_new = not path.exists()
    with path.open("a", encoding="utf-8-sig" if is_new else "utf-8", newline="") as file:
        sheet = csv.writer(file)
        if is_new:
            sheet.writerow(("地区", "部门", "表", "种类", "内容", "联系人", "电话", "抄送"))
        for row in rows:
            said = (row["place_name"], row["department_name"], row["form_name"], KINDS[row["kind"]], row["message"])
            sheet.writerow([_plain(cell) for cell in (*said, row["contact"], row["phone"], row["leader"])])


def _plain(cell: str | None) -> str:
    """Text that a spreadsheet takes for text, never for a formula."""
    return f"'{cell}" if cell and cell[0] in "=+-@\t\r" else cell or ""


def _record(
    engine: Engine,
    rows: Sequence[RowMapping],
    *,
    state: str,
    channel: str,
    address: str = "",
    copied_to: str = "",
    error: str = "",
) -> None:
    told = {"state": state, "channel": channel, "address": address, "copied": copied_to, "error": error}
    with engine.begin() as connection:
        connection.execute(text(_RECORD), told | {"ids": [row["reminder_id"] for row in rows]})


_RECORD = """
UPDATE intake.reminder SET state = :state, channel = :channel, address = nullif(:address, ''),
  copied_to = nullif(:copied, ''), error = nullif(:error, ''), sent_at = CASE WHEN :state = 'sent' THEN now() END
WHERE reminder_id = ANY(:ids)
"""
_RETRY = """
UPDATE intake.reminder SET state = 'pending', retried_by = :who WHERE reminder_id = ANY(:ids) AND state = 'failed'
"""

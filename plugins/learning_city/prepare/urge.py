"""A person reminds (催报) chosen departments now; the letters wait half a minute, in which he may take them back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, Engine, text

from learning_city.errors import NeedsAPerson
from learning_city.prepare.letter import Letter, letters
from learning_city.warehouse.statements import load


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch of reminders a person sent: its number, how many letters, and until when none of them leaves."""

    batch_id: int
    letters: int
    held_until: datetime


def draft(connection: Connection, obligation_ids: Sequence[int], day: date) -> list[Letter]:
    """The letters that ``urge`` would send for these obligations.

    What owes nothing any more is left out, and what a person's letter that has not left yet speaks of already.
    """
    said = {"ids": list(obligation_ids), "day": day}
    return letters(connection.execute(load("prepare/urge"), said).mappings().all())


def urge(engine: Engine, obligation_ids: Sequence[int], day: date, *, who: str, copied: bool) -> Batch:
    """Write down reminders for a person; the next sending takes them once ``held_until`` has passed.

    ``copied``: the leader in charge gets a copy. Raises NeedsAPerson when none of the obligations can be reminded of,
    or when they belong to more than one round. Of two at the same moment the second waits and finds nothing left.
    """
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('prepare.urge'))"))
        drafted = draft(connection, obligation_ids, day)
        rows = [row for letter in drafted for row in letter.rows]
        if len({row["round"] for row in rows}) != 1:
            raise NeedsAPerson(
                "所选的表都刚刚催过，或已报送、通过、豁免，没有可催的。"
                " Nothing among the chosen forms can be reminded of: reminded just now, received, accepted or exempt."
            )
        said = {"round": rows[0]["round"], "copied": copied, "who": who}
        batch = connection.execute(text(_BATCH), said).one()
        told = [
            {"id": row["obligation_id"], "kind": row["kind"], "day": day, "message": row["message"], "batch": batch[0]}
            for row in rows
        ]
        connection.execute(text(_REMINDERS), told)
    return Batch(batch_id=batch[0], letters=len(drafted), held_until=batch[1])


def take_back(engine: Engine, batch_id: int, *, who: str) -> int:
    """Take a batch back while it is held; returns how many reminders, none when it is too late or was taken back."""
    with engine.begin() as connection:
        return int(connection.execute(text(_TAKE_BACK), {"batch": batch_id, "who": who}).rowcount)


_BATCH = """
INSERT INTO intake.reminder_batch (round, is_copied, who) VALUES (:round, :copied, :who) RETURNING batch_id, held_until
"""
_REMINDERS = """
INSERT INTO intake.reminder (obligation_id, kind, day, message, batch_id) VALUES (:id, :kind, :day, :message, :batch)
"""
_TAKE_BACK = """
WITH taken AS (
  UPDATE intake.reminder_batch SET taken_back_by = :who, taken_back_at = now()
  WHERE batch_id = :batch AND held_until > now() AND taken_back_by IS NULL RETURNING batch_id
)
UPDATE intake.reminder AS m SET state = 'taken_back' FROM taken AS t WHERE m.batch_id = t.batch_id AND m.state = 'pending'
"""

"""What holds whoever decides: one at a time, states that follow from decisions, and what of them was applied."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Row, text

from learning_city.warehouse.engine import scalar
from learning_city.warehouse.statements import load

BY_RULE = "rule"
"""Who decides where a rule does."""


def one_at_a_time(connection: Connection) -> None:
    """Until the transaction ends nobody else decides, checks anew or takes in: what is read here stays true.

    Comes before the transaction's own row locks, so that two of them never wait for each other.
    """
    connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('review.decide'))"))


def settle_submissions(connection: Connection) -> None:
    """Bring the state of submissions under review in line with what was decided of their forms."""
    connection.execute(load("review/settle_submissions"))


def reopen_forms(connection: Connection, forms: Sequence[Row[Any]], why: str) -> None:
    """Let forms (``submission_id``, ``form``) be under review again."""
    if forms:
        said = {"submissions": [row.submission_id for row in forms], "forms": [row.form for row in forms], "why": why}
        connection.execute(load("review/reopen_forms"), said)


def reopen_mended(connection: Connection, ids: list[int]) -> None:
    """Open forms again that were returned by rule and in which nothing blocks any more."""
    mended = connection.execute(text(_MENDED), {"ids": ids}).all()
    reopen_forms(connection, mended, "须改正的已更正 / what blocked was corrected")


def waiting(connection: Connection) -> int:
    """How many decisions have consequences that were not applied yet."""
    return int(scalar(connection, "SELECT count(*) FROM quality.outbox WHERE applied_at IS NULL"))


def settled_up_to(connection: Connection, undo: timedelta) -> int:
    """The number of the newest decision whose consequences can be applied for good; 0 where there is none.

    It lies before the first one that a person may still take back: until ``undo`` has gone by its form does not pass.
    """
    return int(scalar(connection, _SETTLED_UP_TO, undo=undo))


def corrected_since(connection: Connection) -> list[int]:
    """Submissions with corrections whose consequences were not applied yet: the rules are to see the new figures."""
    return list(connection.execute(text(_CORRECTED)).scalars())


def mark_applied(connection: Connection, up_to: int) -> None:
    """Mark every waiting decision up to this number as applied."""
    connection.execute(
        text("UPDATE quality.outbox SET applied_at = now() WHERE applied_at IS NULL AND decision_id <= :up_to"),
        {"up_to": up_to},
    )


_MENDED = """
SELECT last.submission_id, last.form FROM quality.form_decision AS last
WHERE last.submission_id = ANY(:ids) AND last.action = 'return_form_by_rule' AND NOT EXISTS (
  SELECT FROM quality.finding AS f
  WHERE f.submission_id = last.submission_id AND coalesce(f.form, last.form) = last.form AND f.severity = 'block'
    AND f.state NOT IN ('closed', 'corrected')
)
"""
_SETTLED_UP_TO = """
SELECT coalesce(min(d.decision_id) FILTER (WHERE d.decided_at > clock_timestamp() - CAST(:undo AS interval)
    AND NOT d.is_sample AND d.action IN ('accept_finding', 'correct_value')) - 1, max(d.decision_id), 0)
FROM quality.outbox AS o JOIN quality.decision AS d USING (decision_id) WHERE o.applied_at IS NULL
"""
_CORRECTED = """
SELECT DISTINCT d.submission_id FROM quality.outbox AS o JOIN quality.decision AS d USING (decision_id)
JOIN intake.submission AS s USING (submission_id)
LEFT JOIN quality.decision AS first ON first.decision_id = d.earlier
WHERE o.applied_at IS NULL AND 'correct_value' IN (d.action, first.action) AND s.state IN ('validated', 'in_review', 'returned')
ORDER BY d.submission_id
"""

"""What follows by rule: forms with nothing left to settle pass, forms with a block are returned, the rest is in review."""

from collections import defaultdict
from datetime import timedelta

from sqlalchemy import Connection, Engine, text

from learning_city.errors import NeedsAPerson
from learning_city.warehouse import deciding
from learning_city.warehouse.statements import load

UNDO = timedelta(minutes=2)
"""How long a person can take back the last decision of a form before the form passes by itself."""


def settle_by_rule(engine: Engine, *, undo: timedelta = UNDO) -> dict[str, int]:
    """Pass forms without a block or an open question, return forms with a block, leave the rest in review.

    A form whose questions a person settled passes in that person's name, once ``undo`` has gone by. Returns counts by
    state of the submissions. Repeating it changes nothing.
    """
    with engine.begin() as connection:
        deciding.one_at_a_time(connection)
        _pass(connection, {"undo": undo, "submission": None, "form": None})
        connection.execute(load("review/return_by_rule"))
        connection.execute(load("review/in_review"))
        deciding.settle_submissions(connection)
        rows = connection.execute(text(_COUNTS)).all()
    return {str(state): int(count) for state, count in rows}


def pass_form(engine: Engine, submission_id: int, form: str, *, who: str) -> None:
    """Let a form pass at once (通过) because ``who`` says so; raises NeedsAPerson where something is left to settle."""
    with engine.begin() as connection:
        deciding.one_at_a_time(connection)
        if not _pass(connection, {"undo": timedelta(0), "submission": submission_id, "form": form}, who):
            raise NeedsAPerson(
                "这张表还有未处理或待复核的问题，或已有结论，不能通过。 Something of this form is left to settle."
            )
        deciding.settle_submissions(connection)


def _pass(connection: Connection, said: dict[str, object], who: str = "") -> int:
    """Pass every form that is ready; one act a person."""
    ready = defaultdict(list)
    for row in connection.execute(load("review/ready_forms"), said):
        ready[who or row.who, row.why, row.is_sample].append(row)
    for (person, why, is_sample), rows in ready.items():
        act = "accept_form_by_rule" if person == deciding.BY_RULE else "accept_form"
        forms = {"submissions": [row.submission_id for row in rows], "forms": [row.form for row in rows]}
        connection.execute(
            load("review/pass_forms"), {**forms, "act": act, "who": person, "why": why, "sample": is_sample}
        )
    return sum(map(len, ready.values()))


_COUNTS = "SELECT state, count(*) FROM intake.submission GROUP BY state ORDER BY state"

"""Answer workbooks (答复件): a department's own file goes back, and what was unlocked in it is written down."""

from dataclasses import asdict
from pathlib import Path

from sqlalchemy import Connection, Engine, text

from learning_city.model.home import Home
from learning_city.review import answer_facts
from learning_city.review.answer_book import AnswerBook
from learning_city.review.answer_facts import Return, Slot


def issue(engine: Engine, home: Home, submission_id: int, out: Path, *, who: str) -> Path:
    """Write the answer workbook of a submission to ``out`` (a file, or a folder in which it gets its own name).

    Made again while the same is asked for, it is the same one: its number counts returns, not downloads. Raises
    NeedsAPerson where nothing is open that could be answered, and for a file that cannot be annotated.
    """
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('review.answer'))"))
        facts = answer_facts.load(connection, submission_id, is_demo=home.is_demo)
        sha256 = str(facts.one["sha256"])
        book = AnswerBook(home.archive / sha256[:2] / sha256, facts)
        facts = _number(connection, submission_id, facts, book.slots, who)
        path = out / facts.name if out.is_dir() else out
        book.save(path, facts)
    return path


def _number(connection: Connection, submission_id: int, facts: Return, slots: list[Slot], who: str) -> Return:
    """The number it has; a new one where something else is asked for than the last time, or its day has gone by."""
    said = {"id": submission_id}
    last = connection.execute(text(_LAST), said).first()
    if last is not None and last.due >= facts.today:
        known = {tuple(row) for row in connection.execute(text(_CELLS), {"answer": last.answer_id})}
        if known == {(slot.sheet, slot.cell, slot.role) for slot in slots}:
            return facts.numbered(last.answer_id, last.nth, last.due)
    made = connection.execute(text(_MAKE), {**said, "due": facts.due, "who": who}).one()
    connection.execute(text(_UNLOCKED), [{"answer": made.answer_id, **asdict(slot)} for slot in slots])
    return facts.numbered(made.answer_id, made.nth, made.due)


_LAST = "SELECT answer_id, nth, due FROM intake.answer WHERE submission_id = :id ORDER BY nth DESC LIMIT 1"
_CELLS = "SELECT sheet, cell, role FROM intake.answer_cell WHERE answer_id = :answer"
_MAKE = """
INSERT INTO intake.answer (submission_id, nth, due, who)
SELECT s.submission_id, 1 + coalesce((
    SELECT max(a.nth) FROM intake.answer AS a JOIN intake.submission AS x USING (submission_id)
    WHERE x.round = s.round AND x.department = s.department AND x.place = s.place), 0), :due, :who
FROM intake.submission AS s WHERE s.submission_id = :id
RETURNING answer_id, nth, due
"""
_UNLOCKED = """
INSERT INTO intake.answer_cell (answer_id, sheet, cell, role, form, definition, place, period)
VALUES (:answer, :sheet, :cell, :role, :form, :definition, :place, :period)
"""

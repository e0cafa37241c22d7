"""What a person decides about findings: accept, correct, return; a second person confirms, anybody may undo."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, text

from learning_city.errors import Refused
from learning_city.model.plain_text import plain
from learning_city.model.reasons import REASONS, Act
from learning_city.warehouse import deciding
from learning_city.warehouse.statements import load


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Who decides and why: a reason code of ``model.reasons`` and a text; ``basis`` is the document a correction rests on."""

    who: str
    why: str = ""
    code: str = ""
    basis: str = ""
    is_sample: bool = False

    def checked(self, act: Act) -> "Said":
        """Itself, once it says why; raises Refused naming what is missing."""
        reason = REASONS.get(self.code)
        if self.code and (reason is None or reason.act != act):
            raise Refused("other_code", f"没有原因代码 {self.code}。 No such reason code.")
        if not plain(self.who) or not (plain(self.why) or (reason and not reason.needs_text)):
            raise Refused("no_reason", "请写明理由：选一个原因代码或写一句说明。 Say why: choose a reason or write it.")
        if act == Act.CORRECT and not plain(self.basis):
            raise Refused("no_basis", "更正须写明依据（来函、年鉴页码、电话核对）。 A correction needs its basis.")
        return self

    @property
    def words(self) -> dict[str, object]:
        """As the record keeps it: the code's words stand where no text was written."""
        reason = REASONS.get(self.code)
        why = plain(self.why) or (reason.zh if reason else "")
        return {
            "who": self.who, "why": why, "code": self.code or None, "basis": plain(self.basis) or None,
            "sample": self.is_sample,
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The decisions made, those of them that wait for a second person, and how many findings were settled before."""

    decisions: tuple[int, ...]
    pending: int = 0
    gone: int = 0


def accept(engine: Engine, findings: Sequence[int], said: Said) -> Outcome:
    """Accept open questions as they stand: one transaction, one link of the chain, however many.

    What would flip an attainment or move a rank stays open until a second person confirms. Raises Refused for a
    finding that blocks (it cannot be explained away) and for a missing reason.
    """
    with engine.begin() as connection:
        deciding.one_at_a_time(connection)
        wanted = {"ids": list(findings), **said.checked(Act.ACCEPT).words}
        if blocking := connection.execute(text(_BLOCKING), wanted).scalar():
            raise Refused(
                "blocks",
                f"{blocking} 条须改正，不能接受：请更正或退回。 {blocking} of the findings block: correct or return them.",
            )
        made = connection.execute(load("review/accept_findings"), wanted).all()
    return _outcome(made, len(set(findings)))


def correct(engine: Engine, finding_id: int, value: float, said: Said) -> Outcome:
    """Correct the figure of a finding's cell; every open finding of that cell is settled with it.

    The old figure stays what it was; the new one is a row of its own with who, why and basis. A value that
    flips an attainment or moves a rank, or one that was not weighed where an indicator reads the figure, counts only once
    a second person confirms. Raises Refused where the
    cell holds no number of a form, or already says so.
    """
    if not math.isfinite(value):
        raise Refused("no_value", "更正值不是数字。 The corrected value is not a number.")
    with engine.begin() as connection:
        deciding.one_at_a_time(connection)
        wanted = {"id": finding_id, "value": value, **said.checked(Act.CORRECT).words}
        item = connection.execute(load("review/figure"), wanted).first()
        if item is None:
            raise Refused("no_figure", "这一格不是报表里的数，不能更正。 This cell holds no figure of a form.")
        if item.value == value:
            raise Refused("same_value", "更正值与所报数相同；属实请选“接受”。 It is the delivered value: accept it.")
        made = connection.execute(load("review/correct_value"), {**wanted, "old": item.value}).all()
        deciding.reopen_mended(connection, [item.submission_id])
    return _outcome(made, 1)


def return_form(engine: Engine, submission_id: int, form: str, said: Said) -> Outcome:
    """Return one form of a submission to its department (退回); its figures count nowhere until it comes back."""
    with engine.begin() as connection:
        deciding.one_at_a_time(connection)
        wanted = {"submission": submission_id, "form": form, **said.checked(Act.RETURN).words}
        made = connection.execute(load("review/return_form"), wanted).all()
        deciding.settle_submissions(connection)
    return Outcome(decisions=tuple(row.decision_id for row in made), gone=int(not made))


def confirm(engine: Engine, decision_id: int, *, who: str, is_sample: bool = False) -> Outcome:
    """Let a decision count that waited for a second person. Raises Refused for the one who decided it himself."""
    with engine.begin() as connection:
        deciding.one_at_a_time(connection)
        wanted = {"id": decision_id, "who": who, "sample": is_sample}
        first = connection.execute(text(_PENDING), wanted).first()
        if first is None:
            return Outcome(decisions=(), gone=1)
        if first.is_own:
            raise Refused(
                "not_yours", "这条是您自己裁定的，须由第二人复核。 You decided this yourself; a second person confirms."
            )
        made = connection.execute(load("review/confirm"), wanted).all()
        deciding.reopen_mended(connection, [first.submission_id])
    return Outcome(decisions=tuple(row.decision_id for row in made))


def undo(engine: Engine, decision_id: int, *, who: str, why: str = "") -> Outcome:
    """Take back an act with all its decisions: its own record, nothing is erased.

    Possible until a second person confirmed it, else until the form passed or came back; what went too far stays.
    """
    with engine.begin() as connection:
        deciding.one_at_a_time(connection)
        wanted = {"id": decision_id, "who": who, "why": plain(why) or "撤销 / undone", "sample": False}
        made = connection.execute(load("review/undo"), wanted).all()
        undone = {"ids": [row.decision_id for row in made]}
        connection.execute(load("review/open_undone"), undone)
        forms = connection.execute(text(_RETURNED), undone).all()
        deciding.reopen_forms(connection, forms, "退回已撤销 / the return was undone")
    return Outcome(decisions=tuple(row.decision_id for row in made), gone=int(not made))


def open_questions(engine: Engine, round_id: str | None = None) -> list[int]:
    """Ids of open findings that ask and wait for nobody, of submissions that are not returned anyway."""
    with engine.connect() as connection:
        return [int(row[0]) for row in connection.execute(text(_OPEN), {"round": round_id})]


def _outcome(made: Sequence[object], asked: int) -> Outcome:
    ids = tuple(row.decision_id for row in made)  # type: ignore[attr-defined]
    pending = sum(bool(row.pending) for row in made)  # type: ignore[attr-defined]
    return Outcome(decisions=ids, pending=pending, gone=max(asked - len(ids), 0))


_RETURNED = "SELECT submission_id, form FROM quality.decision WHERE decision_id = ANY(:ids) AND finding_id IS NULL"
_BLOCKING = "SELECT count(*) FROM quality.finding WHERE finding_id = ANY(:ids) AND severity = 'block'"
_PENDING = """
SELECT d.submission_id, app.same_person(d.who, :who) AS is_own FROM quality.decision_state AS d LEFT JOIN quality.finding AS f ON f.awaits = d.decision_id
WHERE d.decision_id = :id AND d.state = 'pending' AND (f.finding_id IS NOT NULL OR d.action = 'settle_conflict')
"""
_OPEN = """
SELECT f.finding_id FROM quality.finding AS f JOIN intake.submission AS s USING (submission_id)
WHERE f.severity = 'ask' AND f.state IN ('open', 'explained') AND f.awaits IS NULL AND s.state IN ('validated', 'in_review')
  AND (CAST(:round AS text) IS NULL OR f.round = :round)
ORDER BY f.finding_id
"""

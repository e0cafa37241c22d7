"""What the buttons of 审核台 do: accept, correct, return, confirm, undo, pass a form, accept many."""

import re
from collections.abc import Callable
from dataclasses import asdict, astuple, dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import RowMapping
from starlette.exceptions import HTTPException

from learning_city.errors import NeedsAPerson, Refused
from learning_city.review import decide, settle
from learning_city.review.decide import Outcome, Said
from learning_city.web import bulk, database, page, queue, recompute
from learning_city.web.findings import REASON_LIMIT, SETTLED, Opened, decidable, desk
from learning_city.web.queue import Wanted, WantedQuery
from learning_city.web.rights import Right, Viewer
from learning_city.web.security import MayAccept, NotGranted

router = APIRouter()
Text = Annotated[str, Form()]
_WHOSE = """
SELECT mine.finding_id, array_agg(DISTINCT coalesce(f.place, s.place, '')) AS places
FROM quality.decision AS mine JOIN quality.decision AS d ON d.round = mine.round AND d.link = mine.link
JOIN intake.submission AS s ON s.submission_id = d.submission_id
LEFT JOIN quality.finding AS f ON f.finding_id = d.finding_id
WHERE mine.decision_id = :id GROUP BY 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What a person wrote beside a finding, as he wrote it."""

    why: str
    code: str
    value: str
    basis: str

    def said(self, viewer: Viewer) -> Said:
        """By whom and why; raises Refused where it is longer than a record holds."""
        if max(map(len, astuple(self))) > REASON_LIMIT:
            raise Refused("too_long", f"最多 {REASON_LIMIT} 字。 At most {REASON_LIMIT} characters.")
        return Said(who=viewer.name, why=self.why, code=self.code, basis=self.basis)

    @property
    def number(self) -> float:
        """A figure as people type it: full-width digits, thousands separators and spaces are understood."""
        plain = self.value.translate(_PLAIN).replace(",", "").replace(" ", "").replace("\u00a0", "")
        if not _FIGURE.fullmatch(plain):
            raise Refused("no_value", "更正值不是数字。 The corrected value is not a number.")
        return float(plain)


def typed_of(request: Request, why: Text = "", code: Text = "", value: Text = "", basis: Text = "") -> Typed:
    """What was typed; the reason is kept where the page for a failure finds it."""
    request.state.typed = why
    return Typed(why=why, code=code, value=value, basis=basis)


WhatWasTyped = Annotated[Typed, Depends(typed_of)]


@router.post("/findings/{finding_id}/accept", response_model=None)
def accept(request: Request, viewer: MayAccept, finding_id: int, wanted: WantedQuery, typed: WhatWasTyped) -> Response:
    """Accept one finding as it stands."""

    def act(_: RowMapping) -> Outcome:
        return decide.accept(database.engine(), [finding_id], typed.said(viewer))

    return _decide(request, viewer, wanted, finding_id, typed, act)


@router.post("/findings/{finding_id}/correct", response_model=None)
def correct(request: Request, viewer: MayAccept, finding_id: int, wanted: WantedQuery, typed: WhatWasTyped) -> Response:
    """Correct the figure of one finding's cell. Another value than the one that was weighed needs a second person too."""

    def act(_: RowMapping) -> Outcome:
        return decide.correct(database.engine(), finding_id, typed.number, typed.said(viewer))

    return _decide(request, viewer, wanted, finding_id, typed, act)


@router.post("/findings/{finding_id}/return", response_model=None)
def return_form(
    request: Request, viewer: MayAccept, finding_id: int, wanted: WantedQuery, typed: WhatWasTyped
) -> Response:
    """Return the finding's form to its department."""

    def act(one: RowMapping) -> Outcome:
        if not one["form"]:
            return Outcome(decisions=(), gone=1)
        return decide.return_form(database.engine(), one["submission_id"], one["form"], typed.said(viewer))

    return _decide(request, viewer, wanted, finding_id, typed, act)


@router.post("/findings/bulk", response_model=None)
def accept_many(
    request: Request, viewer: MayAccept, wanted: WantedQuery, typed: WhatWasTyped,
    upto: Annotated[int, Form(ge=0, le=2**62)] = 0, many: Annotated[int, Form(ge=0)] = 0,
) -> Response:  # fmt: skip
    """Accept everything that the preview showed, as one act; refused when it is no longer the same."""
    around = page.frame(request, viewer, "findings", all_batches=True)
    ids = bulk.chosen(around, wanted, upto)
    if len(ids) != many or not ids:
        opened = Opened(bulk=True, typed=asdict(typed), problem="decide.changed", now=len(ids))
        return desk(request, viewer, wanted, opened)
    problem, outcome = attempt(lambda: decide.accept(database.engine(), ids, typed.said(viewer)))
    if problem:
        return desk(request, viewer, wanted, Opened(bulk=True, typed=asdict(typed), problem=problem))
    return _back(request, viewer, wanted, 0, outcome.decisions[0])


@router.post("/decisions/{decision_id}/undo", response_model=None)
def undo(request: Request, viewer: MayAccept, decision_id: int, wanted: WantedQuery) -> Response:
    """Take an act back, with all its decisions; it becomes a record of its own."""
    finding = _finding_of(decision_id, viewer)
    outcome = decide.undo(database.engine(), decision_id, who=viewer.name)
    if not outcome.decisions:
        return desk(request, viewer, wanted, Opened(finding=finding, problem="decide.too_late"))
    return _back(request, viewer, wanted, finding, outcome.decisions[0])


@router.post("/decisions/{decision_id}/confirm", response_model=None)
def confirm(request: Request, viewer: MayAccept, decision_id: int, wanted: WantedQuery) -> Response:
    """Be the second person: from now on the decision counts."""
    finding = _finding_of(decision_id, viewer)
    problem, outcome = attempt(lambda: decide.confirm(database.engine(), decision_id, who=viewer.name))
    if problem:
        return desk(request, viewer, wanted, Opened(finding=finding, problem=problem))
    recompute.soon()
    return _back(request, viewer, wanted, 0, outcome.decisions[0])


@router.post("/submissions/{submission_id}/forms/{form}/pass", response_model=None)
def pass_form(request: Request, viewer: MayAccept, submission_id: int, form: str, wanted: WantedQuery) -> Response:
    """Let a form pass at once; its figures reach the indicators."""
    found = database.row("SELECT place FROM intake.submission WHERE submission_id = :id", id=submission_id)
    if found is None:
        raise HTTPException(404)
    must_accept(viewer, found["place"])
    try:
        settle.pass_form(database.engine(), submission_id, form, who=viewer.name)
    except NeedsAPerson:
        return desk(request, viewer, wanted, Opened(problem="decide.left"))
    recompute.soon()
    return _back(request, viewer, wanted, 0, 0)


def _decide(
    request: Request, viewer: Viewer, wanted: Wanted, finding_id: int, typed: Typed,
    act: Callable[[RowMapping], Outcome],
) -> Response:  # fmt: skip
    """Do it, then open the next finding; what was typed survives a refusal."""
    one = decidable(finding_id, viewer)
    known = one or database.row(SETTLED, id=finding_id, places=viewer.places(Right.LOOK))
    if known is None:
        raise HTTPException(404)
    must_accept(viewer, known["place"])
    around = page.frame(request, viewer, "findings", all_batches=True)
    rows = queue.rows(around, wanted)
    problem, outcome = attempt(lambda: act(one) if one is not None else Outcome(decisions=(), gone=1))
    if not problem:
        return _back(request, viewer, wanted, queue.following(rows, finding_id), outcome.decisions[0])
    return desk(request, viewer, wanted, Opened(finding=finding_id, typed=asdict(typed), problem=problem))


def attempt(act: Callable[[], Outcome]) -> tuple[str, Outcome]:
    """The key of a sentence that says why not, and what was decided."""
    try:
        outcome = act()
    except Refused as refusal:
        return f"decide.{refusal.because}", Outcome(decisions=())
    return ("" if outcome.decisions else "decide.gone"), outcome


_FIGURE = re.compile(r"[+-]?(\d{1,15}\.?\d{0,15}|\.\d{1,15})", re.ASCII)
_PLAIN = str.maketrans("０１２３４５６７８９．－，\u2212", "0123456789.-,-")


def must_accept(viewer: Viewer, place: str | None) -> None:
    """Raise NotGranted for whoever may not decide at a place."""
    if not viewer.may(Right.ACCEPT, place or ""):
        raise NotGranted(viewer, Right.ACCEPT)


def _finding_of(decision_id: int, viewer: Viewer) -> int:
    """The finding a decision is about (0: a form); refuses whoever may not decide at every place of the whole act."""
    found = database.row(_WHOSE, id=decision_id)
    if found is None:
        raise HTTPException(404)
    for place in found["places"]:
        must_accept(viewer, place)
    return int(found["finding_id"] or 0)


def _back(request: Request, viewer: Viewer, wanted: Wanted, finding: int, done: int) -> Response:
    around = page.frame(request, viewer, "findings", all_batches=True)
    return RedirectResponse(around.link("findings", **wanted.query, finding=finding or "", done=done or ""), 303)

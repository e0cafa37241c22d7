"""What the buttons of 审核台 do: accept, correct, return, confirm, undo, pass a form, accept many."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from learning_city.errors import NeedsAPerson
from learning_city.model.reasons import REASONS, Act
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
SELECT d.decision_id, d.finding_id, s.place FROM quality.decision AS d JOIN intake.submission AS s USING (submission_id)
WHERE d.decision_id = :id
"""


@router.post("/findings/{finding_id}/accept", response_model=None)
def accept(
    request: Request, viewer: MayAccept, finding_id: int, wanted: WantedQuery, why: Text = "", code: Text = "",
    value: Text = "", basis: Text = "",
) -> Response:  # fmt: skip
    """Accept one finding as it stands."""
    typed = _typed(request, why=why, code=code, value=value, basis=basis)

    def act() -> Outcome:
        return decide.accept(database.engine(), [finding_id], _said(viewer, typed, Act.ACCEPT))

    return _decide(request, viewer, wanted, finding_id, typed, act, Act.ACCEPT)


@router.post("/findings/{finding_id}/correct", response_model=None)
def correct(
    request: Request, viewer: MayAccept, finding_id: int, wanted: WantedQuery, why: Text = "", code: Text = "",
    value: Text = "", basis: Text = "",
) -> Response:  # fmt: skip
    """Correct the figure of one finding's cell. Another value than the one that was weighed needs a second person too."""
    typed = _typed(request, why=why, code=code, value=value, basis=basis)

    def act() -> Outcome:
        one = decidable(finding_id, viewer)
        number = _number(value)
        weighed = one is not None and (one["moves"] if number == one["would_be"] else bool(one["impact"]))
        said = _said(viewer, typed, Act.CORRECT)
        return decide.correct(database.engine(), finding_id, number, said, moves=bool(weighed))

    return _decide(request, viewer, wanted, finding_id, typed, act, Act.CORRECT)


@router.post("/findings/{finding_id}/return", response_model=None)
def return_form(
    request: Request, viewer: MayAccept, finding_id: int, wanted: WantedQuery, why: Text = "", code: Text = "",
    value: Text = "", basis: Text = "",
) -> Response:  # fmt: skip
    """Return the finding's form to its department."""
    typed = _typed(request, why=why, code=code, value=value, basis=basis)

    def act() -> Outcome:
        one = decidable(finding_id, viewer)
        if one is None or not one["form"]:
            return Outcome(decisions=(), gone=1)
        said = _said(viewer, typed, Act.RETURN)
        return decide.return_form(database.engine(), one["submission_id"], one["form"], said)

    return _decide(request, viewer, wanted, finding_id, typed, act, Act.RETURN)


@router.post("/findings/bulk", response_model=None)
def accept_many(
    request: Request, viewer: MayAccept, wanted: WantedQuery, upto: Annotated[int, Form(ge=0, le=2**62)] = 0,
    many: Annotated[int, Form(ge=0)] = 0, why: Text = "", code: Text = "",
) -> Response:  # fmt: skip
    """Accept everything that the preview showed, as one act; refused when it is no longer the same."""
    typed = _typed(request, why=why, code=code)
    around = page.frame(request, viewer, "findings", all_batches=True)
    ids = bulk.chosen(around.round, viewer, wanted, upto)
    if len(ids) != many or not ids:
        return desk(request, viewer, wanted, Opened(bulk=True, typed=typed, problem="decide.changed", now=len(ids)))
    problem = _refusal(typed, Act.ACCEPT)
    if problem:
        return desk(request, viewer, wanted, Opened(bulk=True, typed=typed, problem=problem))
    outcome = decide.accept(database.engine(), ids, _said(viewer, typed, Act.ACCEPT))
    return _back(request, viewer, wanted, 0, outcome.decisions[0] if outcome.decisions else 0)


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
    try:
        outcome = decide.confirm(database.engine(), decision_id, who=viewer.name)
    except NeedsAPerson:
        return desk(request, viewer, wanted, Opened(finding=finding, problem="decide.not_yours"))
    if not outcome.decisions:
        return desk(request, viewer, wanted, Opened(finding=finding, problem="decide.gone"))
    recompute.soon()
    return _back(request, viewer, wanted, 0, outcome.decisions[0])


@router.post("/submissions/{submission_id}/forms/{form}/pass", response_model=None)
def pass_form(request: Request, viewer: MayAccept, submission_id: int, form: str, wanted: WantedQuery) -> Response:
    """Let a form pass at once; its figures reach the indicators."""
    found = database.row("SELECT place FROM intake.submission WHERE submission_id = :id", id=submission_id)
    if found is None:
        raise HTTPException(404)
    _may(viewer, found["place"])
    try:
        settle.pass_form(database.engine(), submission_id, form, who=viewer.name)
    except NeedsAPerson:
        return desk(request, viewer, wanted, Opened(problem="decide.left"))
    recompute.soon()
    return _back(request, viewer, wanted, 0, 0)


def _typed(request: Request, **fields: str) -> dict[str, str]:
    """What was typed; kept where the page for a failure finds it."""
    request.state.typed = fields["why"]
    return fields


def _said(viewer: Viewer, typed: dict[str, str], act: Act) -> Said:
    return Said(who=viewer.name, why=typed["why"], code=typed["code"], basis=typed.get("basis", "")).checked(act)


def _decide(
    request: Request, viewer: Viewer, wanted: Wanted, finding_id: int, typed: dict[str, str],
    act: Callable[[], Outcome], kind: Act,
) -> Response:  # fmt: skip
    """Do it, then open the next finding; what was typed survives a refusal."""
    one = decidable(finding_id, viewer)
    known = one or database.row(SETTLED, id=finding_id, places=viewer.places(Right.LOOK))
    if known is None:
        raise HTTPException(404)
    _may(viewer, known["place"])
    around = page.frame(request, viewer, "findings", all_batches=True)
    rows = queue.rows(around.round, viewer.places(Right.LOOK), wanted, viewer.name)
    problem = "decide.gone" if one is None else _refusal(typed, kind)
    if not problem and one is not None and one["severity"] == "block" and kind == Act.ACCEPT:
        problem = "decide.blocks"
    if not problem:
        problem, outcome = _attempt(act)
        if not problem:
            return _back(request, viewer, wanted, queue.following(rows, finding_id), outcome.decisions[0])
    return desk(request, viewer, wanted, Opened(finding=finding_id, typed=typed, problem=problem))


def _attempt(act: Callable[[], Outcome]) -> tuple[str, Outcome]:
    """The key of a sentence that says why not, and what was decided."""
    try:
        outcome = act()
    except NeedsAPerson as refusal:
        said = str(refusal)
        key = "decide.same_value" if "accept it instead" in said else "decide.no_figure"
        return ("decide.blocks" if "block" in said else key), Outcome(decisions=())
    return ("" if outcome.decisions else "decide.gone"), outcome


def _refusal(typed: dict[str, str], act: Act) -> str:
    """What is missing or wrong in what was typed: the key of a sentence, empty when nothing is."""
    reason = REASONS.get(typed["code"])
    if typed["code"] and (reason is None or reason.act != act):
        return "decide.other_code"
    if not typed["why"].strip() and (reason is None or reason.needs_text):
        return "decide.no_reason"
    if max(len(said) for said in typed.values()) > REASON_LIMIT:
        return "decide.too_long"
    if act != Act.CORRECT:
        return ""
    try:
        _number(typed["value"])
    except ValueError:
        return "decide.no_value"
    return "" if typed["basis"].strip() else "decide.no_basis"


def _number(said: str) -> float:
    """A figure as people type it: full-width digits, thousands separators and spaces are understood."""
    plain = said.translate(_PLAIN).replace(",", "").replace(" ", "").replace("\u00a0", "")
    if not plain or len(plain) > 40 or plain.strip("+-0123456789.") or not any(sign.isdigit() for sign in plain):
        raise ValueError(said)
    return float(plain)


_PLAIN = str.maketrans("０１２３４５６７８９．－，\u2212", "0123456789.-,-")


def _may(viewer: Viewer, place: str | None) -> None:
    if not viewer.may(Right.ACCEPT, place or ""):
        raise NotGranted(viewer, Right.ACCEPT)


def _finding_of(decision_id: int, viewer: Viewer) -> int:
    """The finding a decision is about (0: a form); refuses whoever may not decide at its place."""
    found = database.row(_WHOSE, id=decision_id)
    if found is None:
        raise HTTPException(404)
    _may(viewer, found["place"])
    return int(found["finding_id"] or 0)


def _back(request: Request, viewer: Viewer, wanted: Wanted, finding: int, done: int) -> Response:
    around = page.frame(request, viewer, "findings", all_batches=True)
    return RedirectResponse(around.link("findings", **wanted.query, finding=finding or "", done=done or ""), 303)

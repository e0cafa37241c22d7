"""What the buttons of 口径与冲突 do: settle a conflict, confirm what another settled, take it back."""

import re
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from learning_city.review import conflict, decide
from learning_city.review.decide import Outcome
from learning_city.web import database, definitions_queue, page, recompute
from learning_city.web.decisions import WhatWasTyped, attempt, must_accept
from learning_city.web.definitions import Opened, compared
from learning_city.web.definitions_queue import Wanted, WantedQuery
from learning_city.web.rights import Viewer
from learning_city.web.security import MayAccept

router = APIRouter()
_PICKED = re.compile(r"[0-9]{1,18}(,[0-9]{1,18}){0,199}", re.ASCII)
_RULED = "SELECT period, place, definition FROM quality.conflict_ruling WHERE decision_id = :id"


@router.post("/definitions/{conflict_key}/settle", response_model=None)
def settle(
    request: Request, viewer: MayAccept, conflict_key: str, wanted: WantedQuery, typed: WhatWasTyped,
    picked: Annotated[str, Form(max_length=4000)] = "",
) -> Response:  # fmt: skip
    """Let one candidate hold; it waits for a second person."""
    one = definitions_queue.one(viewer, conflict_key)
    if one is None:
        raise HTTPException(404)
    must_accept(viewer, one["place"])
    about = {name: str(one[name]) for name in ("period", "place", "definition")}
    chosen = [int(number) for number in picked.split(",")] if _PICKED.fullmatch(picked) else []
    problem, _ = attempt(lambda: conflict.settle(database.engine(), **about, picked=chosen, said=typed.said(viewer)))
    if problem:
        opened = Opened(problem=problem, why=typed.why, code=typed.code, picked=picked)
        return compared(request, viewer, _at(wanted, conflict_key), opened)
    return _back(request, viewer, _at(wanted, conflict_key), "settle")


@router.post("/definitions/rulings/{decision_id}/confirm", response_model=None)
def confirm(request: Request, viewer: MayAccept, decision_id: int, wanted: WantedQuery) -> Response:
    """Be the second person: from now on the choice counts."""
    at = _at(wanted, _key_of(decision_id, viewer))
    problem, _ = attempt(lambda: decide.confirm(database.engine(), decision_id, who=viewer.name))
    if problem:
        return compared(request, viewer, at, Opened(problem=problem))
    return _back(request, viewer, replace(at, state=""), "confirm")


@router.post("/definitions/rulings/{decision_id}/undo", response_model=None)
def undo(request: Request, viewer: MayAccept, decision_id: int, wanted: WantedQuery) -> Response:
    """Take a ruling back that nobody confirmed yet."""
    at = _at(wanted, _key_of(decision_id, viewer))
    outcome: Outcome = decide.undo(database.engine(), decision_id, who=viewer.name)
    if not outcome.decisions:
        return compared(request, viewer, at, Opened(problem="decide.too_late"))
    return _back(request, viewer, at, "undo")


def _key_of(decision_id: int, viewer: Viewer) -> str:
    """The conflict a ruling is about; refuses whoever may not decide at its place."""
    found = database.row(_RULED, id=decision_id)
    if found is None:
        raise HTTPException(404)
    must_accept(viewer, found["place"])
    return definitions_queue.key_of(found)


def _at(wanted: Wanted, key: str) -> Wanted:
    return replace(wanted, period=wanted.period or key.partition("~")[0], key=key)


def _back(request: Request, viewer: Viewer, wanted: Wanted, done: str) -> Response:
    recompute.soon()
    around = page.frame(request, viewer, "definitions", all_batches=True)
    return RedirectResponse(around.link("definitions", **wanted.query, done=done), 303)

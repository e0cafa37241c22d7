"""审核台: findings by effect, the sheet as delivered, and one finding with what stands beside it."""

from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import RowMapping

from learning_city.model.reasons import Act, offered
from learning_city.web import database, owed, page, queue, sheet
from learning_city.web.beside import beside
from learning_city.web.bulk import preview
from learning_city.web.names import Named
from learning_city.web.queue import Wanted, WantedQuery
from learning_city.web.rights import Right, Viewer
from learning_city.web.security import MayLook

router = APIRouter()
Chosen = Annotated[int, Query(ge=0, le=2**62)]
REASON_LIMIT = 2000
_ONE = f"""
SELECT f.finding_id, f.round, f.severity, f.family, f.rule_id, f.state, f.place, f.department, f.form, f.definition,
  f.period, f.file, f.sheet, f.cell, f.found, f.expected, f.message_zh, f.message_en, f.cause, f.would_be, f.effect,
  f.moves, f.impact, f.awaits, f.submission_id, s.received_at, s.revision, s.supersedes, s.kind,
  first.action AS first_action, first.who AS first_who, first.why AS first_why, first.decided_at AS first_at,
  first.old_value AS first_old, first.new_value AS first_new
FROM quality.finding AS f JOIN intake.submission AS s USING (submission_id)
LEFT JOIN quality.decision AS first ON first.decision_id = f.awaits
WHERE f.finding_id = :id AND {queue.SEEN} AND f.state IN ('open', 'explained')
  AND s.state NOT IN ('superseded', 'withdrawn')
"""  # noqa: S608 - constants
SETTLED = f"""
SELECT f.finding_id, f.state, f.sheet, f.cell, f.place, f.submission_id, f.form, d.decision_id, d.who, d.why, d.decided_at,
  d.action, d.old_value, d.new_value, d.state AS holds, d.confirmed_by, d.undone_by
FROM quality.finding AS f LEFT JOIN quality.decision_state AS d
  ON d.finding_id = f.finding_id AND d.action IN ('accept_finding', 'correct_value')
WHERE f.finding_id = :id AND {queue.SEEN}
ORDER BY d.decision_id DESC NULLS LAST LIMIT 1
"""  # noqa: S608
_DONE = """
SELECT d.decision_id, d.action, d.who, d.why, d.old_value, d.new_value, d.state AS holds, d.submission_id, d.form,
  f.sheet, f.cell, f.finding_id, coalesce(f.place, s.place, '') AS place, together.n AS together, together.places
FROM quality.decision_state AS d LEFT JOIN quality.finding AS f ON f.finding_id = d.finding_id
LEFT JOIN intake.submission AS s ON s.submission_id = d.submission_id
CROSS JOIN LATERAL (SELECT count(*) AS n, array_agg(DISTINCT coalesce(y.place, z.place, '')) AS places
  FROM quality.decision AS x JOIN intake.submission AS z ON z.submission_id = x.submission_id
  LEFT JOIN quality.finding AS y ON y.finding_id = x.finding_id WHERE x.round = d.round AND x.link = d.link) AS together
WHERE d.decision_id = :id
"""
_READY = """
SELECT NOT blocked AND NOT asked AND coalesce(last_action, 'reopen_form') = 'reopen_form' AS ready
FROM quality.form_standing WHERE submission_id = :id AND form = :form
"""
_SECONDS = """
SELECT count(*) FROM quality.finding AS f WHERE f.round = :round AND f.awaits IS NOT NULL
  AND (CAST(:places AS text[]) IS NULL OR f.place = ANY(CAST(:places AS text[])))
"""
DECIDERS = """
SELECT DISTINCT "user" FROM app.grant WHERE role IN ('reviewer', 'head') AND place IN ('*', :place) ORDER BY "user" LIMIT 5
"""
_NOTHING = {"why": "", "code": "", "basis": "", "value": None}
_STATUS = {
    "decide.gone": 409, "decide.blocks": 409, "decide.changed": 409, "decide.too_late": 409, "decide.not_yours": 403,
    "decide.left": 409,
}  # fmt: skip
"""What a refusal answers with; everything else that was typed wrongly is 422."""


@router.get("/findings", response_class=HTMLResponse)
def findings(
    request: Request,
    viewer: MayLook,
    wanted: WantedQuery,
    finding: Chosen = 0,
    done: Chosen = 0,
    compare: Annotated[bool, Query()] = False,  # noqa: FBT002 - an address says it
    bulk: Annotated[bool, Query()] = False,  # noqa: FBT002
) -> HTMLResponse:
    """The queue with one finding open: the one asked for, else the first; ``bulk`` previews all of one rule."""
    return desk(request, viewer, wanted, Opened(finding=finding, done=done, compare=compare, bulk=bulk))


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What is open on the desk beside the queue. After a refusal ``typed`` is given back, ``problem`` says why.

    ``done`` is a decision just made; ``now`` the count that a preview did not expect.
    """

    finding: int = 0
    done: int = 0
    compare: bool = False
    bulk: bool = False
    typed: dict[str, str] = field(default_factory=dict)
    problem: str = ""
    now: int = 0


def desk(request: Request, viewer: Viewer, wanted: Wanted, opened: Opened) -> HTMLResponse:
    """The three columns: queue, sheet, finding."""
    shown = {"compare": "1" if opened.compare else "", "bulk": "1" if opened.bulk else ""}
    around = page.frame(
        request, viewer, "findings", all_batches=True, **wanted.query, finding=str(opened.finding or ""), **shown
    )
    places = viewer.places(Right.LOOK)
    rows = queue.rows(around, wanted)
    chosen = opened.finding or (rows[0]["finding_id"] if rows else 0)
    one = next(iter(around.names.named(database.rows(_ONE, id=chosen, places=places))), None) if chosen else None
    settled = database.row(SETTLED, id=chosen, places=places) if chosen and one is None else None
    content: dict[str, Any] = {
        "queue": rows[: queue.PAGE], "after": queue.cursor(rows), "one": one, "chosen": chosen, "query": wanted.query,
        "wanted": wanted, "settled": settled, "may_undo": settled is not None and viewer.may(Right.ACCEPT, settled["place"] or ""),
        "seconds": _count(_SECONDS, round=around.round, places=places), "done": _done(opened.done, viewer),
        "bulk": preview(around, wanted) if opened.bulk else None, "limit": REASON_LIMIT,
        "codes": {act: offered(act) for act in Act if act != Act.SETTLE}, "typed": {**_NOTHING, **opened.typed}, "problem": opened.problem, "now": opened.now,
        "compare": opened.compare, **_opened(around, one, compare=opened.compare), **queue.neighbours(rows, chosen),
        **_options(around, places),
    }  # fmt: skip
    is_absent = bool(chosen) and one is None and settled is None
    status = 404 if is_absent else _STATUS.get(opened.problem, 422 if opened.problem else 200)
    return page.render(around, "findings.html", status, **content)


def _opened(around: page.Frame, one: Named | None, *, compare: bool) -> dict[str, Any]:
    """The sheet around the open finding, what stands beside its cell, and who may decide it."""
    if one is None:
        return {"window": None, "beside": None, "deciders": (), "may_decide": False}
    return {
        "window": sheet.window(one, compare=compare),
        "beside": beside(one, around.names),
        "deciders": database.rows(DECIDERS, place=one["place"] or "*"),
        "may_decide": around.viewer.may(Right.ACCEPT, one["place"] or ""),
    }


def _done(decision_id: int, viewer: Viewer) -> dict[str, Any] | None:
    """What was just decided, whether its form is ready to pass, and whether this person may let it."""
    found = database.row(_DONE, id=decision_id) if decision_id else None
    places = viewer.places(Right.LOOK)
    if found is None or (places is not None and found["place"] not in places):
        return None
    ready = database.row(_READY, id=found["submission_id"], form=found["form"]) if found["form"] else None
    may = all(viewer.may(Right.ACCEPT, place) for place in found["places"])
    return {**found, "may": may, "ready": bool(ready and ready["ready"]) and may and found["action"] != "undo"}


def _count(sql: str, **said: object) -> int:
    return int(database.shared(sql, **said)[0]["count"])


def _options(around: page.Frame, places: list[str] | None) -> dict[str, tuple[tuple[str, str], ...]]:
    """What the filters offer, as (code, name): places and departments of the round."""
    known = owed.codes(around.round, places)
    return {
        f"{code}_options": tuple((row[code], around.name(row, code)) for row in rows) for code, rows in known.items()
    }


def decidable(finding_id: int, viewer: Viewer) -> RowMapping | None:
    """The open finding as the page shows it, None when it was settled or is not for this person's eyes."""
    return database.row(_ONE, id=finding_id, places=viewer.places(Right.LOOK))

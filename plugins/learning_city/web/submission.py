"""One 报送件: its files, its signature and the code on paper, what it changed, what was found and done."""

from hashlib import file_digest
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse
from sqlalchemy import RowMapping
from starlette.exceptions import HTTPException

from learning_city.errors import NeedsAPerson
from learning_city.model.home import Home
from learning_city.review import settle, signoff
from learning_city.web import database, page
from learning_city.web.rights import Right, Viewer
from learning_city.web.security import MayLook, MayReceive, NotGranted

router = APIRouter()
FIELDS = ("filler", "statistician", "head", "phone", "date", "seal")
"""Fields of the sign-off, in the order people sign; the code is read on paper, so it is not shown."""
_ONE = """
SELECT s.submission_id, s.kind, s.round, s.delivered_as, s.file_name, s.sha256, s.bytes, s.department, s.place, s.period,
  s.source, s.signoff, s.problem, s.revision, s.supersedes, s.state, s.received_at, s.purged_at,
  p.name_zh AS place_zh, p.name_en AS place_en, d.name_zh AS department_zh, d.name_en AS department_en,
  g.state AS signed, g.paper_code, g.file_code, g.who AS signed_by, g.recorded_at AS signed_at,
  next.submission_id AS superseded_by, due.due, due.due < (s.received_at AT TIME ZONE 'Asia/Shanghai')::date AS is_late
FROM intake.submission AS s
LEFT JOIN intake.signoff_state AS g ON g.submission_id = s.submission_id
LEFT JOIN LATERAL (SELECT x.name_zh, x.name_en FROM ref.place AS x WHERE x.place = s.place
  ORDER BY x.edition DESC, daterange(x.valid_from, x.valid_to) @> intake.last_day(s.period) DESC, x.valid_from DESC LIMIT 1) AS p ON true
LEFT JOIN LATERAL (SELECT x.name_zh, x.name_en FROM ref.department AS x WHERE x.department = s.department
  ORDER BY x.edition DESC, daterange(x.valid_from, x.valid_to) @> intake.last_day(s.period) DESC, x.valid_from DESC LIMIT 1) AS d ON true
LEFT JOIN LATERAL (SELECT x.submission_id FROM intake.submission AS x
  WHERE x.supersedes = s.submission_id AND x.state <> 'withdrawn' LIMIT 1) AS next ON true
LEFT JOIN LATERAL (SELECT min(coalesce(o.until, o.due)) AS due FROM intake.obligation AS o
  WHERE o.round = s.round AND o.department = s.department AND o.place = s.place) AS due ON true
WHERE s.submission_id = :id AND (CAST(:places AS text[]) IS NULL OR s.place = ANY(CAST(:places AS text[])))
"""
_FILES = """
SELECT name, sha256, bytes, kind FROM intake.evidence WHERE submission_id = :id ORDER BY name
"""
_CHANGED = """
SELECT c.sheet, c.cell, c.old_said, c.new_said, d.name_zh AS item_zh, d.name_en AS item_en
FROM intake.changed_items(:id, :earlier) AS c
LEFT JOIN LATERAL (SELECT x.name_zh, x.name_en FROM ref.definition AS x WHERE x.definition = c.definition
  ORDER BY x.edition DESC, x.valid_from DESC LIMIT 1) AS d ON true
ORDER BY c.item_no
"""
_FOUND = """
SELECT severity, count(*) FILTER (WHERE state IN ('open', 'explained')) AS open, count(*) AS all,
  count(same_as) AS carried
FROM quality.finding WHERE submission_id = :id AND state <> 'closed' GROUP BY severity ORDER BY severity
"""
_VOID = "SELECT message_zh, message_en FROM quality.finding WHERE submission_id = :id AND rule_id = :rule AND state <> 'closed'"
_HISTORY = """
SELECT recorded_at AS at, action, who, why, NULL AS form_zh, NULL AS form_en, 1 AS n, '' AS change
FROM intake.submission_event WHERE submission_id = :id
UNION ALL
SELECT recorded_at, CASE WHEN agrees THEN 'signed' ELSE 'not_signed' END, who,
  CASE WHEN agrees THEN '' ELSE paper_code END, NULL, NULL, 1, ''
FROM intake.signoff WHERE submission_id = :id
UNION ALL
SELECT max(d.decided_at), d.action, d.who, d.why, coalesce(max(f.name_zh), max(d.form)), max(f.name_en), count(*),
  CASE WHEN d.action = 'correct_value' THEN concat(max(d.old_value), ' → ', max(d.new_value)) ELSE '' END
FROM quality.decision AS d
LEFT JOIN LATERAL (SELECT x.name_zh, x.name_en FROM ref.form AS x WHERE x.form = d.form
  ORDER BY x.edition DESC, x.valid_from DESC LIMIT 1) AS f ON true
WHERE d.submission_id = :id
GROUP BY d.link, d.action, d.who, d.why, CASE WHEN d.finding_id IS NULL THEN d.form END
ORDER BY at
"""


@router.get("/submissions/{submission_id}", response_class=HTMLResponse)
def submission(
    request: Request,
    viewer: MayLook,
    submission_id: int,
    refused: Annotated[str, Query(max_length=40)] = "",
    done: Annotated[str, Query(max_length=10)] = "",
) -> HTMLResponse:
    """One delivery, whole."""
    one = _one(viewer, submission_id)
    around = page.frame(request, viewer, "submissions", all_batches=True)
    around.round = one["round"]
    around.address = f"submissions/{submission_id}"
    asked: dict[str, Any] = {"id": submission_id}
    changed = database.rows(_CHANGED, **asked, earlier=one["supersedes"]) if one["supersedes"] else ()
    counts = {row["severity"]: row for row in database.rows(_FOUND, **asked)}
    return page.render(
        around, "submission.html", one=one, fields=FIELDS, files=database.rows(_FILES, **asked), changed=changed,
        counts=counts, void=database.row(_VOID, **asked, rule=signoff.RULE), history=database.rows(_HISTORY, **asked),
        may_confirm=viewer.may(Right.RECEIVE, one["place"] or ""), refused=refused == "code", done=bool(done and one["signed"]),
        digits=signoff.DIGITS,
    )  # fmt: skip


@router.post("/submissions/{submission_id}/signoff", response_model=None)
def confirm(
    request: Request, viewer: MayReceive, submission_id: int, code: Annotated[str, Form(max_length=20)] = ""
) -> Response:
    """Compare the code on paper with the file's; a form whose signature is void goes back by the rules at once."""
    one = _one(viewer, submission_id)
    if not viewer.may(Right.RECEIVE, one["place"] or ""):
        raise NotGranted(viewer, Right.RECEIVE)
    around = page.frame(request, viewer, "submissions", all_batches=True)
    around.round = one["round"]
    try:
        signoff.confirm(database.engine(), submission_id, code, who=viewer.name)
    except NeedsAPerson:
        return RedirectResponse(around.link(f"submissions/{submission_id}", refused="code"), 303)
    settle.settle_by_rule(database.engine())
    return RedirectResponse(around.link(f"submissions/{submission_id}", done="signed") + "#h-signed", 303)


@router.get("/submissions/{submission_id}/files/{sha256}", response_model=None)
def download(viewer: MayLook, submission_id: int, sha256: str) -> Response:
    """An archived file as it came, as an attachment that nothing runs in; its name comes from the register."""
    one = _one(viewer, submission_id)
    names = {row["sha256"]: row["name"] for row in database.rows(_FILES, id=submission_id)}
    name = {**names, one["sha256"]: one["file_name"]}.get(sha256)
    if name is None or one["purged_at"] is not None:
        raise HTTPException(404)
    return attachment(sha256, name)


def attachment(sha256: str, name: str) -> Response:
    """A file of the archive under ``name``; 404 where it is gone or is not what it was."""
    path = Home.from_environment().archive / sha256[:2] / sha256
    if not path.is_file():
        raise HTTPException(404)
    with path.open("rb") as file:
        if file_digest(file, "sha256").hexdigest() != sha256:
            raise HTTPException(404)
    headers = {"Content-Security-Policy": "default-src 'none'; sandbox"}
    return FileResponse(path, filename=name, media_type="application/octet-stream", headers=headers)


def _one(viewer: Viewer, submission_id: int) -> RowMapping:
    """The submission; one that is not there and one of another place are the same 404."""
    one = database.row(_ONE, id=submission_id, places=viewer.places(Right.LOOK)) if submission_id < 2**62 else None
    if one is None:
        raise HTTPException(404)
    return one

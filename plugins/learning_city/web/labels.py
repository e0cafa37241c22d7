"""表中标签: what printed tables say and the catalogue does not know; a person says what it means, and it is remembered."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from learning_city.catalogue.columns import TABLES
from learning_city.collect.mapping_suggest import Suggestion, suggest
from learning_city.collect.mapping_tasks import Task, tasks
from learning_city.model.edition import Edition
from learning_city.web import database, page
from learning_city.web.rights import Right, Viewer
from learning_city.web.security import MayLook, NotGranted, requires

router = APIRouter()
MayMap = Annotated[Viewer, Depends(requires(Right.MAP))]
Short = Annotated[str, Query(max_length=120)]
A_PAGE = 60
REASON_LIMIT = 500
SECONDS = 300
TOLD = 400
REFUSALS = ("no_reason", "no_meaning", "gone", "not_done")
UNWANTED = "-"
_READS = ("measure", "definition", "source", "table_label", "place", "place_alias")
"""Tables of the catalogue that suggestions are made from."""
_CHOICES = {
    "measure": """
SELECT definition AS code, name_zh, name_en, unit FROM ref.definition WHERE edition = :edition
  AND (name_zh ILIKE :words OR name_en ILIKE :words OR definition ILIKE :words) ORDER BY name_zh LIMIT 40
""",
    "place": """
SELECT place AS code, name_zh, name_en, NULL AS unit FROM ref.place WHERE edition = :edition
  AND (name_zh ILIKE :words OR name_en ILIKE :words OR place ILIKE :words) ORDER BY place LIMIT 40
""",
}
_KNOWN = """
SELECT definition AS code FROM ref.definition WHERE edition = :edition AND definition = :code
UNION ALL SELECT place FROM ref.place WHERE edition = :edition AND place = :code
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """The task that is open, with what it may mean and what a search of the catalogue found."""

    key: str
    task: Task
    suggestions: list[Suggestion]
    found: list[Any]


@router.get("/labels", response_class=HTMLResponse)
def labels(
    request: Request, viewer: MayLook, task: Short = "", words: Short = "", refused: Short = "", done: Short = "",
    told: Annotated[str, Query(max_length=TOLD)] = "",
    read: Annotated[int, Query(ge=0, le=2**31)] = 0,
) -> HTMLResponse:  # fmt: skip
    """The labels that wait, what stands in most cells first; one of them open."""
    around = page.frame(request, viewer, "catalogue", all_batches=True)
    around.address = "labels"
    waiting = _waiting()
    key = task if task in waiting else next(iter(waiting), "")
    return page.render(
        around, "labels.html", waiting=dict(list(waiting.items())[:A_PAGE]), count=len(waiting),
        cells=sum(one.cells for one in waiting.values()), open=_open(waiting, key, words) if key else None, words=words,
        may_map=viewer.may(Right.MAP, ""), refused=refused if refused in REFUSALS else "", told=told, done=done, read=read,
        unwanted=UNWANTED, limit=REASON_LIMIT,
    )  # fmt: skip


@router.post("/labels/answer", response_model=None)
def answer(
    request: Request,
    viewer: MayMap,
    task: Annotated[list[str], Form(max_length=A_PAGE)],
    meaning: Annotated[str, Form(max_length=120)] = "",
    everywhere: Annotated[str, Form(max_length=5)] = "",
    why: Annotated[str, Form(max_length=REASON_LIMIT)] = "",
) -> Response:
    """Remember what labels mean (``meaning``: a code, or - for 不采用); their tables are read anew at once."""
    request.state.typed = why
    if not viewer.may(Right.MAP, ""):
        raise NotGranted(viewer, Right.MAP)
    around = page.frame(request, viewer, "catalogue", all_batches=True)
    waiting = _waiting()
    chosen = [waiting[key] for key in task if key in waiting]
    if problem := _problem(chosen, meaning, why):
        return RedirectResponse(around.link("labels", task=task[0], refused=problem), 303)
    said = [_answer(one, meaning, is_of_any_title=everywhere == "yes") for one in chosen]
    done = _run(said, who=viewer.name, why=why.strip())
    if isinstance(done, str):
        return RedirectResponse(around.link("labels", task=task[0], refused="not_done", told=done[:TOLD]), 303)
    names = around.say("comma").join(one.label for one in chosen)[:100]
    return RedirectResponse(around.link("labels", done=names, read=done["read"]), 303)


def _problem(chosen: Sequence[Task], meaning: str, why: str) -> str:
    """Why this is no answer: the key of a sentence, empty when it is one."""
    if not chosen:
        return "gone"
    if not why.strip():
        return "no_reason"
    is_known = meaning == UNWANTED or database.row(_KNOWN, edition=_current(), code=meaning) is not None
    return "" if is_known else "no_meaning"


def _answer(one: Task, meaning: str, *, is_of_any_title: bool) -> dict[str, Any]:
    said: dict[str, Any] = {"profile": one.profile, "axis": one.axis, "label": one.label, "unit": one.unit}
    if one.axis == "measure" and not is_of_any_title:
        said["title"] = one.title
    if meaning != UNWANTED:
        said["definition" if one.axis == "measure" else "place"] = meaning
    return said


def _run(said: Sequence[dict[str, Any]], *, who: str, why: str) -> dict[str, Any] | str:
    """Have the command answer, all or nothing, in a process of its own; what it said when it did not."""
    command = [sys.executable, "-m", "learning_city.cli", "labels", "answer", "-", "--json", "--who", who, "--why", why]
    try:
        done = subprocess.run(  # noqa: S603 - our own program; names and reasons are arguments, never a shell's
            command,
            input="\n".join(map(json.dumps, said)),
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"> {SECONDS} s"
    if done.returncode:
        return (done.stderr.strip().splitlines() or ["?"])[-1].removeprefix("✗ ")
    answered: dict[str, Any] = json.loads(done.stdout)
    return answered


def _waiting() -> dict[str, Task]:
    """Every task by its key, in their order."""
    with database.engine().connect() as connection:
        return {_key(task): task for task in tasks(connection)}


def _key(task: Task) -> str:
    said = "\x1f".join([task.profile, task.axis, task.label, task.title, task.unit or ""])
    return hashlib.sha256(said.encode()).hexdigest()[:24]


def _open(waiting: dict[str, Task], key: str, words: str) -> Open:
    task, edition = waiting[key], _current()
    pattern = "%" + words.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    found = list(database.rows(_CHOICES[task.axis], edition=edition, words=pattern)) if words.strip() else []
    return Open(key=key, task=task, suggestions=suggest(_catalogue(edition), task), found=found)


def _current() -> int:
    row = database.row("SELECT coalesce(max(edition), 0) AS edition FROM ref.edition")
    return int(row["edition"]) if row else 0


@lru_cache(maxsize=1)
def _catalogue(edition: int) -> Edition:
    """What suggestions are made from; editions never change, and only the newest is asked for."""
    sql = {name: f"SELECT * FROM ref.{name} WHERE edition = :edition" for name in _READS if name in TABLES}  # noqa: S608 - our own names
    return Edition(
        tables={name: [dict(row) for row in database.rows(said, edition=edition)] for name, said in sql.items()}
    )

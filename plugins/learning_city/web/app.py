"""The web application that Airflow mounts: routes, what wraps them, and pages for what goes wrong."""

import gc
import logging
import secrets
from mimetypes import guess_type

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from sqlalchemy.exc import DataError, SQLAlchemyError
from starlette.exceptions import HTTPException

from learning_city.errors import LearningCityError
from learning_city.web import (
    answers,
    board,
    catalogue,
    database,
    decisions,
    definitions,
    definitions_acts,
    findings,
    indicators,
    judgements,
    judgements_acts,
    labels,
    obligations,
    page,
    proof,
    relations,
    reports,
    reports_acts,
    reports_compare,
    submission,
    submissions,
)
from learning_city.web.guard import Guard, protect
from learning_city.web.rights import Viewer
from learning_city.web.security import NotGranted, NotSignedIn, SignedIn, login_url

log = logging.getLogger(__name__)
_HEADS = """SELECT DISTINCT "user" FROM app.grant WHERE role = 'head' ORDER BY "user" LIMIT 5"""

_PAGES = (
    board, obligations, decisions, findings, definitions, definitions_acts, relations, indicators, judgements, judgements_acts, proof, reports, reports_acts,
    reports_compare, catalogue,
    submissions, submission, answers, labels,
)  # fmt: skip


def create_app() -> FastAPI:
    """The application; opens no database and reads no setting until the first request."""
    app = FastAPI(title="Learning City Monitor", docs_url=None, redoc_url=None, openapi_url=None)
    for pages in _PAGES:
        app.include_router(pages.router)
    app.add_api_route("/static/{name}", static, methods=["GET"])
    app.add_middleware(Guard)
    app.add_exception_handler(NotSignedIn, _sign_in)
    app.add_exception_handler(NotGranted, _not_granted)
    app.add_exception_handler(HTTPException, _no_page)
    app.add_exception_handler(RequestValidationError, _no_page)
    app.add_exception_handler(DataError, _no_page)  # a sign that PostgreSQL keeps in no text, a number beyond its range
    app.add_exception_handler(SQLAlchemyError, _unreachable)
    app.add_exception_handler(LearningCityError, _unreachable)
    app.add_exception_handler(Exception, _broken)
    gc.freeze()  # what Airflow has imported by now lives as long as the process: looking through it again stops every page
    return app


def static(name: str, viewer: SignedIn) -> Response:
    """The style and the script; a name that is not one of ours is not a file."""
    del viewer
    content = page.static_files().get(name)
    if content is None:
        raise HTTPException(404)
    kept = {"Cache-Control": "private, max-age=3600"}
    return Response(content, media_type=guess_type(name)[0] or "application/octet-stream", headers=kept)


async def _sign_in(request: Request, problem: Exception) -> Response:
    """A whole page leads to the login and back, a form that was sent is told so; anything else is told 401."""
    del problem
    if "text/html" not in request.headers.get("accept", ""):
        return Response("Sign in first. 请先登录。", 401, media_type="text/plain; charset=utf-8")
    if request.method == "GET":
        return RedirectResponse(login_url(request), 303)
    around = _bare(request, Viewer(""))
    said = {"heading": around.say("expired"), "kind": "ask", "lines": [around.say("expired.says")], "command": ""}
    return page.render(around, "error.html", 401, **said, **_NO_RETRY | {"login": login_url(request)})


def _not_granted(request: Request, problem: Exception) -> Response:
    """Says what is missing and names the people who can grant it."""
    assert isinstance(problem, NotGranted)  # noqa: S101 - registered for this class
    viewer = problem.viewer
    around = _bare(request, viewer)
    heads = [row["user"] for row in database.rows(_HEADS)]
    key = "denied.right" if viewer.grants else "denied.nobody"
    ask = around.say("denied.ask", heads=around.say("comma").join(heads)) if heads else around.say("denied.no_head")
    lines = [around.say(key, user=viewer.name), ask]
    command = f"lcm user add {viewer.name} --role reader"
    said = {"heading": around.say("denied"), "kind": "ask", "lines": lines, "command": command}
    return page.render(around, "error.html", 403, **said, **_NO_RETRY)


def _no_page(request: Request, problem: Exception) -> Response:
    """No such page or finding, or not one this person may see: the same words for both."""
    status = problem.status_code if isinstance(problem, HTTPException) else 400
    around = _bare(request, Viewer(""))
    said = {"heading": around.say("absent"), "kind": "note", "lines": [around.say("absent.says")], "command": ""}
    return page.render(around, "error.html", status, **said, **_NO_RETRY)


async def _unreachable(request: Request, problem: Exception) -> Response:
    """The database failed: what somebody typed is given back to him."""
    if request.method == "POST":
        said = [(key, value) for key, value in (await request.form()).multi_items() if isinstance(value, str)]
        request.state.typed = dict(said).get("why", "")
        request.state.others = [one for one in said if one[0] != "why"]
    return _broken(request, problem)


def _broken(request: Request, problem: Exception) -> Response:
    """The machinery failed: what happened, whether the text is safe, whether retrying helps, a code."""
    code = f"E-{secrets.token_hex(2).upper()}"
    log.error("%s %s %s", code, request.method, request.url.path, exc_info=problem)
    is_database = isinstance(problem, SQLAlchemyError | LearningCityError)
    around = _bare(request, Viewer(""))
    typed = getattr(request.state, "typed", None)
    lines = [around.say("error.database" if is_database else "error.unexpected")]
    lines += [around.say("error.kept")] if typed is not None else []
    said = {"heading": around.say("error"), "kind": "block", "lines": lines, "command": "", "retry": True}
    said |= {"typed": typed, "others": getattr(request.state, "others", ())}
    answer = page.render(around, "error.html", 503 if is_database else 500, **said, code=code, login="")
    protect(answer.headers)
    return answer


_NO_RETRY: dict[str, object] = {"retry": False, "typed": None, "others": (), "code": "", "login": ""}


def _bare(request: Request, viewer: Viewer) -> page.Frame:
    """A frame that needs no database."""
    return page.Frame(request=request, viewer=viewer, lang=page.language(request), tab="-")

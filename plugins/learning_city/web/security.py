"""Who the user is (Airflow says) and what he may do (``app.grant`` says)."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.core_api.security import bearer_scheme, get_user
from fastapi import Depends, HTTPException, Request
from fastapi.security import HTTPAuthorizationCredentials
from starlette.concurrency import run_in_threadpool

from learning_city.web import database
from learning_city.web.guard import came_from
from learning_city.web.rights import PREFIX, Grant, Right, Viewer

_HELD = """array(SELECT ARRAY[role, place] FROM app.grant WHERE "user" = :user ORDER BY role, place) AS held"""


class NotSignedIn(Exception):
    """Airflow knows no session for this request."""


class NotGranted(Exception):
    """The person is known and lacks the right a route asks for."""

    def __init__(self, viewer: Viewer, right: Right) -> None:
        self.viewer = viewer
        self.right = right
        super().__init__(f"{viewer.name} does not hold the right to {right}")


async def signed_in(
    request: Request, bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer_scheme)]
) -> Viewer:
    """The person behind Airflow's session, with his grants; no session, a spent or a forged one: NotSignedIn."""
    try:
        user = await get_user(request, None, bearer)
    except HTTPException as refusal:
        raise NotSignedIn from refusal
    name = user.get_name()
    looked = await run_in_threadpool(database.looked, _HELD, user=name)
    database.remember(looked)
    return Viewer(name, tuple(Grant(role, place) for role, place in looked["held"]))


def requires(right: Right) -> Callable[..., Awaitable[Viewer]]:
    """The dependency that every route names: whoever lacks ``right`` sees why and whom to ask."""

    async def holder(viewer: Annotated[Viewer, Depends(signed_in)]) -> Viewer:
        if not viewer.may(right):
            raise NotGranted(viewer, right)
        return viewer

    return holder


MayLook = Annotated[Viewer, Depends(requires(Right.LOOK))]
MayDownload = Annotated[Viewer, Depends(requires(Right.DOWNLOAD))]
MayAccept = Annotated[Viewer, Depends(requires(Right.ACCEPT))]
MayJudge = Annotated[Viewer, Depends(requires(Right.JUDGE))]
MayExcuse = Annotated[Viewer, Depends(requires(Right.EXCUSE))]
MayReceive = Annotated[Viewer, Depends(requires(Right.RECEIVE))]
MayPurge = Annotated[Viewer, Depends(requires(Right.PURGE))]
MayRemind = Annotated[Viewer, Depends(requires(Right.REMIND))]
MayBuild = Annotated[Viewer, Depends(requires(Right.BUILD))]
MayRelease = Annotated[Viewer, Depends(requires(Right.RELEASE))]
SignedIn = Annotated[Viewer, Depends(signed_in)]


def login_url(request: Request) -> str:
    """Airflow's login page, which leads back to the page that was asked for, or from which something was sent."""
    back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    if request.method != "GET":
        back = came_from(request.headers, f"{request.scope.get('root_path', '')}/")
    return str(get_auth_manager().get_url_login(next_url=back))


def logout_url(request: Request) -> str:
    """Airflow's own way out, which ends the session for all its pages."""
    return f"{airflow_root(request)}/api/v2/auth/logout"


def airflow_root(request: Request) -> str:
    """The path below which Airflow itself is served: empty, or the path of ``[api] base_url``."""
    return str(request.scope.get("root_path", "")).removesuffix(PREFIX)

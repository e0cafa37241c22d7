"""What holds for every request and answer: refuse writes from other sites, lead back to none, send protective headers."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'self'; base-uri 'none'; form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""Sent with every answer unless the answer carries a stricter one of its own."""
_READING = frozenset({"GET", "HEAD", "OPTIONS"})


def is_from_here(headers: Mapping[str, str]) -> bool:
    """Whether a writing request was sent by one of our own pages.

    Browsers send ``Origin`` with every POST and most send ``Sec-Fetch-Site``; what carries neither,
    or says another site, is refused. Only the host is compared: behind a TLS proxy the scheme differs.
    """
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is None and origin is None:
        return False
    if site is not None and site != "same-origin":
        return False
    return origin is None or urlsplit(origin).netloc == headers.get("host", "")


def came_from(headers: Mapping[str, str], root: str) -> str:
    """Path and query of the page of ours that a form was sent from; ``root`` where the browser names none or another."""
    try:
        said = urlsplit(headers.get("referer", ""))
    except ValueError:  # brackets that hold no address
        return root
    is_ours = said.netloc == headers.get("host", "") and said.path.startswith(root) and ".." not in said.path
    return said.path + (f"?{said.query}" if said.query else "") if is_ours else root


class Guard:
    """Wraps the application; answers 403 itself to a write from elsewhere."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Judge the request, then add the headers to whatever answers it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def protected(message: Message) -> None:
            if message["type"] == "http.response.start":
                protect(MutableHeaders(scope=message))
            await send(message)

        answer = self.app
        if scope["method"] not in _READING and not is_from_here(Headers(scope=scope)):
            answer = PlainTextResponse("This request was sent by another site. 拒绝来自其他网站的请求。", 403)
        await answer(scope, receive, protected)


def protect(headers: MutableHeaders) -> None:
    """Add every protective header that is not there yet."""
    for name, value in HEADERS.items():
        headers.setdefault(name, value)

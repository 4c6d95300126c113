"""The web application: hosts, headers and errors in one place, so that no page of any room can forget them."""

import hashlib
import logging
import re
from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import urlsplit

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from veille.config.settings import Settings
from veille.drawing import stylesheet
from veille.errors import VeilleError
from veille.publishing import Publishing
from veille.returning import Returning
from veille.web.archives import archives
from veille.web.feeds import feeds
from veille.web.hooks import router as hooks
from veille.web.member.front import Front
from veille.web.member.routes import router as member_pages
from veille.web.opened import router as opened
from veille.web.pages import framed

_LOG = logging.getLogger(__name__)

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_SAID = {
    400: "Cette demande n'est pas lisible.",
    403: "Cette demande vient d'un autre site.",
    408: "Cette demande a mis trop longtemps à arriver. Réessayez.",
    404: "Ce lien ne mène nulle part : il est incomplet, ou trop ancien. Reprenez celui de votre dernier bulletin.",
    405: "Cette page ne se modifie pas.",
    413: "Cette demande est trop longue.",
    415: "Cette demande n'est pas un formulaire.",
    500: "Une erreur est survenue chez nous. Réessayez dans un moment ; rien n'a été perdu.",
    503: "La base est occupée ou absente. Réessayez dans un moment ; rien n'a été perdu.",
}
#: Answers that a browser may keep.
_KEPT = frozenset({200, 304})
_HOME = "Ces pages s'ouvrent par les liens de votre bulletin : préférences, avis, désinscription."

_ELSEWHERE = (
    "Ces pages ne répondent pas sous ce nom : ouvrez-les par les liens de votre bulletin. "
    "(Pour qui les installe : le nom attendu est celui de [site] url, dans veille.toml.)"
)

#: RFC 3986 §3.2.2, without what no name of ours has.
_HOST = re.compile(r"(?:\[(?P<six>[0-9a-f:.]+)\]|(?P<name>[a-z0-9.-]+))(?::[0-9]{1,5})?")

#: What Starlette calls where a request ends in an exception.
_Handler = Callable[[Request, Any], Coroutine[Any, Any, Response]]


def create_app(front: Front, returning: Returning, publishing: Publishing) -> FastAPI:
    """Return the application over one instance: no page of documentation, no redirect, nothing but our own routes."""
    settings = front.settings
    app = FastAPI(
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # RFC 8058 §3.1: whoever posts a one-click unsubscription follows no redirect
        middleware=[
            Middleware(BaseHTTPMiddleware, dispatch=_guarded(settings)),
        ],
        exception_handlers={
            HTTPException: _http_error(settings),
            VeilleError: _unavailable(settings),
            Exception: _failure(settings),
        },
    )
    app.state.front = front
    app.state.hosts = _hosts(settings)
    app.state.returning = returning
    app.include_router(member_pages)
    app.include_router(hooks)
    app.include_router(opened)
    app.include_router(feeds(front, publishing))
    if settings.site.archive:
        app.include_router(archives(publishing))
    app.add_api_route("/", _home(settings), methods=["GET", "HEAD"])
    app.add_api_route("/healthz", _healthz, methods=["GET", "HEAD"])
    app.add_api_route("/static/veille.css", _look(settings), methods=["GET", "HEAD"])
    return app


def _hosts(settings: Settings) -> frozenset[str]:
    """Return the names we answer to: a forged Host must not end in a link (RFC 9110 §7.2)."""
    return frozenset({urlsplit(settings.site.url).hostname or "localhost", "localhost", "127.0.0.1", "::1"})


def _host(request: Request) -> str:
    """Return the name a request asks for, in lower case, without its port or the brackets of IPv6; empty for none."""
    found = _HOST.fullmatch(request.headers.get("host", "").lower())
    return (found["six"] or found["name"]) if found else ""


def _home(settings: Settings) -> Callable[[], Response]:
    def home() -> Response:
        return framed(settings, "message.html", settings.cluster.name, said=_HOME)

    return home


def _look(settings: Settings) -> Callable[[Request], Response]:
    """Return what gives the stylesheet, in the cluster's colours."""
    text = stylesheet(settings.brand)
    headers = {
        "ETag": f'"{hashlib.sha256(text).hexdigest()[:32]}"',
        "Cache-Control": "no-cache",
    }  # kept, and asked after

    def look(request: Request) -> Response:
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        return Response(text, media_type="text/css", headers=headers)

    return look


def _healthz() -> Response:
    return PlainTextResponse("ok")


def _guarded(settings: Settings) -> Callable[[Request, RequestResponseEndpoint], Coroutine[Any, Any, Response]]:
    """Return what every request passes: only under our own names, and dressed on its way out."""
    hosts = _hosts(settings)

    async def guarded(request: Request, call_next: RequestResponseEndpoint) -> Response:
        if _host(request) not in hosts:
            return _dressed(framed(settings, "message.html", "Veille", status=400, said=_ELSEWHERE))
        response = await call_next(request)
        return _dressed(response, kept=request.url.path.startswith("/static/") and response.status_code in _KEPT)

    return guarded


def _dressed(response: Response, *, kept: bool = False) -> Response:
    """Add what every answer carries; only what is the same for everybody may be kept by a browser."""
    response.headers.update(_HEADERS if kept else {**_HEADERS, "Cache-Control": "no-store"})
    return response


def _http_error(settings: Settings) -> _Handler:
    async def answer(_request: Request, error: HTTPException) -> Response:
        return _said(settings, error.status_code)

    return answer


def _unavailable(settings: Settings) -> _Handler:
    async def answer(_request: Request, error: Exception) -> Response:
        _LOG.warning("page not drawn: %s", error)
        return _said(settings, 503)

    return answer


def _failure(settings: Settings) -> _Handler:
    async def answer(_request: Request, error: Exception) -> Response:
        _LOG.error("page failed", exc_info=error)
        return _dressed(_said(settings, 500))  # made above the middleware

    return answer


def _said(settings: Settings, status: int) -> Response:
    return framed(settings, "message.html", "Veille", status=status, said=_SAID.get(status, _SAID[400]))

"""The web application: routes, limits and headers in one place, so that no page can forget them."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from veille.errors import VeilleError
from veille.links import BULLETIN, CALENDAR, OPINION, PATHS, PREFERENCES, UNSUBSCRIBE
from veille.web import members, reading
from veille.web.forms import Refused, read_form
from veille.web.front import Front
from veille.web.members import Handler
from veille.web.pages import HERE, page

_LOG = logging.getLogger(__name__)

HANDLERS: dict[str, Handler] = {
    UNSUBSCRIBE: members.unsubscribe,
    PREFERENCES: members.preferences,
    OPINION: members.opinion,
    BULLETIN: reading.bulletin,
    CALENDAR: reading.calendar,
}
#: Purposes whose page accepts a POST.
_WRITING = frozenset({UNSUBSCRIBE, PREFERENCES, OPINION})
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
    404: "Ce lien ne mène nulle part : il est incomplet, ou trop ancien. Reprenez celui de votre dernier bulletin.",
    405: "Cette page ne se modifie pas.",
    413: "Cette demande est trop longue.",
    415: "Cette demande n'est pas un formulaire.",
    500: "Une erreur est survenue chez nous. Réessayez dans un moment ; rien n'a été perdu.",
    503: "La base est occupée ou absente. Réessayez dans un moment ; rien n'a été perdu.",
}


def create_app(front: Front) -> Starlette:
    """Return the application over one instance."""
    routes = [
        Route(PATHS[purpose] + "{token:str}", _endpoint(front, handler), methods=_methods(purpose), name=purpose)
        for purpose, handler in HANDLERS.items()
    ]
    own = [Route("/", _home(front)), Route("/healthz", _healthz)]
    static = Mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    return Starlette(
        routes=[*routes, *own, static],
        middleware=[
            Middleware(BaseHTTPMiddleware, dispatch=_with_headers),
            Middleware(TrustedHostMiddleware, allowed_hosts=_hosts(front), www_redirect=False),
        ],
        exception_handlers={HTTPException: _http_error(front), Exception: _failure(front)},
    )


def _methods(purpose: str) -> list[str]:
    return ["GET", "POST"] if purpose in _WRITING else ["GET"]


def _hosts(front: Front) -> list[str]:
    """Return the names we answer to: a forged Host must not end in a link (RFC 9110 §7.2)."""
    return [urlsplit(front.settings.site.url).hostname or "localhost", "localhost", "127.0.0.1", "[::1]"]


def _endpoint(front: Front, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        try:
            form = await read_form(request) if request.method == "POST" else None
            return await run_in_threadpool(handler, front, request.path_params["token"], form)
        except Refused as refused:
            return _said(front, refused.status)
        except VeilleError as error:
            _LOG.warning("page not drawn: %s", error)
            return _said(front, 503)

    return answer


def _home(front: Front) -> Callable[[Request], Awaitable[Response]]:
    async def home(_request: Request) -> Response:
        return page("message.html", title=front.settings.cluster.name, said=_HOME, **_footer(front))

    return home


_HOME = "Ces pages s'ouvrent par les liens de votre bulletin : préférences, avis, désinscription."


async def _healthz(_request: Request) -> Response:
    return PlainTextResponse("ok")


async def _with_headers(request: Request, call_next: RequestResponseEndpoint) -> Response:
    response = await call_next(request)
    for name, value in _HEADERS.items():
        response.headers[name] = value
    if not request.url.path.startswith("/static/"):
        response.headers["Cache-Control"] = "no-store"
    return response


def _http_error(front: Front) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def answer(_request: Request, error: Exception) -> Response:
        return _said(front, error.status_code if isinstance(error, HTTPException) else 500)

    return answer


def _failure(front: Front) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def answer(_request: Request, error: Exception) -> Response:
        _LOG.error("page failed", exc_info=error)
        response = _said(front, 500)
        for name, value in _HEADERS.items():  # made above the middleware
            response.headers[name] = value
        return response

    return answer


def _said(front: Front, status: int) -> Response:
    return page("message.html", status=status, title="Veille", said=_SAID.get(status, _SAID[400]), **_footer(front))


def _footer(front: Front) -> dict[str, Any]:
    cluster = front.settings.cluster
    return {"cluster": cluster.name, "contact": cluster.contact, "postal_address": cluster.postal_address}

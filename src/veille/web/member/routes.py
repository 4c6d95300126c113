"""Which handler answers which signed link; HEAD is asked by link scanners and answers as GET does, without a body."""

from collections.abc import Callable

from fastapi import APIRouter
from starlette.responses import Response

from veille.links import BULLETIN, CALENDAR, OPINION, PATHS, PREFERENCES, UNSUBSCRIBE
from veille.web.member.choosing import choose, show_preferences
from veille.web.member.leaving import show_unsubscribe, unsubscribe
from veille.web.member.opinions import say, show_opinion
from veille.web.member.reading import bulletin, calendar

_READING: dict[str, Callable[..., Response]] = {
    UNSUBSCRIBE: show_unsubscribe,
    PREFERENCES: show_preferences,
    OPINION: show_opinion,
    BULLETIN: bulletin,
}
_WRITING: dict[str, Callable[..., Response]] = {UNSUBSCRIBE: unsubscribe, PREFERENCES: choose, OPINION: say}


def _router() -> APIRouter:
    made = APIRouter(default_response_class=Response)
    for purpose, handler in _READING.items():
        made.add_api_route(PATHS[purpose] + "{token}", handler, methods=["GET", "HEAD"])
    for purpose, handler in _WRITING.items():
        made.add_api_route(PATHS[purpose] + "{token}", handler, methods=["POST"])
    made.add_api_route(PATHS[CALENDAR] + "{token}.ics", calendar, methods=["GET", "HEAD"])
    return made


router = _router()

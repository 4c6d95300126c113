"""Which handler answers which signed link; HEAD is asked by link scanners and answers as GET does, without a body."""

from collections.abc import Callable

from fastapi import APIRouter
from starlette.responses import Response

from veille.links import BULLETIN, CALENDAR, HOLDINGS, OPINION, PATHS, PREFERENCES, PROFILE, UNSUBSCRIBE
from veille.web.member.choosing import choose, show_preferences
from veille.web.member.holding import ask_erasure, export, show_holdings
from veille.web.member.leaving import show_unsubscribe, unsubscribe
from veille.web.member.opinions import say, show_opinion
from veille.web.member.profile import answer, show_profile
from veille.web.member.reading import bulletin, calendar

_READING: dict[str, Callable[..., Response]] = {
    UNSUBSCRIBE: show_unsubscribe,
    PREFERENCES: show_preferences,
    OPINION: show_opinion,
    BULLETIN: bulletin,
    PROFILE: show_profile,
    HOLDINGS: show_holdings,
}
_WRITING: dict[str, Callable[..., Response]] = {
    UNSUBSCRIBE: unsubscribe,
    PREFERENCES: choose,
    OPINION: say,
    PROFILE: answer,
    HOLDINGS: ask_erasure,
}
#: What is a file, by its ending: first, or its ending would be taken for the end of a token.
_FILES: dict[str, Callable[..., Response]] = {
    PATHS[CALENDAR] + "{token}.ics": calendar,
    PATHS[HOLDINGS] + "{token}.json": export,
}


def _router() -> APIRouter:
    made = APIRouter(default_response_class=Response)
    for path, handler in _FILES.items():
        made.add_api_route(path, handler, methods=["GET", "HEAD"])
    for purpose, handler in _READING.items():
        made.add_api_route(PATHS[purpose] + "{token}", handler, methods=["GET", "HEAD"])
    for purpose, handler in _WRITING.items():
        made.add_api_route(PATHS[purpose] + "{token}", handler, methods=["POST"])
    return made


router = _router()

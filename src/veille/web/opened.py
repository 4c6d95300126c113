"""Lead on from a counted link: an item's address from the database, one more opening of that day, no reader.

The address is never in the link, so nobody can make it lead elsewhere. What programs open is passed over as far as it
shows itself: link scanners, previews and prefetches say so in their headers, or ask with HEAD.
"""

import re
from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from veille.digest.choosing.bulletin import web_link
from veille.links import ITEM, PATHS
from veille.returning import Returning
from veille.web.forms import Refused

#: What scanners and previews call themselves: a browser says Mozilla and none of these.
_MACHINES = re.compile(
    r"bot\b|bot/|crawl|spider|preview|scan|slurp|proofpoint|mimecast|barracuda|safelinks|symantec|trendmicro|sophos|"
    r"forcepoint|facebookexternalhit|whatsapp|telegram|skypeuripreview|curl|wget|python|go-http|java/|okhttp|libwww|"
    r"headless|phantom|monitor|check",
    re.IGNORECASE,
)
_AHEAD = ("purpose", "sec-purpose", "x-purpose", "x-moz")


@dataclass(frozen=True, slots=True)
class Opening:
    """Who asks, as far as it is looked at: once, and never kept."""

    by_hand: bool
    returning: Returning


async def _opening(request: Request) -> Opening:
    agent = request.headers.get("user-agent", "")
    ahead = any(request.headers.get(name) for name in _AHEAD)
    by_hand = request.method == "GET" and "Mozilla/" in agent and not _MACHINES.search(agent) and not ahead
    return Opening(by_hand, cast("Returning", request.app.state.returning))


def opened(token: str, opening: Annotated[Opening, Depends(_opening)]) -> Response:
    """Lead on to an item, and count it where somebody seems to have opened it."""
    item = opening.returning.follow(token, count=opening.by_hand)
    target = web_link(item.url) if item is not None else None
    if target is None:
        raise Refused(404)
    return RedirectResponse(target, 302)


router = APIRouter(default_response_class=Response)
router.add_api_route(PATHS[ITEM] + "{token}", opened, methods=["GET", "HEAD"])

"""A person's own feeds behind a signed address: what fits them now, as RSS, JSON Feed or calendar."""

import hashlib

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from veille.digest.publishing.feeds import FORMATS, Channel
from veille.links import FEED, PATHS
from veille.publishing import Publishing
from veille.web.member.front import Front


def feeds(front: Front, publishing: Publishing) -> APIRouter:
    """Return the routes of personal feeds."""
    made = APIRouter(default_response_class=Response)

    def feed(request: Request, token: str, ending: str) -> Response:
        person = front.reader(token, FEED)
        if ending not in FORMATS:
            raise HTTPException(404)
        settings = front.settings
        channel = Channel(
            title=f"Votre veille · {settings.cluster.name}",
            about="Ce qui correspond aujourd'hui à votre profil, échéances comprises.",
            home=settings.site.url,
            address=f"{settings.site.url.rstrip('/')}{PATHS[FEED]}{token}.{ending}",
            domain=settings.mail.sender.rpartition("@")[2],
            entries=publishing.profiles.entries(person),
        )
        write, media_type = FORMATS[ending]
        body = write(channel)
        mark = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        if request.headers.get("if-none-match") == mark:
            return Response(status_code=304, headers={"ETag": mark})
        return Response(body, media_type=f"{media_type}; charset=utf-8", headers={"ETag": mark})

    made.add_api_route(PATHS[FEED] + "{token}.{ending}", feed, methods=["GET", "HEAD"])
    return made

"""The public archive under /archives/, where the instance opens it."""

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from veille.publishing import Publishing

PATH = "/archives"


def archives(publishing: Publishing) -> APIRouter:
    """Return the routes of an archive."""
    made = APIRouter(default_response_class=Response)

    def file(path: str = "") -> Response:
        found = publishing.archive.find(path)
        if found is None:
            raise HTTPException(404)
        return Response(found.body, media_type=found.media_type)

    def index() -> Response:
        return RedirectResponse(f"{PATH}/", 308)  # links of its pages are relative

    made.add_api_route(PATH, index, methods=["GET", "HEAD"])
    made.add_api_route(PATH + "/{path:path}", file, methods=["GET", "HEAD"])
    return made

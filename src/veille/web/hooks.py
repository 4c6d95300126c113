"""Where relays tell what became of our mails: POST only, a secret first, a small body, the same 404 for all the rest.

No session, no form: what proves a relay is its secret, so a page of another site can do nothing here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from veille.digest.mail.returns import Intake
from veille.digest.relays.events import Unreadable
from veille.digest.relays.intake import READERS
from veille.returning import Returning
from veille.web.forms import Refused, read_body

#: Bytes of one request: Mailjet groups up to some hundreds of events of 600 bytes.
MAX_BODY = 512_000


@dataclass(frozen=True, slots=True)
class Posted:
    """A request of a relay, read whole."""

    body: bytes
    headers: Mapping[str, str]


async def _posted(request: Request) -> Posted:
    """Read the body on the event loop, as far as its cap: a slow sender holds no thread."""
    return Posted(await read_body(request, MAX_BODY), request.headers)


async def _returning(request: Request) -> Returning:
    return cast("Returning", request.app.state.returning)


_Asked = Annotated[Posted, Depends(_posted)]
_Desk = Annotated[Returning, Depends(_returning)]


def told(relay: str, secret: str, asked: _Asked, returning: _Desk) -> Response:
    """Take in the events of a relay whose secret stands in the address."""
    return _answer(relay, secret, asked, returning)


def told_signed(relay: str, asked: _Asked, returning: _Desk) -> Response:
    """Take in the events of a relay that gives a password, a bearer token or a signature."""
    return _answer(relay, "", asked, returning)


def _answer(relay: str, secret: str, asked: Posted, returning: Returning) -> Response:
    if relay not in READERS or not returning.hook(relay).admits(secret, asked.headers, asked.body):
        raise Refused(404)
    try:
        taken: Sequence[Intake] = returning.take_events(relay, asked.body)
    except Unreadable as error:
        raise Refused(400) from error
    return PlainTextResponse(f"ok {len(taken)}")


router = APIRouter(default_response_class=Response)
router.add_api_route("/hooks/{relay}/{secret}", told, methods=["POST"])
router.add_api_route("/hooks/{relay}", told_signed, methods=["POST"])

"""The body of a POST: small, of a known type, each field once; whatever else is refused."""

import asyncio
import email
import email.policy
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

#: Seconds that a body may take to come: the longest honest one is there within one.
PATIENCE = 20.0
#: Bytes; the longest honest form, fifty drafted lines put otherwise and three answers full of accents, takes 30,000.
MAX_BODY = 32_768
_MAX_FIELDS = 200


class Refused(HTTPException):
    """The request is not one of ours; carries its HTTP status."""


@dataclass(frozen=True, slots=True)
class Form:
    """Fields as they came, in order."""

    fields: tuple[tuple[str, str], ...]

    def one(self, name: str) -> str:
        """Return the first value of a field, or empty."""
        return next((value for key, value in self.fields if key == name), "")

    def every(self, name: str) -> tuple[str, ...]:
        """Return all values of a field."""
        return tuple(value for key, value in self.fields if key == name)


async def read_form(request: Request) -> Form:
    """Return the fields of a form; raises Refused (400, 403, 408, 413, 415)."""
    if not _ours(request):
        raise Refused(403)  # another site's page has no business here; mail programs send no such header
    body = await read_body(request, MAX_BODY)
    kind = request.headers.get("content-type", "")
    name = kind.partition(";")[0].strip().lower()
    if name == "application/x-www-form-urlencoded":
        return _urlencoded(body)
    if name == "multipart/form-data":  # RFC 8058 §3.2 prefers it for one-click
        return _multipart(kind, body)
    raise Refused(415)


async def read_body(request: Request, limit: int) -> bytes:
    """Return the body of a request; raises Refused: 413 beyond `limit` bytes, 408 if slow, 400 if broken off."""
    body = bytearray()
    try:
        async with asyncio.timeout(PATIENCE):
            async for chunk in request.stream():
                body += chunk
                if len(body) > limit:
                    raise Refused(413)
    except TimeoutError as error:
        raise Refused(408) from error
    except ClientDisconnect as error:
        raise Refused(400) from error  # nobody is left to read it
    return bytes(body)


def _ours(request: Request) -> bool:
    """Say whether a form comes from a page of ours, or from no page at all.

    Our pages send no referrer, and with it no origin (« null », Fetch §3.2); one that is named must be ours.
    """
    if request.headers.get("sec-fetch-site", "same-origin").lower() not in {"same-origin", "none"}:
        return False
    origin = request.headers.get("origin", "null")
    hosts: frozenset[str] = request.app.state.hosts
    return origin == "null" or origin.partition("://")[2].partition(":")[0].lower() in hosts


def _urlencoded(body: bytes) -> Form:
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=_MAX_FIELDS, errors="strict")
    except (UnicodeDecodeError, ValueError) as error:
        raise Refused(400) from error
    return Form(tuple(pairs))


def _multipart(kind: str, body: bytes) -> Form:
    head = f"Content-Type: {kind}\r\n\r\n".encode("latin-1", "replace")
    parts = list(email.message_from_bytes(head + body, policy=email.policy.HTTP).walk())[1 : _MAX_FIELDS + 1]
    fields = []
    for part in parts:
        name = part.get_param("name", header="content-disposition")
        payload = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(payload, bytes):
            try:
                fields.append((name, payload.decode().strip()))
            except UnicodeDecodeError as error:
                raise Refused(400) from error
    return Form(tuple(fields))


#: How a handler asks for the form of its POST: read on the event loop, so that a slow sender holds no thread.
Posted = Annotated[Form, Depends(read_form)]

"""The body of a POST: small, of a known type, each field once; whatever else is refused."""

import email
import email.policy
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends
from starlette.exceptions import HTTPException
from starlette.requests import Request

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
    """Return the fields of a form; raises Refused (413, 415, 403)."""
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise Refused(403)  # another site's page has no business here; mail programs send no such header
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise Refused(413)
    kind = request.headers.get("content-type", "")
    name = kind.partition(";")[0].strip().lower()
    if name == "application/x-www-form-urlencoded":
        return _urlencoded(body)
    if name == "multipart/form-data":  # RFC 8058 §3.2 prefers it for one-click
        return _multipart(kind, body)
    raise Refused(415)


def _urlencoded(body: bytes) -> Form:
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=_MAX_FIELDS)
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
            fields.append((name, payload.decode("utf-8", "replace").strip()))
    return Form(tuple(fields))


#: How a handler asks for the form of its POST: read on the event loop, so that a slow sender holds no thread.
Posted = Annotated[Form, Depends(read_form)]

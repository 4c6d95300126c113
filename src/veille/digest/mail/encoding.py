"""The two parts of a mail as quoted-printable (pure)."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from veille.text import clean


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """The two parts of a mail, quoted-printable, each ended by one line end, in as many bytes as they come in."""

    text: Sequence[bytes]
    html: Sequence[bytes]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Body) and all(
            b"".join(mine) == b"".join(its) for mine, its in ((self.text, other.text), (self.html, other.html))
        )

    __hash__ = None  # type: ignore[assignment]


def encode_body(text: str, html: str) -> Body:
    """Return both parts encoded."""
    return Body(*(ended([quoted_printable(part)]) for part in (text, html)))


def image_part(name: str, kind: str, raw: bytes) -> bytes:
    """Return an image as a MIME part that HTML shows by `cid:name`, without its boundary."""
    head = (
        f"\r\nContent-Type: image/{kind}\r\nContent-Transfer-Encoding: base64\r\nContent-ID: <{name}>\r\n"
        f'Content-Disposition: inline; filename="{name}.{kind}"\r\n\r\n'
    )
    return head.encode("ascii") + base64.encodebytes(raw).replace(b"\n", b"\r\n")


def ended(encoded: list[bytes]) -> list[bytes]:
    """Return encoded text with one line end at its end; the list is changed."""
    while encoded and not encoded[-1].rstrip(b"\r\n"):
        encoded.pop()
    last = encoded.pop() if encoded else b""
    encoded.append(last.rstrip(b"\r\n") + b"\r\n")
    return encoded


def quoted_printable(text: str) -> bytes:
    """Return text as quoted-printable with CRLF line ends and lines of at most 76; lines encode one by one."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n") if "\r" in text else text.split("\n")
    return b"\r\n".join([_encoded(line) for line in lines])


@lru_cache(maxsize=4096)  # most lines of a mail are the template's
def _encoded(line: str) -> bytes:
    return binascii.b2a_qp(clean(line).encode(), istext=False, quotetabs=False).replace(b"=\n", b"=\r\n")

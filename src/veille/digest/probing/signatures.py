"""Read the DKIM signatures of a mail that arrived: whose they are, and whether they still hold (RFC 6376 §6).

For a report to people, not for a filter: `dkimpy` judges it in the tests. Keys are asked of a lookup given.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa

#: DNS name → its TXT records; None where the DNS could not be asked.
Lookup = Callable[[str], Sequence[str] | None]
#: Signatures of one mail that are looked at.
_MOST = 10
_SPACES = re.compile(rb"[ \t]+")


class Hold(StrEnum):
    """Whether a signature holds."""

    GOOD = "valide"
    BODY = "le corps a été changé depuis"
    HEADERS = "un en-tête signé a été changé depuis"
    NO_KEY = "clé publique introuvable"
    NO_DNS = "clé non vérifiée, le DNS n'a pas répondu"
    UNREADABLE = "illisible"


@dataclass(frozen=True, slots=True)
class Signature:
    """One DKIM-Signature field."""

    domain: str
    selector: str
    hold: Hold


@dataclass(frozen=True, slots=True)
class Parted:
    """A mail as its signer saw it: CRLF line ends, header fields whole."""

    #: (name, value with its folding), top to bottom.
    fields: tuple[tuple[bytes, bytes], ...]
    body: bytes

    def values(self, name: str) -> list[str]:
        """Return the values of a field, unfolded."""
        wanted = name.lower().encode()
        found = [value for one, value in self.fields if one.strip().lower() == wanted]
        return [re.sub(rb"\r\n[ \t]+", b" ", value).strip().decode("utf-8", "replace") for value in found]


def part(raw: bytes) -> Parted:
    """Part a mail; whatever line ends it was stored with become CRLF again."""
    whole = raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    head, _, body = whole.partition(b"\r\n\r\n")
    fields: list[tuple[bytes, bytes]] = []
    for line in head.split(b"\r\n"):
        if line[:1] in {b" ", b"\t"} and fields:
            fields[-1] = (fields[-1][0], fields[-1][1] + b"\r\n" + line)
        elif b":" in line:
            name, _, value = line.partition(b":")
            fields.append((name, value))
    return Parted(tuple(fields), body)


def signatures(mail: Parted, look_up: Lookup) -> list[Signature]:
    """Return what each signature says, top to bottom."""
    found = [index for index, (name, _) in enumerate(mail.fields) if name.strip().lower() == b"dkim-signature"]
    return [_judge(mail, index, look_up) for index in found[:_MOST]]


def _judge(mail: Parted, index: int, look_up: Lookup) -> Signature:
    tags = _tags(mail.fields[index][1])
    domain, selector = tags.get("d", "").lower(), tags.get("s", "")
    try:
        return Signature(domain, selector, _hold(mail, index, tags, look_up))
    except (ValueError, binascii.Error, UnsupportedAlgorithm, KeyError):
        return Signature(domain, selector, Hold.UNREADABLE)


def _hold(mail: Parted, index: int, tags: Mapping[str, str], look_up: Lookup) -> Hold:
    header_way, _, body_way = tags.get("c", "simple/simple").partition("/")
    if base64.b64decode(tags["bh"]) != hashlib.sha256(_body(mail.body, body_way or "simple", tags.get("l"))).digest():
        return Hold.BODY
    records = look_up(f"{tags['s']}._domainkey.{tags['d']}")
    if records is None:
        return Hold.NO_DNS
    keys = [key for record in records if (key := _key(record))]
    if not keys:
        return Hold.NO_KEY
    data = _signed(mail, index, tags["h"], relaxed=header_way == "relaxed")
    given = base64.b64decode(tags["b"])
    return Hold.GOOD if any(_verified(key, tags["a"], given, data) for key in keys) else Hold.HEADERS


def _signed(mail: Parted, index: int, listed: str, *, relaxed: bool) -> bytes:
    """Return what was signed: the listed fields, each time the lowest one left, then the signature without its `b`."""
    left = list(mail.fields)
    own = left.pop(index)
    pieces = []
    for name in (one.strip().lower().encode() for one in listed.split(":")):
        place = next((at for at in range(len(left) - 1, -1, -1) if left[at][0].strip().lower() == name), None)
        if place is not None:
            pieces.append(_field(*left.pop(place), relaxed=relaxed) + b"\r\n")
    emptied = re.sub(rb"(^|;)([ \t\r\n]*b[ \t\r\n]*=)[^;]*", rb"\1\2", own[1], count=1)
    return b"".join(pieces) + _field(own[0], emptied, relaxed=relaxed)


def _field(name: bytes, value: bytes, *, relaxed: bool) -> bytes:
    """RFC 6376 §3.4.1, §3.4.2."""
    if not relaxed:
        return name + b":" + value
    return name.strip().lower() + b":" + _SPACES.sub(b" ", value.replace(b"\r\n", b"")).strip()


def _body(body: bytes, way: str, length: str | None) -> bytes:
    """RFC 6376 §3.4.3, §3.4.4, §3.5 (`l`)."""
    if way == "relaxed":
        body = b"\r\n".join(_SPACES.sub(b" ", line).rstrip(b" ") for line in body.split(b"\r\n"))
    kept = body.rstrip(b"\r\n")
    whole = kept + b"\r\n" if kept or way != "relaxed" else b""
    return whole[: int(length)] if length is not None else whole


def _verified(key: rsa.RSAPublicKey | ed25519.Ed25519PublicKey, algorithm: str, given: bytes, data: bytes) -> bool:
    try:
        if isinstance(key, rsa.RSAPublicKey) and algorithm == "rsa-sha256":
            key.verify(given, data, padding.PKCS1v15(), hashes.SHA256())
        elif isinstance(key, ed25519.Ed25519PublicKey) and algorithm == "ed25519-sha256":
            key.verify(given, hashlib.sha256(data).digest())
        else:
            return False
    except InvalidSignature:
        return False
    return True


def _key(record: str) -> rsa.RSAPublicKey | ed25519.Ed25519PublicKey | None:
    """Return the key of a TXT record, None where it holds none that we know or was revoked (`p=`)."""
    tags = _tags(record.encode("utf-8", "replace"))
    try:
        raw = base64.b64decode(tags.get("p", ""))
        if not raw:
            return None
        if tags.get("k", "rsa") == "ed25519":
            return ed25519.Ed25519PublicKey.from_public_bytes(raw)
        key = serialization.load_der_public_key(raw)
    except (ValueError, binascii.Error, UnsupportedAlgorithm):
        return None
    return key if isinstance(key, rsa.RSAPublicKey) else None


def _tags(value: bytes) -> dict[str, str]:
    """Return a tag=value list without any spaces (RFC 6376 §3.2)."""
    return dict(_each_tag(value.decode("latin-1")))


def _each_tag(text: str) -> Iterator[tuple[str, str]]:
    for piece in text.split(";"):
        name, given, rest = piece.partition("=")
        if given:
            yield name.strip(), "".join(rest.split())

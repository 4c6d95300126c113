"""Messages of one visit to a mailbox as one body, for the worker that reads them: lengths first, so none can lie."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from veille.model import Request

CONTENT_TYPE = "application/vnd.veille.mailbox"
#: Days back at the first visit, where a source does not say.
DAYS = 90
_FORMAT = "veille-mailbox-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a source asks of its mailbox, as its request carries it."""

    #: Name of the account in the settings.
    account: str = ""
    #: Addresses and domains whose messages are read whole, lower case.
    senders: tuple[str, ...] = ()
    #: Days back at the first visit.
    days: int = DAYS


def ask(url: str, asked: Asked) -> Request:
    """Return the request of a mailbox."""
    told = {"account": asked.account, "senders": ",".join(asked.senders), "days": str(asked.days)}
    return Request(url=url, headers=tuple(told.items()))


def asked_of(request: Request) -> Asked:
    """Return what `ask` put into a request."""
    told = dict(request.headers)
    senders = tuple(sender for sender in told.get("senders", "").split(",") if sender)
    return Asked(account=told.get("account", ""), senders=senders, days=int(told.get("days", DAYS)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """One message as it lies in its folder."""

    #: Headers and body, or the beginning of them; only a few header fields where `body` is False.
    raw: bytes
    #: When the server took it in.
    arrived: datetime | None = None
    #: False: nobody whom the source listens to wrote it, so its body was not asked for.
    body: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """What one visit brought."""

    messages: tuple[Delivered, ...]
    #: Messages that the folder holds.
    listed: int
    #: Messages that wait for the next visit.
    left: int = 0


def pack(mailbox: Mailbox) -> bytes:
    """Return one body."""
    return b"".join(_pieces(mailbox))


def _pieces(mailbox: Mailbox) -> Iterator[bytes]:
    yield _line({"format": _FORMAT, "listed": mailbox.listed, "left": mailbox.left})
    for message in mailbox.messages:
        arrived = message.arrived.isoformat() if message.arrived else None
        yield _line({"bytes": len(message.raw), "arrived": arrived, "body": message.body})
        yield message.raw


def _line(values: dict[str, object]) -> bytes:
    return json.dumps(values).encode("ascii") + b"\n"


def unpack(body: bytes) -> Mailbox:
    """Return what was packed; raises ValueError for anything else."""
    head, _, rest = body.partition(b"\n")
    told = json.loads(head)
    if not isinstance(told, dict) or told.get("format") != _FORMAT:
        raise ValueError("not the messages of a mailbox")
    return Mailbox(messages=tuple(_messages(rest)), listed=int(told["listed"]), left=int(told["left"]))


def _messages(rest: bytes) -> Iterable[Delivered]:
    start = 0
    while start < len(rest):
        end = rest.index(b"\n", start)
        told = json.loads(rest[start:end])
        size = int(told["bytes"])
        raw = rest[end + 1 : end + 1 + size]
        if len(raw) != size:
            raise ValueError("the messages of a mailbox are cut short")
        arrived = datetime.fromisoformat(told["arrived"]) if told["arrived"] else None
        yield Delivered(raw=raw, arrived=arrived, body=bool(told["body"]))
        start = end + 1 + size

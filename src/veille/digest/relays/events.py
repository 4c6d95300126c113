"""What a relay's event says, whatever the relay: its words become those of returned mails (pure).

Opens and clicks are dropped before they become anything: nobody's reading is watched here.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from veille.digest.mail.bounces import judge_status, status_in
from veille.model.returns import Returned, ReturnKind

#: Events of one request that are read: relays group some hundreds at most.
MAX_EVENTS = 2_000
#: Characters of a relay's words that are kept.
_WORDS = 500
_MESSAGE_ID = re.compile(r"<?([A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,120}@[A-Za-z0-9.-]{1,120})>?")
_SEALED = re.compile(r"(\d{1,12})-([a-z2-7]{16})", re.IGNORECASE)

Plain = Mapping[str, Any]


class Unreadable(Exception):
    """A body that is not what this relay sends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayEvent:
    """One event of one relay."""

    #: What makes it count once, however often the relay tells it.
    mark: str
    returned: Returned


#: Reads one event of a relay, None for one that nobody needs to know of.
Reader = Callable[[Plain], RelayEvent | None]


def read_events(body: bytes, reader: Reader) -> list[RelayEvent]:
    """Return the events of a request, in order; raises Unreadable."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unreadable from error
    told = told if isinstance(told, list) else [told]
    if len(told) > MAX_EVENTS or not all(isinstance(one, dict) for one in told):
        raise Unreadable
    return [event for one in told if (event := reader(one)) is not None]


def mark_of(relay: str, *parts: object) -> str:
    """Return the mark of an event from what tells it from all others."""
    return hashlib.sha256(json.dumps([relay, *map(str, parts)]).encode()).hexdigest()


def text(told: Plain, *names: str) -> str:
    """Return the first of these fields that holds words or a number, as one clean line."""
    for name in names:
        value = told.get(name)
        if isinstance(value, str | int | float) and not isinstance(value, bool) and str(value).strip():
            return one_line(str(value))
    return ""


def one_line(words: str) -> str:
    """Return foreign words as one line without controls."""
    flat = "".join(character if character.isprintable() else " " for character in words[: 2 * _WORDS])
    return " ".join(flat.split())[:_WORDS]


def message_id(*said: str) -> str | None:
    """Return the first Message-ID among these words, in its brackets."""
    for words in said:
        found = _MESSAGE_ID.fullmatch(words.strip())
        if found:
            return f"<{found[1]}>"
    return None


def sealed(*said: str) -> tuple[int, str] | None:
    """Return the seal of a return address (or of a tag) among these words, not verified here."""
    for words in said:
        found = _SEALED.search(words)
        if found:
            return int(found[1]), found[2].lower()
    return None


def refusal(told_kind: ReturnKind, words: str) -> tuple[ReturnKind, str]:
    """Return what a refusal is: its enhanced code decides where the relay quotes one, else the relay's own word."""
    status = status_in(words)
    return judge_status(status, otherwise=told_kind), status


def unknown(mark: str, name: str, message: str | None, address: str) -> RelayEvent:
    """Return an event that nobody taught us, for a person to read."""
    detail = f"événement inconnu « {name or '?'} »"
    return RelayEvent(
        mark=mark, returned=Returned(kind=ReturnKind.UNKNOWN, message_id=message, address=address, detail=detail)
    )


def headers(told: object) -> Iterator[tuple[str, str]]:
    """Yield header fields as relays write them: a mapping, or a list of pairs or of {key, value}."""
    if isinstance(told, Mapping):
        yield from ((str(name), str(value)) for name, value in told.items())
    elif isinstance(told, Sequence) and not isinstance(told, str):
        for one in told:
            if isinstance(one, Mapping):
                yield str(one.get("key", one.get("name", ""))), str(one.get("value", ""))

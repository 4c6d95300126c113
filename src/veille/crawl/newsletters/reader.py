"""The messages of a mailbox to entries and suggestions, in a worker; what was left out is counted and named (pure)."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from email.message import Message
from typing import Any

from veille.crawl.entries import newest
from veille.crawl.newsletters import notices
from veille.crawl.newsletters.authentication import Policy, Verdict, judge
from veille.crawl.newsletters.forwarded import suggestions_of
from veille.crawl.newsletters.items import entries_of, is_confirmation
from veille.crawl.newsletters.merging import distinct
from veille.crawl.newsletters.parts import date_of, parse_message, subject_of
from veille.crawl.normalize import normal_title
from veille.errors import ParseError
from veille.model import ParsedEntry, ParsedFeed, Source
from veille.model.letters import Suggested
from veille.net.mailpack import Delivered, Mailbox, unpack

#: An entry that stands in so many letters of one visit, and in this share of them, is furniture: « Adhérez au pôle ».
_FURNITURE, _FURNITURE_SHARE = 6, 0.75
_CURE = "rien à faire : la prochaine relève réessaiera"


@dataclass(slots=True)
class Reading:
    """What the messages of one visit gave."""

    entries: list[ParsedEntry] = field(default_factory=list)
    suggestions: list[Suggested] = field(default_factory=list)
    #: Messages read to entries or suggestions.
    letters: int = 0
    #: Verdict → authors of the messages left out.
    left_out: dict[Verdict, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    #: (author, subject) of messages that a person has to click on.
    confirmations: list[tuple[str, str]] = field(default_factory=list)
    unreadable: int = 0


def read_mailbox(body: bytes, content_type: str, url: str, source: Source) -> ParsedFeed:  # noqa: ARG001 - a reader's signature
    """Read what one visit brought; raises ParseError where it is not the messages of a mailbox."""
    try:
        mailbox = unpack(body)
    except (ValueError, KeyError, TypeError) as error:
        raise ParseError("ce ne sont pas les messages d'une boîte", cure=_CURE) from error
    reading = Reading()
    senders, forwarders = policies(source.options)
    for message in mailbox.messages:
        _read(message, reading, senders, forwarders)
    feed = _feed(mailbox, reading)
    return feed if source.options.get("clicks", True) else _unasked(feed)


def _unasked(feed: ParsedFeed) -> ParsedFeed:
    """Return a reading whose opaque links are nobody's business: no click server is to be asked."""
    entries = tuple(replace(entry, wrapped=None) for entry in feed.entries)
    suggestions = tuple(replace(one, entry=replace(one.entry, wrapped=None)) for one in feed.suggestions)
    return replace(feed, entries=entries, suggestions=suggestions)


def policies(options: Any) -> tuple[Policy, Policy]:
    """Return whose letters, and whose forwarded mails, a source listens to."""
    named = None if options.get("trust") == "folder" else str(options.get("authserv_id", ""))
    letters, forwarded = (
        frozenset(str(one).lower() for one in options.get(key, ())) for key in ("senders", "forwarders")
    )
    return Policy(senders=letters, authserv_id=named), Policy(senders=forwarded, authserv_id=named)


def _read(delivered: Delivered, reading: Reading, senders: Policy, forwarders: Policy) -> None:
    try:
        message = parse_message(delivered.raw)
        _sort(message, delivered, reading, senders, forwarders)
    except ParseError:
        reading.unreadable += 1
    except RecursionError:  # a tree of parts or elements deeper than any program writes
        reading.unreadable += 1


def _sort(message: Message, delivered: Delivered, reading: Reading, senders: Policy, forwarders: Policy) -> None:
    """Give one message its place: entries, suggestions, or the count of what was left out."""
    verdict, author = judge(message, senders)
    forwarded, by = judge(message, forwarders)
    if is_confirmation(message) and forwarded is not Verdict.ADMITTED:
        reading.confirmations.append((author, subject_of(message)))
        return
    sent = date_of(message, delivered.arrived)
    if not delivered.body or (verdict is not Verdict.ADMITTED and forwarded is not Verdict.ADMITTED):
        worse = Verdict.UNAUTHENTICATED if Verdict.UNAUTHENTICATED in {verdict, forwarded} else Verdict.UNKNOWN_SENDER
        reading.left_out[worse][author] += 1
        return
    if forwarded is Verdict.ADMITTED:
        reading.suggestions += suggestions_of(message, by, sent, delivered.raw)
    else:
        reading.entries += entries_of(message, sent, delivered.raw)
    reading.letters += 1


def _feed(mailbox: Mailbox, reading: Reading) -> ParsedFeed:
    merged = distinct(_without_furniture(reading.entries, reading.letters))
    entries, dropped = newest(merged, lambda entry: entry.published)
    return ParsedFeed(
        entries=tuple(entries),
        dropped=dropped,
        listed=mailbox.listed,
        suggestions=tuple(reading.suggestions),
        remark=notices.remark(reading, mailbox.left),
        advice=notices.advice(reading),
    )


def _without_furniture(entries: Sequence[ParsedEntry], letters: int) -> list[ParsedEntry]:
    """Drop what nearly every letter repeats word for word, where there are enough letters to tell."""
    if letters < _FURNITURE:
        return list(entries)
    marks = Counter((entry.link, normal_title(entry.title)) for entry in entries)
    most = max(_FURNITURE, _FURNITURE_SHARE * letters)
    return [entry for entry in entries if marks[entry.link, normal_title(entry.title)] < most]

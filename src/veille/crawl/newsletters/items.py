"""A letter to entries: one an article, or one in all where it holds a single thing (pure)."""

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import Message
from html import escape
from urllib.parse import urlsplit

from veille.crawl.markup import plain_line, plain_text
from veille.crawl.newsletters import words
from veille.crawl.newsletters.authentication import address_in
from veille.crawl.newsletters.blocks import Block, blocks_of
from veille.crawl.newsletters.footer import content_of
from veille.crawl.newsletters.lines import Line, Link, lines_of
from veille.crawl.newsletters.links import bare, is_button
from veille.crawl.newsletters.parts import Body, body_of, header, message_id_of, subject_of
from veille.crawl.newsletters.plain import plain_lines
from veille.crawl.newsletters.tracking import Pair, names_recipient, personal_pairs, untracked
from veille.crawl.newsletters.unwrap import codes_of, has_token, unwrap
from veille.model import ParsedEntry

#: Links with codes on one host before it is taken for the letter's click server, and their share there.
_CLICKS, _CLICK_SHARE = 3, 0.8
#: Long letters hold thirty articles; each may cost one question to a click server.
MAX_ARTICLES = 40
_RECIPIENTS = ("to", "cc", "delivered-to", "x-original-to", "envelope-to")
_PREFIX = re.compile(r"^(?:\s*(?:\[[^\]]{1,60}\]|(?:fwd?|tr|re|rv|wg|aw)\s*:))+\s*", re.IGNORECASE)
#: « Confirmez votre inscription au webinaire » is an event's business, and says where to.
_AN_EVENT = re.compile(
    r"inscription (?:au|aux|a (?:la|l|notre|nos|cet|cette|ce|un|une)|pour|avant|d ici)\b"
    r"(?!.*\b(?:newsletters?|lettres?|infolettres?|listes?|liste de diffusion|bulletins?)\b)"
)
#: A subject that names the letter and not what it says.
_LETTER_NAME = re.compile(
    r"(?:.{0,40}\b(?:newsletter|infolettre|lettre|bulletin|flash|hebdo|digest|actus?|actualites|infos?|news|agenda|revue)\b.{0,50}"
    r"|.{0,30}\b(?:n|no|numero) ?\d+\b.{0,20})"
)


@dataclass(frozen=True, slots=True)
class Context:
    """What an article takes from the letter it stands in."""

    message_id: str
    sent: datetime | None
    clicks: frozenset[str]
    personal: frozenset[Pair]
    recipients: frozenset[str]


def entries_of(message: Message, sent: datetime | None, raw: bytes) -> list[ParsedEntry]:
    """Return the articles of one letter; raises ParseError where its HTML is none."""
    body = body_of(message)
    lines = content_of(shown_lines(body))
    context = context_of(message, sent, lines, raw)
    blocks = _distinct(blocks_of(lines, context.clicks), context)
    if len(blocks) <= 1:
        return [_whole(subject_of(message), lines, blocks, context)]
    return [entry_of(block, context) for block in blocks[:MAX_ARTICLES]]


def shown_lines(body: Body) -> list[Line]:
    """Return what a reader sees, of the HTML if there is any."""
    return lines_of(body.html, body.html_type) if body.html.strip() else plain_lines(body.plain)


def context_of(message: Message, sent: datetime | None, lines: Sequence[Line], raw: bytes) -> Context:
    """Return what the articles of a letter share; a letter without Message-ID is named by its bytes."""
    recipients = (address_in(header(message, name)) for name in _RECIPIENTS)
    shown = [hidden.address for link in _links(lines) if (hidden := unwrap(link.address)) and not hidden.opaque]
    return Context(
        message_id_of(message) or "sha256:" + hashlib.sha256(raw).hexdigest(),
        sent,
        click_hosts(shown),
        personal_pairs(shown),
        frozenset(recipient for recipient in recipients if recipient),
    )


def click_hosts(addresses: Iterable[str]) -> frozenset[str]:
    """Return the hosts that a letter's links give away as click servers: nearly all of them carry a code there."""
    coded: Counter[str] = Counter()
    every: Counter[str] = Counter()
    shared: dict[str, Counter[str]] = defaultdict(Counter)
    for address in set(addresses):
        parts = urlsplit(address)
        host = (parts.hostname or "").lower()
        every[host] += 1
        coded[host] += has_token(parts)
        shared[host].update(codes_of(parts))
    for host, codes in shared.items():  # the same short code in nearly all of them names the letter or its reader
        coded[host] = max(coded[host], max(codes.values(), default=0))
    return frozenset(host for host, count in coded.items() if count >= max(_CLICKS, _CLICK_SHARE * every[host]))


def entry_of(block: Block, context: Context) -> ParsedEntry:
    """Return one article as an entry; its link is unwrapped, or left to be asked."""
    return _entry(block.title, block.text, block.link, context, (block.section,) if block.section else ())


def _whole(subject: str, lines: Sequence[Line], blocks: Sequence[Block], context: Context) -> ParsedEntry:
    """Return a letter that holds a single thing: its subject says what, unless it only names the letter."""
    named = _PREFIX.sub("", subject)
    only = blocks[0] if blocks else None
    title = only.title if only and only.title and _LETTER_NAME.fullmatch(bare(named)) else named
    text = "\n".join(
        line.text for line in lines if line.text and not is_button(line.text) and bare(line.text) != bare(title)
    )
    return _entry(title or _first(lines), text, only.link if only else None, context)


def _first(lines: Sequence[Line]) -> str:
    return next((line.text for line in lines if line.text), "")


def _entry(title: str, text: str, link: Link | None, context: Context, about: tuple[str, ...] = ()) -> ParsedEntry:
    address, wrapped = stored_link(link, context)
    place = hashlib.sha256(link.address.encode("utf-8", "replace")).hexdigest()[:16] if link else ""
    return ParsedEntry(
        guid=hashlib.sha256(f"{context.message_id}#{place}".encode("utf-8", "replace")).hexdigest(),
        title=plain_line(escape(title)) or "(sans titre)",
        link=address,
        wrapped=wrapped,
        published=context.sent,
        text=plain_text(escape(text)),
        categories=about,
    )


def stored_link(link: Link | None, context: Context) -> tuple[str | None, str | None]:
    """Return (a link fit to be stored, what must be asked instead)."""
    hidden = unwrap(link.address, context.clicks) if link else None
    if hidden is None:
        return None, None
    if hidden.opaque:
        return None, hidden.address
    if names_recipient(hidden.address, context.recipients):
        return None, None
    return untracked(hidden.address, context.personal, context.recipients), None


def _links(lines: Iterable[Line]) -> Iterable[Link]:
    return (link for line in lines for link in line.links)


def _distinct(blocks: Iterable[Block], context: Context) -> list[Block]:
    """Return one block a target: of a picture, a line of the contents and the article, the one that says most."""
    kept: dict[str, Block] = {}
    for block in blocks:
        address, wrapped = stored_link(block.link, context)
        key = address or wrapped or block.title
        known = kept.get(key)
        if known is None or len(block.text) > len(known.text):
            kept[key] = block
    return list(kept.values())


def is_confirmation(message: Message) -> bool:
    """Say whether a message asks its reader to click before any letter is sent; never for an event's registration."""
    said = bare(subject_of(message))
    if _AN_EVENT.search(said):
        return False
    return words.CONFIRMATION.search(said) is not None

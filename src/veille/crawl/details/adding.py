"""One item added by hand: its page or document is read now, as a source's would be, and recorded as an entry.

A page that refuses programs can be added all the same where the person gives its title, and its text if need be.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from veille.crawl.courier import Crowd
from veille.crawl.details.asking import Asking
from veille.crawl.details.host import Desk
from veille.crawl.details.naming import name_of
from veille.crawl.details.runner import remembered
from veille.crawl.details.visiting import Reader
from veille.crawl.entries import safe_link
from veille.crawl.markup import TEXT_LIMIT, TITLE_LIMIT, cut
from veille.crawl.normalize import content_hash, identifying_link, key
from veille.crawl.parsing import FeedParsers
from veille.crawl.politeness import Pace, host_of
from veille.errors import InputError
from veille.model import EntryIntent, Fetched, FetchOutcome, Licence, ParsedEntry, Source, SourceHealth, SourceState
from veille.model.details import MANUAL, DocumentRead, DueRead, Given, KnownItem, Outcome, PageWish, ReadState
from veille.text import clean

#: Characters of a first line that is a title.
_SHORTEST, _LONGEST = 8, 150
_NO_ADDRESS = "ajouté à la main, sans adresse"
_CURE = "donnez son titre par --title, et au besoin son texte par --text, pour l'ajouter quand même"


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """What a person adds, and what they say of it."""

    #: Empty: heard on the phone, read in a mail; then a title is needed.
    url: str
    given: Given
    #: Instead of what is read there; None = as read.
    title: str | None = None
    text: str | None = None
    licence: Licence = Licence.PRESS


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What came of it."""

    item: KnownItem
    #: False where it was there already.
    new: bool
    #: What became of its page; None where nothing was asked.
    outcome: Outcome | None = None


def manual_source(licence: Licence = Licence.PRESS) -> Source:
    """Return the built-in source of what people add: its pages and documents are read."""
    return Source(
        id=MANUAL, title="Équipe de veille", kind="page", url="", licence=licence, details=True, documents=True
    )


class Adder:
    """Adds one item at a time."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def add(self, addition: Addition) -> Added:
        """Read and record an address; raises InputError where it is none, or cannot be read and has no title."""
        if not addition.url:
            return self._kept(addition)
        link = web_address(addition.url)
        known = self._known(link)
        if known is not None:
            return Added(item=known, new=False)
        outcome, answer = self._visited(link, addition)
        if not _read(outcome) and not addition.title:
            raise InputError(f"« {link} » n'a pu être lu : {outcome.sentence}", cure=_CURE)
        reached = answer.final_url if isinstance(answer, Fetched) and _read(outcome) else link
        intent = _intent(reached, addition, outcome)
        canonical = outcome.page.canonical if outcome.page else None
        known = self._desk.store.known_item(intent.item_key) or (self._known(canonical) if canonical else None)
        return Added(item=known, new=False) if known else self._recorded(intent, addition, outcome)

    def _kept(self, addition: Addition) -> Added:
        """Record what has no address: the same title and text are the same thing."""
        if not clean(addition.title or "").strip():
            raise InputError("sans adresse, il faut un titre", cure="donnez-le par --title, et le texte par --text")
        intent = _unlinked(addition)
        known = self._desk.store.known_item(intent.item_key)
        left = Outcome(state=ReadState.LEFT, sentence=_NO_ADDRESS)
        return Added(item=known, new=False) if known else self._recorded(intent, addition, left)

    def _known(self, link: str) -> KnownItem | None:
        url = identifying_link(link)
        return self._desk.store.known_item(key("link", url)) if url else None

    def _visited(self, link: str, addition: Addition) -> tuple[Outcome, FetchOutcome]:
        """Ask for the address and read what it answers."""

        async def visit() -> tuple[Outcome, FetchOutcome]:
            desk = self._desk
            with ThreadPoolExecutor(1, thread_name_prefix="store") as thread, FeedParsers(1) as parsers:
                crowd = Crowd(1)
                async with crowd:
                    asking = Asking(
                        fetcher=desk.fetcher,
                        sites=remembered(desk, thread),
                        clock=desk.clock,
                        crowd=crowd,
                        pace=Pace(desk.manners.host_delay),
                    )
                    try:
                        return await Reader(asking, parsers).visit(
                            _due(link, addition), manual_source(addition.licence), desk.clock.now()
                        )
                    finally:
                        await desk.fetcher.aclose()

        return asyncio.run(visit())

    def _recorded(self, intent: EntryIntent, addition: Addition, outcome: Outcome) -> Added:
        """Write the entry, then what its page says: whoever dies in between has it read at the next pass."""
        desk, now, source = self._desk, self._desk.clock.now(), manual_source(addition.licence)
        state = desk.source_store.states().get(MANUAL) or SourceState(source_id=MANUAL)
        state = replace(state, health=SourceHealth.OK, sentence="ajouts faits à la main", checked_at=now)
        desk.source_store.record(source, replace(state, succeeded_at=now, changed_at=now), [intent], now)
        item = desk.store.known_item(intent.item_key)
        if item is None:
            raise LookupError(f"the item of {intent.entry.link} was recorded a moment ago")
        due = replace(_due("", addition), item_id=item.id, content_hash=intent.content_hash)
        desk.store.record(due, outcome, now)
        return Added(item=item, new=True, outcome=outcome)


def web_address(url: str) -> str:
    """Return an address as a browser shows it, with its scheme; raises InputError where it is none."""
    whole = url if "://" in url else f"https://{url}"
    link = safe_link(whole.strip())
    host = urlsplit(link).netloc if link else ""
    if link is None or not ("." in host or ":" in host):
        raise InputError(
            f"« {clean(url)[:120]} » n'est pas une adresse web", cure="copiez-la du navigateur : https://…"
        )
    return link


def _read(outcome: Outcome) -> bool:
    return outcome.state in {ReadState.READ, ReadState.RESERVED}


def _due(link: str, addition: Addition) -> DueRead:
    return DueRead(
        item_id=0,
        document_id=None,
        key="",
        url=link,
        source_id=MANUAL,
        content_hash="",
        tries=0,
        title=addition.title or "",
        text=addition.text or "",
        press=addition.licence is Licence.PRESS,
    )


def headline(document: DocumentRead) -> str:
    """Return what a document calls itself, else its first line where that is short enough to be a title."""
    first = document.pages[0].split("\n", 1)[0] if document.pages else ""
    return document.title or (first if _SHORTEST <= len(first) <= _LONGEST else "")


def _unlinked(addition: Addition) -> EntryIntent:
    """Return the entry of what has no address; its page is left at once, so that nothing ever asks for it."""
    entry = ParsedEntry(
        guid=None,
        title=cut(clean(addition.title or ""), TITLE_LIMIT),
        link=None,
        published=None,
        text=cut(clean(addition.text or ""), TEXT_LIMIT),
    )
    told = content_hash(entry.title, None, None, entry.text, entry.facts)
    return EntryIntent(
        key=key("manual", told),
        entry=entry,
        content_hash=told,
        item_key=key("source", MANUAL, told),
        page=PageWish(url="", host="", left=_NO_ADDRESS, given=addition.given),
    )


def _intent(link: str, addition: Addition, outcome: Outcome) -> EntryIntent:
    page, document = outcome.page, outcome.document
    read = (page.title if page else "") or (headline(document) if document else "")
    entry = ParsedEntry(
        guid=None,
        title=cut(clean(addition.title or read or name_of(link)), TITLE_LIMIT),
        link=link,
        published=page.published if page else None,
        text=cut(clean(addition.text or ""), TEXT_LIMIT),
        language=page.language if page else None,
    )
    url = identifying_link(link)
    own = key("link", url or link)
    return EntryIntent(
        key=own,
        entry=entry,
        content_hash=content_hash(entry.title, entry.link, entry.published, entry.text, entry.facts),
        item_key=own if url else key("source", MANUAL, own),
        page=PageWish(url=link, host=host_of(link), given=addition.given),
    )

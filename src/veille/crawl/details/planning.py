"""Which pages and documents an entry asks for, decided with the entry itself (pure)."""

from collections.abc import Iterable
from dataclasses import replace

from veille.crawl.details.naming import MOST, suffix_of, unread_format, wish
from veille.crawl.kinds import KINDS
from veille.crawl.normalize import canonical_link, identifying_link, key
from veille.crawl.politeness import host_of
from veille.model import EntryIntent, ParsedEntry, Source
from veille.model.details import DocumentWish, PageWish

_UNWANTED = "document non relevé : cette source ne demande pas les documents"


def reads_pages(source: Source) -> bool:
    """Say whether the own pages of a source's entries are read: what it says, else what its kind does."""
    return KINDS[source.kind].details if source.details is None else source.details


def reads_documents(source: Source) -> bool:
    """Say whether documents are read: what the source says, else as its pages."""
    return reads_pages(source) if source.documents is None else source.documents


def with_wishes(source: Source, intents: Iterable[EntryIntent]) -> list[EntryIntent]:
    """Return the intents with what each asks to be read besides the list."""
    if not (reads_pages(source) or reads_documents(source)):
        return list(intents)
    return [
        replace(intent, page=page_wish(source, intent), documents=_enclosed(source, intent.entry)) for intent in intents
    ]


def page_wish(source: Source, intent: EntryIntent) -> PageWish | None:
    """Return the wish to read an entry's own page; None where it has none, or shares it with other entries."""
    url = identifying_link(intent.entry.link)
    if url is None or intent.entry.link is None or intent.item_key != key("link", url):
        return None
    if url == canonical_link(source.url):
        return None
    link, left = intent.entry.link, unread_format(intent.entry.link)
    if suffix_of(link) == "pdf" and not reads_documents(source):
        left = _UNWANTED
    if not reads_pages(source) and suffix_of(link) != "pdf":
        return None
    return PageWish(url=link, host=host_of(link), left=left)


def _enclosed(source: Source, entry: ParsedEntry) -> tuple[DocumentWish, ...]:
    """Return the documents that an entry carries with it."""
    if not reads_documents(source):
        return ()
    own = canonical_link(entry.link) if entry.link else ""
    links = {canonical_link(link): link for link in entry.enclosures if canonical_link(link) != own}
    return tuple(wish(link, left=unread_format(link)) for link in list(links.values())[:MOST])

"""Short ways to say what a feed, an entry or a source is."""

from datetime import UTC, datetime, timedelta
from typing import Any

from veille.crawl.decide import Visit
from veille.model import (
    Fetched,
    FetchFailed,
    FetchFault,
    KnownEntry,
    ParsedEntry,
    ParsedFeed,
    Redirect,
    Source,
    SourceState,
)

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
URL = "https://pole.exemple/flux.xml"
DAY = timedelta(days=1)


def source(name: str = "pole", **fields: Any) -> Source:
    return Source(**{"id": name, "title": "Pôle Exemple", "kind": "feed", "url": URL, **fields})


def state(name: str = "pole", **fields: Any) -> SourceState:
    return SourceState(**{"source_id": name, "feed": URL, **fields})


def entry(title: str = "Appel à projets", link: str | None = "https://pole.exemple/a", **fields: Any) -> ParsedEntry:
    return ParsedEntry(
        **{"guid": None, "title": title, "link": link, "published": NOW - DAY, "text": "Texte.", **fields}
    )


def feed(*entries: ParsedEntry, **fields: Any) -> ParsedFeed:
    return ParsedFeed(entries=entries, **fields)


def known(intents: Any) -> dict[str, KnownEntry]:
    """Return what the store would know after these intents."""
    return {
        intent.key: KnownEntry(
            key=intent.key,
            link=intent.entry.link,
            title=intent.entry.title,
            content_hash=intent.content_hash,
            guid=intent.entry.guid,
            published=intent.entry.published,
        )
        for intent in intents
    }


def fetched(status: int = 200, body: bytes = b"", redirects: tuple[Redirect, ...] = (), **headers: str) -> Fetched:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    final = redirects[-1].target if redirects else URL
    return Fetched(url=URL, final_url=final, status=status, headers=names, body=body, redirects=redirects)


def failed(fault: FetchFault = FetchFault.TIMEOUT) -> FetchFailed:
    return FetchFailed(url=URL, fault=fault, sentence="le site n'a pas répondu à temps")


def good(*entries: ParsedEntry, status: int = 200, redirects: tuple[Redirect, ...] = (), **headers: str) -> Visit:
    """A visit that read a feed."""
    return Visit(fetched(status, redirects=redirects, **headers), feed(*(entries or (entry(),))), "h1")


def rss(*items: str, head: str = "") -> bytes:
    body = "".join(f"<item>{item}</item>" for item in items)
    channel = f"<channel><title>t</title>{head}{body}</channel>"
    text = f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0">{channel}</rss>'
    return text.encode()


def item(title: str = "Titre", link: str = "https://pole.exemple/1", **more: str) -> str:
    rest = "".join(f"<{name}>{value}</{name}>" for name, value in more.items())
    return f"<title>{title}</title><link>{link}</link>{rest}"

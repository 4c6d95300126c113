"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/) to ParsedFeed; pure."""

import json
from dataclasses import replace
from datetime import tzinfo
from typing import Any

from veille.crawl.dates import read_date
from veille.crawl.entries import entry, language_of, newest, safe_link
from veille.crawl.feed_fields import is_document
from veille.crawl.markup import plain_line
from veille.errors import ParseError
from veille.model import ParsedEntry, ParsedFeed

_CURE = "vérifiez l'adresse dans sources.yaml : un flux JSON Feed commence par sa clé « version »"


def parse_json_feed(text: str, *, url: str, zone: tzinfo) -> ParsedFeed:
    """Read a JSON Feed; raises ParseError for anything else."""
    document = _load(text)
    if not isinstance(document, dict) or "jsonfeed.org/version/1" not in _text(document.get("version")):
        raise ParseError("la réponse est du JSON, mais pas un JSON Feed", cure=_CURE)
    listed = document.get("items")
    items = [item for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []
    kept, dropped = newest(items, lambda item: read_date(_text(item.get("date_published")), zone))
    language = _text(document.get("language"))
    return ParsedFeed(
        title=plain_line(_text(document.get("title"))),
        language=language_of(language),
        entries=tuple(_entry(item, url, zone, language) for item in kept),
        dropped=dropped,
    )


def _load(text: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ParseError("JSON imbriqué au-delà du raisonnable", cure=_CURE) from error
    except ValueError as error:
        raise ParseError(f"JSON illisible ({_reason(error)})", cure=_CURE) from error


def _reason(error: ValueError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"ligne {error.lineno}, colonne {error.colno}"
    return "nombre démesuré"


def _entry(item: dict[str, Any], url: str, zone: tzinfo, language: str) -> ParsedEntry:
    bodies = [_text(item.get(key)) for key in ("content_html", "summary")]
    plain = _text(item.get("content_text")).replace("&", "&amp;").replace("<", "&lt;")
    author = item.get("author") or next(iter(_list(item.get("authors"))), None)
    link = _text(item.get("url")) or _text(item.get("external_url"))
    read = entry(
        guid=_text(item.get("id")) or None,
        title=_text(item.get("title")),
        link=safe_link(link, url),
        published=read_date(_text(item.get("date_published")), zone),
        updated=read_date(_text(item.get("date_modified")), zone),
        markup=max([*bodies, plain], key=len),
        author=_text(author.get("name")) if isinstance(author, dict) else None,
        categories=[_text(tag) for tag in _list(item.get("tags"))],
        language=_text(item.get("language")) or language,
    )
    attachments = _attached(item, url)
    return replace(read, enclosures=attachments) if attachments else read


def _attached(item: dict[str, Any], url: str) -> tuple[str, ...]:
    """Return the PDFs that an entry carries with it."""
    carried = [
        (_text(one.get("url")), _text(one.get("mime_type")))
        for one in _list(item.get("attachments"))
        if isinstance(one, dict)
    ]
    found = [safe_link(href, url) for href, kind in carried if is_document(href, kind)]
    return tuple(dict.fromkeys(link for link in found if link))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: Any) -> str:
    """Return strings and plain numbers as text (ids are often numbers), anything else as nothing."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""

"""Render a corpus source as it looks at an instant: RSS 2.0, RSS 1.0, Atom or JSON Feed, each with its legal oddities.

RSS 2.0 and 1.0: https://www.rssboard.org/rss-specification, https://web.resource.org/rss/1.0/; Atom: RFC 4287;
JSON Feed 1.1: https://www.jsonfeed.org/version/1.1/.
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from email.utils import format_datetime
from xml.sax.saxutils import escape, quoteattr

from veille.demo.corpus import CorpusItem, CorpusSource, corpus
from veille.french import DAYS, MONTHS

#: Items a feed keeps: real ones carry 10 to 50.
_KEPT = 40
#: Bytes of the last description that a truncated answer still carries.
_CUT = 40
_TYPES = {
    "rss": "application/rss+xml",
    "rdf": "application/rdf+xml",
    "atom": "application/atom+xml",
    "json": "application/feed+json",
}
_MAINTENANCE = """<!doctype html>
<html lang="fr"><head><meta charset="utf-8"><title>Site en maintenance</title></head>
<body><h1>Site en maintenance</h1><p>Notre portail revient très vite. Merci de votre patience.</p></body></html>
"""

#: Path → (content type, body), as the loopback server answers.
Pages = Mapping[str, tuple[str, bytes]]


def pages(instant: datetime) -> Pages:
    """Return what every source of the corpus serves at that instant, by path."""
    return {source.path: render(source, instant) for source in corpus()}


def render(source: CorpusSource, instant: datetime) -> tuple[str, bytes]:
    """Return content type and bytes of one source's feed at that instant."""
    if source.fault == "html":
        return "text/html; charset=utf-8", _MAINTENANCE.encode()
    if source.fault == "empty":
        return _TYPES[source.format], b""
    items = source.published_by(instant)[:_KEPT]
    writers: dict[str, Callable[[CorpusSource, tuple[CorpusItem, ...], datetime], str]] = {
        "rss": _rss, "rdf": _rdf, "atom": _atom, "json": _json,
    }  # fmt: skip
    body = writers[source.format](source, items, instant).encode(source.encoding, "xmlcharrefreplace")
    if source.fault == "truncated":
        body = body[: body.rindex(b"<description>") + _CUT]
    return _TYPES[source.format], body


def _rss(source: CorpusSource, items: tuple[CorpusItem, ...], instant: datetime) -> str:
    return (
        f"{_declaration(source)}"
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"<title>{escape(source.title)}</title><link>{escape(source.site)}</link>"
        f"<description>{escape(source.title)}</description>{_language(source)}\n"
        + "".join(_rss_item(source, item, instant) for item in items)
        + "</channel></rss>\n"
    )


def _rss_item(source: CorpusSource, item: CorpusItem, instant: datetime) -> str:
    text = item.text_at(instant)
    when = _in_french(item.published) if source.french_dates else format_datetime(item.published)
    summary = text.split("\n\n")[0] if source.full_content else text
    content = f"<content:encoded>{_cdata(_html(text))}</content:encoded>" if source.full_content else ""
    described = _cdata(_html(summary)) if source.cdata else escape(_html(summary) if "\n\n" in summary else summary)
    categories = "".join(f"<category>{escape(name)}</category>" for name in item.categories)
    return (
        f"<item><title>{escape(item.title)}</title><link>{escape(item.link)}</link>"
        f'<guid isPermaLink="false">{escape(source.id)}:{escape(item.link)}</guid><pubDate>{when}</pubDate>'
        f"{categories}<description>{described}</description>{content}</item>\n"
    )


def _rdf(source: CorpusSource, items: tuple[CorpusItem, ...], instant: datetime) -> str:
    listed = "".join(f"<rdf:li rdf:resource={quoteattr(item.link)}/>" for item in items)
    return (
        f"{_declaration(source)}"
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<channel rdf:about={quoteattr(source.site)}><title>{escape(source.title)}</title>"
        f"<link>{escape(source.site)}</link><description>{escape(source.title)}</description>"
        f"<dc:language>{source.settings.get('language', 'fr')}</dc:language>"
        f"<items><rdf:Seq>{listed}</rdf:Seq></items></channel>\n"
        + "".join(_rdf_item(item, instant) for item in items)
        + "</rdf:RDF>\n"
    )


def _rdf_item(item: CorpusItem, instant: datetime) -> str:
    return (
        f"<item rdf:about={quoteattr(item.link)}><title>{escape(item.title)}</title>"
        f"<link>{escape(item.link)}</link><description>{escape(item.text_at(instant))}</description>"
        f"<dc:date>{item.published.isoformat()}</dc:date></item>\n"
    )


def _atom(source: CorpusSource, items: tuple[CorpusItem, ...], instant: datetime) -> str:
    base = f" xml:base={quoteattr(source.site + '/')}" if source.relative_links else ""
    updated = max((item.updated_at(instant) for item in items), default=instant)
    return (
        f"{_declaration(source)}"
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{source.settings.get("language", "fr")}"{base}>'
        f"<title>{escape(source.title)}</title><id>{escape(source.site)}/</id>"
        f"<updated>{updated.isoformat()}</updated><author><name>{escape(source.title)}</name></author>\n"
        + "".join(_atom_entry(source, item, instant) for item in items)
        + "</feed>\n"
    )


def _atom_entry(source: CorpusSource, item: CorpusItem, instant: datetime) -> str:
    href = item.link.removeprefix(source.site + "/") if source.relative_links else item.link
    categories = "".join(f"<category term={quoteattr(name)}/>" for name in item.categories)
    return (
        f'<entry><title>{escape(item.title)}</title><link rel="alternate" href={quoteattr(href)}/>'
        f"<id>{escape(item.link)}</id><published>{item.published.isoformat()}</published>"
        f"<updated>{item.updated_at(instant).isoformat()}</updated>{categories}"
        f'<summary type="html">{escape(_html(item.text_at(instant)))}</summary></entry>\n'
    )


def _json(source: CorpusSource, items: tuple[CorpusItem, ...], instant: datetime) -> str:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": source.title,
        "home_page_url": source.site,
        "language": source.settings.get("language", "fr"),
        "items": [
            {
                "id": item.link,
                "url": item.link,
                "title": item.title,
                "content_html": _html(item.text_at(instant)),
                "date_published": item.published.isoformat(),
                "date_modified": item.updated_at(instant).isoformat(),
                "tags": list(item.categories),
            }
            for item in items
        ],
    }
    return json.dumps(feed, ensure_ascii=False, indent=1)


def _declaration(source: CorpusSource) -> str:
    return f'<?xml version="1.0" encoding="{source.encoding}"?>\n'


def _language(source: CorpusSource) -> str:
    language = source.settings.get("language")
    return f"<language>{language}</language>" if language else ""


def _html(text: str) -> str:
    paragraphs = [escape(part.replace("\n", " ").strip()) for part in text.split("\n\n")]
    return "".join(f"<p>{part}</p>" for part in paragraphs if part)


def _cdata(html: str) -> str:
    return f"<![CDATA[{html.replace(']]>', ']]]]><![CDATA[>')}]]>"


def _in_french(instant: datetime) -> str:
    month = MONTHS[instant.month - 1]
    return f"{DAYS[instant.weekday()]} {instant.day} {month} {instant.year} à {instant:%H:%M}"

"""Small feeds, written here."""

from xml.sax.saxutils import escape

#: Wednesday; the runs begin at 08:05 UTC.
DATE = "Wed, 13 Jan 2027 07:00:00 GMT"
PAGE = "<!DOCTYPE html><html><head><title>Erreur</title></head><body><p>Le site revient bientôt.</p></body></html>"


def item(
    title: str | None = "Appel à projets",
    link: str | None = None,
    guid: str | None = None,
    date: str | None = DATE,
    text: str = "",
    *,
    raw: str = "",
) -> str:
    """Return one RSS item; `raw` is put in as it is."""
    parts = (
        f"<title>{escape(title)}</title>" if title is not None else "",
        f"<link>{escape(link)}</link>" if link is not None else "",
        f'<guid isPermaLink="false">{escape(guid)}</guid>' if guid is not None else "",
        f"<pubDate>{escape(date)}</pubDate>" if date is not None else "",
        f"<description>{escape(text)}</description>" if text else "",
    )
    return f"<item>{''.join(parts)}{raw}</item>"


def numbered(number: int) -> str:
    """Return an ordinary item."""
    return item(f"Article {number}", f"https://exemple.test/article/{number}", f"article-{number}")


def rss(*items: str, head: str = "", declaration: str = '<?xml version="1.0"?>') -> str:
    """Return an RSS 2.0 document."""
    space = 'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'
    channel = f"<title>Réseau</title><link>https://exemple.test/</link>{head}{''.join(items)}"
    return f'{declaration}<rss version="2.0" {space}><channel>{channel}</channel></rss>'


def page(*items: str, head: str = "") -> str:
    """Return a listing page."""
    return f"<!DOCTYPE html><html><head><title>Aides</title>{head}</head><body><ul>{''.join(items)}</ul></body></html>"


def listed(number: int) -> str:
    """Return an ordinary line of a listing page."""
    return f"<li><a href='/aides/{number}'>Aide {number}</a></li>"


def atom(*entries: str, attributes: str = "", head: str = "") -> str:
    """Return an Atom document."""
    start = f'<feed xmlns="http://www.w3.org/2005/Atom"{attributes}><title>Réseau</title><id>urn:reseau</id>'
    updated = "<updated>2027-01-13T07:00:00Z</updated>"
    return f'<?xml version="1.0"?>{start}{updated}{head}{"".join(entries)}</feed>'


#: Two ordinary entries.
PLAIN = rss(numbered(1), numbered(2))
#: The same with a third one.
LONGER = rss(numbered(3), numbered(1), numbered(2))

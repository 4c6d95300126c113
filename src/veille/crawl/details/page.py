"""A page's bytes to its title, day, text, facts and documents: what its own words and its statements say (pure).

Runs in a worker, under its limits of memory and time.
"""

import re
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from lxml import etree

from veille.crawl.dates import read_date
from veille.crawl.details.links import documents_of
from veille.crawl.details.maintext import main_text
from veille.crawl.entries import language_of, safe_link
from veille.crawl.html import attribute, base_of, text_of, tree_of
from veille.crawl.markup import plain_line
from veille.crawl.parsing import Body
from veille.crawl.statements import stated_of_itself
from veille.errors import ParseError
from veille.model.details import PageRead
from veille.model.tags import NO_FACTS
from veille.text import fold

_ZONE = ZoneInfo("Europe/Paris")
_CURE = "ouvrez cette page dans un navigateur"
#: Where pages print their day, in the order of trust; schema.org comes before all of these.
_DATE_METAS = (
    "article:published_time", "og:article:published_time", "datepublished", "dc.date.issued", "dcterms.issued",
    "dc.date", "dcterms.created", "dc.date.created", "date", "pubdate", "publish-date",
)  # fmt: skip
#: « Publié le 3 février 2026 », « Mis en ligne le 03/02/2026 ».
_PRINTED = re.compile(
    r"(?:publi[ée]e?|mise? en ligne|posted|published)\s*(?:on|le)?\s*:?\s*(?:le\s+)?(?:[^\W\d]{5,8}\s+)?"
    r"(\d{1,2}[/.]\d{1,2}[/.]\d{4}|\d{4}-\d{2}-\d{2}|\d{1,2}(?:er)?\s+[^\W\d]{3,10}\.?\s+\d{4})",
    re.IGNORECASE,
)
#: Characters of a page in which its day of publication is printed.
_TOP = 3_000
_LONGEST_TITLE = 300


def read_page(body: Body) -> PageRead:
    """Read a page that came from `body.url`; raises ParseError."""
    root = tree_of(body.data, body.content_type)
    try:
        return _read(root, body.url)
    except (etree.LxmlError, RecursionError) as error:
        raise ParseError("page trop profonde pour être lue", cure=_CURE) from error


def _read(root: Any, url: str) -> PageRead:
    base = base_of(root, url)
    stated = stated_of_itself(root, base, url)
    metas = _metas(root)
    title = _title(root, metas) or (stated.title if stated else "")
    printed = text_of(root)[:_TOP]
    canonical = root.find(".//link[@rel='canonical']")
    declared = attribute(canonical, "href") if canonical is not None else ""
    language = language_of(attribute(root, "lang"))
    documents = documents_of(root, base)
    text = main_text(root)  # last: it takes the tree apart
    if stated is not None and stated.text:
        text = "\n".join([text, *(line for line in stated.text.splitlines() if line not in text)])
    return PageRead(
        title=title,
        published=(stated.published if stated else None) or _published(metas, printed),
        language=language,
        text=text.strip(),
        facts=stated.facts if stated else NO_FACTS,
        documents=documents,
        reserved=None if "tdm-reservation" not in metas else metas["tdm-reservation"] == "1",
        canonical=safe_link(declared, base),
    )


def _metas(root: Any) -> dict[str, str]:
    """Return what the page's head says, by lower-case name; the first of each."""
    found: dict[str, str] = {}
    for meta in root.iter("meta"):
        for key in ("property", "name", "itemprop"):
            if meta.get(key):
                found.setdefault(meta.get(key).strip().lower(), attribute(meta, "content").strip())
    return found


def _title(root: Any, metas: dict[str, str]) -> str:
    """Return the page's heading: the one that its `<title>` repeats where there are several, else og:title."""
    element = root.find(".//title")
    whole = _line(text_of(element)) if element is not None else ""
    headings = [
        text for heading in root.iter("h1") if not _names_the_site(heading) and (text := _line(text_of(heading)))
    ]
    if len(headings) == 1:
        return headings[0]
    told = fold(f"{whole} {metas.get('og:title', '')}")
    repeated = [heading for heading in headings if fold(heading) in told]
    if repeated:
        return max(repeated, key=len)
    return _line(metas.get("og:title", "")) or (headings[-1] if headings else whole)


def _names_the_site(heading: Any) -> bool:
    """Say whether a heading is the site's own name: it leads to the home page."""
    return any(urlsplit(link.get("href") or "#").path == "/" for link in heading.iter("a"))


def _line(text: str) -> str:
    return plain_line(text.replace("&", "&amp;").replace("<", "&lt;"), _LONGEST_TITLE)


def _published(metas: dict[str, str], printed: str) -> datetime | None:
    for name in _DATE_METAS:
        when = read_date(metas.get(name), _ZONE)
        if when is not None:
            return when
    found = _PRINTED.search(printed)
    return read_date(found[1], _ZONE) if found else None

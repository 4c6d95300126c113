"""Names of sources: an id made from words, and the form by which two addresses are one source (pure)."""

import re
from collections.abc import Collection, Iterable
from urllib.parse import urlsplit

from veille.model import Source
from veille.text import fold

#: Long enough to be told apart, short enough for a column of `sources list`.
_ID_LENGTH = 48
_EMPTY_WORDS = frozenset(
    {"le", "la", "les", "l", "un", "une", "des", "du", "de", "d", "et", "a", "au", "aux", "en", "the", "of"}
)


def slug_of(*texts: str) -> str:
    """Return the words of some texts as an id: lower-case, without accents or small words, cut between two words."""
    words = [word for text in texts for word in re.findall(r"[a-z0-9]+", fold(text)) if word not in _EMPTY_WORDS]
    slug = "-".join(dict.fromkeys(words))
    if len(slug) > _ID_LENGTH:
        slug = slug[: _ID_LENGTH + 1].rpartition("-")[0] or slug[:_ID_LENGTH]
    return slug or "source"


def free_id(wanted: str, taken: Collection[str]) -> str:
    """Return an id that nobody has: the wanted one, or the same with a number."""
    number, free = 2, wanted
    while free in taken:
        free, number = f"{wanted}-{number}", number + 1
    return free


def taken_ids(sources: Iterable[Source]) -> set[str]:
    """Return the ids that sources have or had."""
    return {name for source in sources for name in (source.id, *source.formerly)}


def address_key(url: str) -> str:
    """Return the form by which two addresses are one source: https, no `www.`, no last slash, no fragment."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").removeprefix("www.")
        port = f":{parts.port}" if parts.port and parts.port not in {80, 443} else ""
    except ValueError:
        return url.strip()
    scheme = "https" if parts.scheme.lower() in {"http", "https"} else parts.scheme.lower()
    query = f"?{parts.query}" if parts.query else ""
    return f"{scheme}://{host}{port}{parts.path.rstrip('/')}{query}"


#: What stands between the parts of a page's title: « Appels | Région Exemple », « Actualités - Pôle ».
_PARTS = re.compile(r"\s+[|–—·•-]\s+|\s*[|·•]\s*")
_TITLE_LENGTH = 120


def title_of(heading: str, site: str, whole: str) -> str:
    """Return what to call a source: its site, then what the page is about, from a page's heading and titles."""
    parts = [part.strip() for part in _PARTS.split(whole) if part.strip()]
    about = heading or (parts[0] if parts else "")
    owner = site or next((part for part in reversed(parts) if fold(part) != fold(about)), "")
    names = (
        [owner]
        if fold(about) in fold(owner) or not about
        else [about]
        if fold(owner) in fold(about)
        else [owner, about]
    )
    return " : ".join(name for name in names if name)[:_TITLE_LENGTH]


def id_of(url: str, title: str) -> str:
    """Return an id from the name of a site and what a source is about: « region-exemple-appels-projets »."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    labels = [label for label in host.split(".")[:-1] if label not in _COMMON_LABELS and not label.isdigit()]
    words = slug_of(*labels[-2:]).split("-") if labels else []
    about = [word for word in slug_of(title).split("-") if word not in words]
    return slug_of("-".join([*words, *about[:_ABOUT]]))


#: Parts of a host that say nothing of whose it is.
_COMMON_LABELS = frozenset({"gouv", "asso", "com", "co", "org", "europa", "ec"})
#: Words of a title that go into an id.
_ABOUT = 3

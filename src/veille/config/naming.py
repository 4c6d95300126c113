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

"""Which of an item's entries shows it (pure)."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from veille.model import Licence

Rank = tuple[bool, bool, bool]


def rank(*, feed: str, licence: str, link: str | None, facts: Mapping[str, Any] | None) -> Rank:
    """Return how well an entry shows its item, higher is better; equals keep the order in which they came.

    First what the site of the link itself publishes, then what states facts, then what may be shown whole.
    """
    return same_site(feed, link or ""), bool(facts), licence != Licence.PRESS


def same_site(one: str, other: str) -> bool:
    """Say whether two addresses are of one site: the same host but for `www.`, or one below the other."""
    mine, theirs = _host(one), _host(other)
    if not mine or not theirs:
        return False
    return mine == theirs or mine.endswith(f".{theirs}") or theirs.endswith(f".{mine}")


def _host(url: str) -> str:
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return host.rstrip(".").removeprefix("www.")

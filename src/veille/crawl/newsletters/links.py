"""Which links of a letter may be looked at: none that unsubscribes, confirms, shares, or leads to no content (pure).

A link is judged by its text, by its address, and by the address it hides (`unwrap`): an unsubscribe link behind a
click server looks like any other but for its text.
"""

import re
from enum import Enum
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from veille.crawl.newsletters import words
from veille.text import fold

#: A button says a few words; a title may begin with the same ones.
_BUTTON_LENGTH = 48
_ARROWS = frozenset("→>»▶►➜➔⇒›")
#: « Voir en ligne » and its like say little more than that.
_IDLE_LENGTH = 80


class Use(Enum):
    """What a link is there for."""

    CONTENT = "content"
    #: « Lire la suite ».
    BUTTON = "button"
    #: Unsubscribe, preferences, confirmation, legal notices: the reader's own business, never to be asked.
    PRIVATE = "private"
    #: Social networks, sharing, « voir en ligne », adverts: no content of this letter.
    IDLE = "idle"


#: A link is looked at from several sides: of the letter's end, its articles, its click server.
_REMEMBERED = 1_024


@lru_cache(_REMEMBERED)
def use_of(text: str, address: str, *, hint: str = "", hidden: str = "") -> Use:
    """Return what a link is there for, by its text (and `hint`, an attribute), its address, and the one it hides."""
    said = bare(text)
    addresses = [one for part in (address, hidden) if part for one in (part, unquote(part))]
    if any(_is_subscription(one) for one in (said, bare(hint))) or any(map(_is_private_address, addresses)):
        return Use.PRIVATE
    if len(said) <= _IDLE_LENGTH and words.IDLE.fullmatch(said):
        return Use.IDLE
    if any(words.MIRROR_ADDRESS.search(one) or words.ADVERT_ADDRESS.search(one) for one in addresses):
        return Use.IDLE
    if is_social(hidden or address):
        return Use.IDLE
    return Use.BUTTON if is_button(text) else Use.CONTENT


def is_button(text: str) -> bool:
    """Say whether a link's text invites without naming anything: « Lire la suite »."""
    said = bare(text)
    if not said or words.INVITATION.match(said) or (text[0] in _ARROWS and len(said) <= _BUTTON_LENGTH):
        return True
    return len(said) <= _BUTTON_LENGTH and words.BUTTON.fullmatch(said) is not None


def is_social(address: str) -> bool:
    """Say whether an address is a social network's, or the site of the firm that sent the letter."""
    host = host_of(address).removeprefix("www.")
    return host in words.SENDERS_SITES or any(host == one or host.endswith(f".{one}") for one in words.SOCIAL_HOSTS)


def is_home(address: str) -> bool:
    """Say whether an address is a site's front page: the link of its logo."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.path.rstrip("/") in {"", "/index.php", "/index.html", "/fr", "/accueil"} and not parts.query


def host_of(address: str) -> str:
    """Return the host of an address, lower case; empty where it has none."""
    try:
        return (urlsplit(address).hostname or "").lower()
    except ValueError:
        return ""


@lru_cache(_REMEMBERED)
def bare(text: str) -> str:
    """Return folded words without the arrows, dashes and dots around them."""
    return " ".join(re.sub(r"[^\w&@%€]+", " ", fold(text)).split())


def _is_subscription(said: str) -> bool:
    return words.SUBSCRIPTION.search(said) is not None or words.NOTICES.fullmatch(said) is not None


def _is_private_address(address: str) -> bool:
    return words.SUBSCRIPTION_ADDRESS.search(address) is not None or words.PRIVATE_STEP.search(address) is not None
